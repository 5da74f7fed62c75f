import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { Api, type Channel, type Message, type TagInfo, type Thread } from "../client.ts";
import { Feedback } from "../feedback.ts";
import { controls, tokens } from "../theme.ts";
import { type Loaded, load, taxonomy } from "./load.ts";
import "./message.ts";
import type { MessageElement } from "./message.ts";
import "./review-bar.ts";
import type { Key } from "./review-bar.ts";
import type { Session } from "./session.ts";
import { type Chip, type Decision, decision } from "./tagging.ts";
import { taskHeader } from "./task-header.ts";
import { Telling } from "./told.ts";
import { threadStyles } from "./thread.styles.ts";
import { actions, shownIn, tabs, tagFilter } from "./toolbar.ts";
import { Walk } from "./walk.ts";
import { day } from "./words.ts";

/**
 * The chat of a task: messages with tags, questions and findings, and a review of all tags by single keys.
 *
 * @fires ac-thread - `{thread}`: a person has set or taken away tags; they are in the thread as a person's labels.
 * @fires ac-question - `{id, message_id, question_id, quote, status}`: a question was clicked; `id` as `m1.q1`.
 * @fires ac-accepted - `{kind: "tag", message_id, tag, act}`: a suggestion was taken up: `add` or `remove` that tag.
 * @fires ac-dismissed - `{kind: "tag", message_id, tag, act, reason}`: it was turned down.
 * @fires ac-channel - `{channel}`: the other tab was opened.
 */
@customElement("aufgabenchat-thread")
export class AufgabenchatThread extends LitElement {
  static override styles = [tokens, controls, threadStyles];

  /** The task and its messages; a message's `tags` are those that people gave. */
  @property({ attribute: false }) thread: Thread | null = null;
  @property() token: string | null = null;
  /** Where the API is; as a rule the page's own origin. */
  @property() base = "";
  @property() user: string | null = null;
  @property({ reflect: true }) theme: "light" | "dark" | null = null;
  @property() channel: Channel = "chat";
  /** Keys (`m1.q1`) of questions to be picked out. */
  @property({ attribute: false }) highlight: readonly string[] = [];
  /** Keys of questions that a draft answers, shown as such. */
  @property({ attribute: false }) drafted: readonly string[] = [];

  @state() private loaded: Loaded | null = null;
  @state() private tags: ReadonlyMap<string, TagInfo> = new Map();
  @state() private filter = "";
  @state() private failure = "";
  @state() private passage: { message: string; start: number; end: number } | null = null;

  private loading: AbortController | null = null;
  private parked = 0;
  /** What stands below may grow and take room: the last message stays in view, unless the reader has scrolled away. */
  private readonly resized = new ResizeObserver(([entry]) => {
    if (entry && Math.abs(entry.target.scrollTop - this.parked) < 2) void this.toLast();
  });
  private readonly telling = new Telling(new Feedback(() => this.api), () => this.user);
  private readonly leave = () => this.telling.leave();
  private readonly walk = new Walk({
    decide: (decisions) => this.decide(decisions),
    undo: () => this.undo(),
    begin: () => this.review(),
    moved: (item) => {
      this.requestUpdate();
      if (item) void this.show(item.message);
    },
  });

