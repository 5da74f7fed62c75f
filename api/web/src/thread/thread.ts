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
import { utf16 } from "./segments.ts";
import { Session } from "./session.ts";
import { type Decision, decision } from "./tagging.ts";
import { taskHeader } from "./task-header.ts";
import { Telling } from "./told.ts";
import { threadStyles } from "./thread.styles.ts";
import { day } from "./words.ts";

const TABS: [Channel, string][] = [["chat", "Aufgabenchat"], ["note", "Interne Notizen"]];

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
  @state() private session: Session | null = null;
  @state() private version = 0;
  @state() private passage: { message: string; start: number; end: number } | null = null;

  private loading: AbortController | null = null;
  private parked = 0;
  /** What stands below may grow and take room: the last message stays in view, unless the reader has scrolled away. */
  private readonly resized = new ResizeObserver(([entry]) => {
    if (entry && Math.abs(entry.target.scrollTop - this.parked) < 2) void this.toLast();
  });
  private readonly telling = new Telling(new Feedback(() => this.api), () => this.user);
  private readonly leave = () => this.telling.flush();

  private get api(): Api {
    return new Api({ base: this.base, token: this.token });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", this.onKey);
    window.addEventListener("pagehide", this.leave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.onKey);
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

  /** Open the tab of a message, scroll to it, and pick out characters `start` up to `end` of its text. */
  async reveal(message: string, start = 0, end = 0): Promise<void> {
    const text = this.thread?.messages.find(({ id }) => id === message)?.text ?? "";
    this.passage = { message, start: utf16(text, start), end: utf16(text, end) };
    this.filter = "";
    await this.show(message);
  }

  private async load(thread: Thread): Promise<void> {
    const other = this.loaded?.thread.task.id !== thread.task.id;
    if (other) Object.assign(this, { loaded: null, filter: "", passage: null });
    this.session = null;
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      const [tags, loaded] = await Promise.all([this.tags.size ? this.tags : taxonomy(this.api), load(this.api, thread, signal)]);
      if (signal.aborted) return;
      if (this.loaded) loaded.tagging.inherit(this.loaded.tagging);
      Object.assign(this, { tags, loaded, failure: "" });
    } catch (error) {
      if (signal.aborted) return;
      this.failure = (error as Error).message;
    }
    await this.toLast();
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
    return html`${this.session ? nothing : taskHeader(this.thread)} ${this.bar(this.thread)} ${this.list(this.thread)}
      ${this.session ? this.reviewBar(this.session) : this.lines()}`;
  }

  private bar(thread: Thread): TemplateResult {
    const tagging = this.loaded?.tagging;
    const open = thread.messages.flatMap(({ id }) => tagging?.chips(id) ?? []).filter((chip) => chip.standing !== "given").length;
    const sure = this.sure().length;
    const count = (channel: Channel) => thread.messages.filter((message) => shownIn(message, channel)).length;
    return html`<div class="bar">
      <div class="tabs" role="tablist" aria-label="Ansicht" @keydown=${this.arrows}>
        ${TABS.map(
          ([channel, name]) => html`<button role="tab" id="tab-${channel}" aria-controls="list" aria-selected=${this.channel === channel}
            tabindex=${this.channel === channel ? 0 : -1} @click=${() => this.open(channel)}>${name} <small>${count(channel)}</small></button>`,
        )}
      </div>
      ${this.filters(thread)}
      ${tagging?.undoable && !this.session ? html`<button class="quiet" @click=${this.undo}>Rückgängig</button>` : nothing}
      <button ?disabled=${!sure} title="Alle sicheren Vorschläge übernehmen" @click=${this.takeAll}>Alle${sure ? ` ${sure}` : ""} übernehmen</button>
      <button class="primary" ?disabled=${!tagging} title="Vorschlag für Vorschlag mit der Tastatur (Taste T)" aria-keyshortcuts="t"
        @click=${this.review}>Tags prüfen${open ? ` (${open})` : ""}</button>
    </div>`;
  }

  private filters(thread: Thread): TemplateResult {
    const messages = thread.messages.filter((message) => shownIn(message, this.channel));
    const with_ = (tag: string) => messages.filter(({ id }) => this.carries(id, tag)).length;
    const used = [...this.tags.values()].map((tag) => ({ tag, count: with_(tag.id) })).filter(({ tag, count }) => count || tag.id === this.filter);
    return html`<select aria-label="Nach Tag filtern" .value=${this.filter} @change=${(event: Event) => {
      this.filter = (event.target as HTMLSelectElement).value;
    }}>
      <option value="" ?selected=${!this.filter}>Alle Tags</option>
      ${used.map(({ tag, count }) => html`<option value=${tag.id} ?selected=${this.filter === tag.id}>${tag.label} (${count})</option>`)}
    </select>`;
  }

  private list(thread: Thread): TemplateResult {
    const annotated = new Map(this.loaded?.thread.messages.map((message) => [message.id, message]));
    const shown = thread.messages.filter((message) => shownIn(message, this.channel) && (!this.filter || this.carries(message.id, this.filter)));
    const item = this.session?.item;
    let before = "";
    return html`<div class="list" id="list" role="tabpanel" tabindex="0" aria-labelledby="tab-${this.channel}" aria-busy=${!this.loaded && !this.failure}>
      ${repeat(shown, ({ id }) => `${thread.task.id}/${id}`, (message) => {
        const date = day(message.sent_at);
        const divider = date && date !== before ? html`<div class="day">${date}</div>` : nothing;
        before = date || before;
        return html`${divider}<ac-message data-id=${message.id} ?reviewed=${item?.message === message.id} .message=${annotated.get(message.id) ?? message}
          .task=${thread.task} .chips=${this.loaded?.tagging.chips(message.id) ?? []} .tags=${this.tags} .highlight=${this.highlight} .drafted=${this.drafted}
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
    return html`<ac-review-bar .session=${session} .version=${this.version} .label=${(tag: string) => this.tags.get(tag)?.label ?? tag}
      @press=${(event: CustomEvent<Key>) => this.press(event.detail)}></ac-review-bar>`;
  }

  private carries(id: string, tag: string): boolean {
    return this.loaded?.tagging.chips(id).some((chip) => chip.tag === tag && chip.standing !== "unsure") ?? false;
  }

  private question(event: CustomEvent<NonNullable<Message["questions"]>[number]>): void {
    const { id, quote, status } = event.detail;
    const message = (event.target as MessageElement).message.id;
    this.highlight = [`${message}.${id}`];
    this.fire("ac-question", { id: `${message}.${id}`, message_id: message, question_id: id, quote, status: status ?? "open" });
  }

  private open(channel: Channel): void {
    if (this.channel === channel) return;
    Object.assign(this, { channel, filter: "" });
    this.fire("ac-channel", { channel });
  }

  private async arrows(event: KeyboardEvent): Promise<void> {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    this.open(this.channel === "chat" ? "note" : "chat");
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
  }

  private async show(id: string): Promise<void> {
    const message = this.thread?.messages.find((each) => each.id === id);
    if (message && !shownIn(message, this.channel)) this.open(message.channel ?? "chat");
    await this.updateComplete;
    this.renderRoot.querySelector(`ac-message[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  /** All suggestions that the model is sure of. */
  private sure(): Decision[] {
    return (this.thread?.messages ?? []).flatMap(({ id }) =>
      (this.loaded?.tagging.chips(id) ?? [])
        .filter((chip) => chip.standing === "suggested" || chip.standing === "missing")
        .map((chip) => decision(id, chip, true)),
    );
  }

  private takeAll(): void {
    this.decide(this.sure());
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
    this.version += 1;
    if (!this.loaded) return;
    this.thread = this.loaded.tagging.thread;
    this.fire("ac-thread", { thread: this.thread });
  }

  private async review(): Promise<void> {
    if (!this.loaded || !this.thread) return;
    this.filter = "";
    this.session = new Session(this.loaded.tagging, this.thread.messages);
    await this.step();
    this.renderRoot.querySelector<HTMLElement>(".list")?.focus({ preventScroll: true });
  }

  private async step(): Promise<void> {
    this.version += 1;
    if (this.session?.item) await this.show(this.session.item.message);
  }

  private onKey(event: KeyboardEvent): void {
    const typing = event.composedPath().some((each) => each instanceof HTMLInputElement || each instanceof HTMLSelectElement);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!this.session && key === "t") void this.review();
    else if (this.session && ["j", "k", "a", "r", "s", "u", "Escape"].includes(key)) this.press(key as Key);
    else return;
    event.preventDefault();
  }

  private press(key: Key): void {
    const { session } = this;
    if (!session) return;
    const { chip, item } = session;
    if (key === "Escape") this.session = null;
    else if (key === "j" || key === "k") session.go(key === "j" ? 1 : -1);
    else if (key === "u") session.reopen() && this.undo();
    else if (key === "s" && item) session.close("skipped");
    else if (chip && item) {
      this.decide([decision(item.message, chip, key === "a")]);
      session.close(key === "a" ? "taken" : "refused");
    }
    void this.step();
  }

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

function shownIn(message: Message, channel: Channel): boolean {
  return (message.channel ?? "chat") === channel;
}

declare global {
  interface HTMLElementTagNameMap {
    "aufgabenchat-thread": AufgabenchatThread;
  }
}