  private get api(): Api {
    return new Api({ base: this.base, token: this.token, timeout: 30_000 });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", this.walk.key);
    window.addEventListener("pagehide", this.leave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.walk.key);
    window.removeEventListener("pagehide", this.leave);
    this.resized.disconnect();
    this.loading?.abort();
    this.telling.flush();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("thread") && this.thread && !this.loaded?.tagging.same(this.thread)) void this.load(this.thread);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("highlight") && this.highlight[0]) this.show(this.highlight[0].split(".")[0] ?? "");
  }

  /** Open the tab of a message, scroll to it, and pick out `start` up to `end` of its text, in UTF-16 units. */
  async reveal(message: string, start = 0, end = 0): Promise<void> {
    this.passage = { message, start, end };
    this.filter = "";
    await this.show(message);
  }

  private async load(thread: Thread): Promise<void> {
    const other = this.loaded?.thread.task.id !== thread.task.id;
    if (other) Object.assign(this, { loaded: null, filter: "", passage: null });
    else this.loaded?.tagging.rebase(thread);
    if (this.walk.session) this.walk.end();
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      if (!this.tags.size) this.tags = await taxonomy(this.api);
      for await (const loaded of load(this.api, thread, signal)) {
        if (signal.aborted) return;
        if (this.loaded && !loaded.complete) loaded.tagging = this.loaded.tagging; // what was compared before is better than nothing
        else if (this.loaded) loaded.tagging.inherit(this.loaded.tagging);
        if (this.thread && this.thread !== thread) loaded.tagging.rebase(this.thread); // tags were set meanwhile
        const again = this.loaded?.thread === loaded.thread;
        Object.assign(this, { loaded, failure: "" });
        if (!again) await this.toLast();
      }
    } catch (error) {
      if (!signal.aborted) this.failure = (error as Error).message;
    }
  }

  /** Scroll to the last message: its beginning, if it is longer than the view. */
  private async toLast(): Promise<void> {
    await this.updateComplete;
    const messages = [...this.renderRoot.querySelectorAll<MessageElement>("ac-message")];
    await Promise.all(messages.map((message) => message.updateComplete));
    const list = this.renderRoot.querySelector(".list");
    const last = messages.at(-1);
    if (!list || !last) return;
    list.scrollTop = last.offsetTop - 6;
    this.parked = list.scrollTop;
    this.resized.observe(list);
  }

  protected override render() {
    if (!this.thread) return html`<p class="empty muted">Kein Chat gewählt.</p>`;
    return html`${this.walk.session ? nothing : taskHeader(this.thread)} ${this.bar(this.thread)} ${this.list(this.thread)}
      ${this.walk.session ? this.reviewBar(this.walk.session) : this.lines()}`;
  }

  private bar({ messages }: Thread): TemplateResult {
    const both = tabs(messages, this.channel, (channel) => this.open(channel));
    if (this.walk.session) return html`<div class="bar">${both}</div>`;
    const shown = messages.filter((message) => shownIn(message, this.channel));
    const state = {
      undoable: Boolean(this.loaded?.tagging.undoable),
      sure: this.sure().length,
      open: messages.flatMap(({ id }) => this.chips(id)).filter((chip) => chip.standing !== "given").length,
      ready: this.loaded?.complete ?? false,
    };
    const choose = (tag: string) => {
      this.filter = tag;
    };
    return html`<div class="bar">
      ${both}
      ${tagFilter(this.tags.values(), (tag) => shown.filter(({ id }) => this.carries(id, tag)).length, this.filter, choose)}
      ${actions(state, { undo: () => this.undo(), takeAll: () => this.decide(this.sure()), review: () => this.review() })}
    </div>`;
  }

  private list(thread: Thread): TemplateResult {
    const annotated = new Map(this.loaded?.thread.messages.map((message) => [message.id, message]));
    const shown = thread.messages.filter((message) => shownIn(message, this.channel) && (!this.filter || this.carries(message.id, this.filter)));
    const item = this.walk.session?.item;
    let before = "";
    return html`<div class="list" id="list" role="tabpanel" tabindex="0" aria-labelledby="tab-${this.channel}" aria-busy=${!this.loaded?.complete && !this.failure}>
      ${repeat(shown, ({ id }) => `${thread.task.id}/${id}`, (message) => {
        const date = day(message.sent_at);
        const divider = date && date !== before ? html`<div class="day">${date}</div>` : nothing;
        before = date || before;
        return html`${divider}<ac-message data-id=${message.id} ?reviewed=${item?.message === message.id} .message=${current(message, annotated)}
          .task=${thread.task} .chips=${this.chips(message.id)} .tags=${this.tags} .highlight=${this.highlight} .drafted=${this.drafted}
          .current=${item?.message === message.id ? item.tag : ""} .passage=${this.passage?.message === message.id ? this.passage : null}
          @decide=${(event: CustomEvent<Decision>) => this.decide([event.detail])} @question=${this.question}></ac-message>`;
      })}
      ${shown.length ? nothing : html`<p class="empty muted">${this.filter ? "Keine Nachricht mit diesem Tag." : "Hier steht noch nichts."}</p>`}
    </div>`;
  }

  private lines() {
    return this.failure
      ? html`<div class="line" role="status"><span class="warning">Vorschläge fehlen gerade: ${this.failure}</span>
          <button class="link" @click=${() => this.thread && this.load(this.thread)}>Noch einmal versuchen</button></div>`
      : nothing;
  }

  private reviewBar(session: Session): TemplateResult {
    return html`<ac-review-bar .session=${session} .version=${this.walk.version} .label=${(tag: string) => this.tags.get(tag)?.label ?? tag}
      @press=${(event: CustomEvent<Key>) => this.walk.press(event.detail)}></ac-review-bar>`;
  }

  private carries(id: string, tag: string): boolean {
    return this.chips(id).some((chip) => chip.tag === tag && chip.standing !== "unsure");
  }

  private chips(id: string): Chip[] {
    return this.loaded?.tagging.chips(id) ?? [];
  }

  private question(event: CustomEvent<NonNullable<Message["questions"]>[number]>): void {
    const { id, quote, status } = event.detail;
    const message = (event.target as MessageElement).message.id;
    const key = `${message}.${id}`;
    const answers = ({ answers: given }: Message) => given?.some((answer) => answer.question === key && answer.status !== "missed");
    const answer = this.loaded?.thread.messages.find(answers);
    this.highlight = [key];
    if (answer) void this.updateComplete.then(() => this.show(answer.id));
    this.fire("ac-question", { id: key, message_id: message, question_id: id, quote, status: status ?? "open" });
  }

  private open(channel: Channel): void {
    if (this.channel === channel) return;
    Object.assign(this, { channel, filter: "" });
    this.fire("ac-channel", { channel });
  }

  private async show(id: string): Promise<void> {
    const message = this.thread?.messages.find((each) => each.id === id);
    if (message && !shownIn(message, this.channel)) this.open(message.channel ?? "chat");
    await this.updateComplete;
    const list = this.renderRoot.querySelector(".list");
    const shown = this.renderRoot.querySelector<HTMLElement>(`ac-message[data-id="${CSS.escape(id)}"]`);
    const block = (shown?.offsetHeight ?? 0) > (list?.clientHeight ?? 0) - 20 ? "start" : "nearest";
    shown?.scrollIntoView({ block, behavior: "smooth" });
  }

  /** All suggestions that the model is sure of. */
  private sure(): Decision[] {
    return (this.thread?.messages ?? []).flatMap(({ id }) =>
      this.chips(id)
        .filter((chip) => chip.standing === "suggested" || chip.standing === "missing")
        .map((chip) => decision(id, chip, true)),
    );
  }

  private decide(decisions: Decision[]): void {
    if (!this.loaded || !decisions.length) return;
    this.loaded.tagging.decide(decisions);
    this.telling.tell(decisions, this.loaded.tagging.thread);
    for (const { message, tag, act, suggested, reason } of decisions) {
      const taken = act === "add" || act === "remove";
      if (suggested) this.fire(taken ? "ac-accepted" : "ac-dismissed", { kind: "tag", message_id: message, tag, act, ...(taken ? {} : { reason: reason ?? "" }) });
    }
    this.changed();
  }

  private undo(): void {
    if (!this.loaded) return;
    this.telling.takeBack(this.loaded.tagging.undo(), this.loaded.tagging.thread);
    this.changed();
  }

  private changed(): void {
    if (!this.loaded) return;
    this.thread = this.loaded.tagging.thread;
    this.fire("ac-thread", { thread: this.thread });
  }

  private review(): void {
    if (!this.loaded?.complete || !this.thread) return;
    this.filter = "";
    this.walk.begin(this.loaded.tagging, this.thread.messages);
    this.renderRoot.querySelector<HTMLElement>(".list")?.focus({ preventScroll: true });
  }

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** What is known of a message, unless its text has changed since. */
function current(message: Message, annotated: ReadonlyMap<string, Message>): Message {
  const known = annotated.get(message.id);
  return known?.text === message.text ? known : message;
}

declare global {
  interface HTMLElementTagNameMap {
    "aufgabenchat-thread": AufgabenchatThread;
  }
}
