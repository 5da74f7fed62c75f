import { completionStatus, startCompletion } from "@codemirror/autocomplete";
import { undo } from "@codemirror/commands";
import { nextDiagnostic } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { LitElement, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Api, type Channel, type DraftBody, dayOf, type Finding, type OpenQuestion, type Suggestion, type Thread } from "../client.ts";
import { Feedback, type FeedbackEvent } from "../feedback.ts";
import { controls, tokens } from "../theme.ts";
import { Catalogue } from "./catalogue.ts";
import { Composer } from "./composer.ts";
import { type Draft, Drafts } from "./drafts.ts";
import { look } from "./editor.styles.ts";
import { frame } from "./editor.view.ts";
import type { FalseAlarm } from "./false_alarm.ts";
import { counted, placeOf, underline } from "./findings.ts";
import { gapsOf } from "./gaps.ts";
import { change, insertText } from "./insert.ts";
import { Live, type ServiceState } from "./live.ts";
import { highlight, type Span } from "./marks.ts";
import { origins } from "./origins.ts";
import { blockAt, outcome, type Placed, placed, provenance } from "./provenance.ts";
import { done, withGaps } from "./questions.ts";
import { Remedies } from "./remedies.ts";
import type { SendDialog } from "./send_dialog.ts";
import { clearance } from "./sending.ts";
import type { DraftTag, DraftTags } from "./tags.ts";
import { search, templateList } from "./templates.ts";
import { textState } from "./text.ts";

const EMPTY = { task: { id: "" }, messages: [] } as unknown as Thread;
const SHOWN_FOR = 5_000;

/** A line for the writer, with a way back where there is one. */
export interface Notice {
  text: string;
  undo?: () => void;
}

/**
 * The composer of a task chat: text with suggestions, questions, templates, findings and the gate before sending.
 *
 * @fires ac-accepted {tag}
 * @fires ac-dismissed {tag, reason}, {finding} or {finding, reason}
 * @fires ac-draft {text, tags}
 * @fires ac-send {text, channel, tags, attachments, files, sentAnyway, unchecked}; preventDefault keeps the text
 * @fires ac-questions {questions}
 * @fires ac-question {id, message_id}: to be shown in the chat
 * @fires ac-state {state}
 */
@customElement("aufgabenchat-editor")
export class AufgabenchatEditor extends LitElement {
  @property({ type: Object }) thread: Thread = EMPTY;
  @property() token: string | null = null;
  @property() base = "";
  @property() channel: Channel = "chat";
  @property() author: "team" | "assistant" = "team";
  @property() user: string | null = null;

  @state() service: ServiceState = "ok";
  @state() serviceText = "";
  @state() notice: Notice | null = null;
  @state() listing = false;
  @state() sending = false;
  @state() private here: Placed | null = null;

  @query("ac-send-dialog") private sendDialog!: SendDialog;
  @query("ac-false-alarm") falseAlarm!: FalseAlarm;
  @query("ac-draft-tags") private tagRow!: DraftTags;

  readonly catalogue = new Catalogue(() => this.requestUpdate());
  readonly composer = new Composer(this);
  readonly remedies = new Remedies(this);
  api = new Api();
  view!: EditorView;
  draft!: Draft;
  private readonly drafts = new Drafts(() => this.freshText());
  private readonly feedback = new Feedback(() => this.api);
  private readonly live = new Live<Suggestion>({
    ask: (seq, signal) => this.api.suggest({ ...this.body(), request_seq: seq, last_message_id: this.thread.messages.at(-1)?.id ?? "" }, signal),
    show: (answer) => this.show(answer),
    hold: () => completionStatus(this.view.state) === "active",
    state: (service, text) => this.told(service, text),
  });
  private questionsTold = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [tokens, controls, look];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.online);
    addEventListener("pagehide", this.leave);
    if (this.view) this.live.touch(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("online", this.online);
    removeEventListener("pagehide", this.leave);
    this.live.stop();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("base") || changed.has("token")) {
      this.api = new Api({ base: this.base, token: this.token });
      this.catalogue.reset();
    }
    if (changed.has("thread") || changed.has("channel")) this.take(this.drafts.of(this.thread.task.id, this.channel));
  }

  override firstUpdated(): void {
    const parent = this.renderRoot.querySelector(".text") as HTMLElement;
    this.view = new EditorView({ state: this.draft.text, parent, root: this.shadowRoot as ShadowRoot });
  }

  override updated(changed: PropertyValues<this>): void {
    if (!(["thread", "channel", "author", "base", "token"] as const).some((name) => changed.has(name))) return;
    this.catalogue.load(this.api);
    this.live.touch(0);
  }

  override render() {
    return frame(this);
  }

  /** Put text in at the cursor. */
  insert(text: string): void {
    insertText(this.view, text);
    this.focus();
  }

  /** Propose a whole message, of this template or of the one that suits best. */
  compose(template?: string): Promise<void> {
    return this.composer.propose(template);
  }

  override focus(): void {
    this.view?.focus();
  }

  /** Start afresh: text, tags, attachments and all that was ignored. */
  clear(): void {
    this.drafts.drop(this.draft);
    this.take(this.drafts.of(this.thread.task.id, this.channel));
    this.changed();
  }

  get text(): string {
    return this.view ? this.view.state.doc.toString() : "";
  }

  get questions(): OpenQuestion[] {
    if (this.channel === "note") return [];
    const asked = (this.draft.suggestion?.open_questions ?? []).filter(({ kind }) => kind !== "work_request");
    return this.view ? asked.map((question) => withGaps(question, this.view.state)) : asked;
  }

  get findings(): Finding[] {
    return this.draft.suggestion?.findings ?? [];
  }

  get tags(): DraftTag[] {
    return this.draft.tags(this.catalogue.tags);
  }

  /** Whether the text is, or has become of, a draft that was proposed. */
  get proposed(): boolean {
    return this.draft.whole && placed(this.view.state).length > 0;
  }

  /** Where the paragraph at the cursor is from. */
  get origin(): string {
    return this.here ? this.words(this.here).join(" · ") : "";
  }

  get gaps(): number {
    return gapsOf(this.text).length;
  }

  tell(text: string, way?: () => void): void {
    this.notice = way ? { text, undo: way } : { text };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.notice = null;
    }, SHOWN_FOR);
  }

  emit(name: string, detail: unknown, cancelable = false): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable }));
  }

  learn(event: FeedbackEvent, reason: string | null = null): void {
    const message = { id: "draft", author: this.author, channel: this.channel, text: this.text };
    this.feedback.send(event, { thread: this.thread, message, user: this.user, reason });
  }

  accept(tag: DraftTag): void {
    this.draft.accepted.set(tag.tag, { ...tag, accepted: true });
    this.learn({ event: "tag_accepted", tag: tag.tag, ...(tag.suggestion ? { score: tag.suggestion.score } : {}) });
    this.emit("ac-accepted", { tag: tag.tag });
    this.drafted();
  }

  dismiss({ tag, suggestion, accepted }: DraftTag, reason: string | null): void {
    this.draft.accepted.delete(tag);
    this.draft.dismissed.add(tag);
    this.evidence(null);
    this.learn({ event: accepted ? "tag_removed" : "tag_rejected", tag, ...(suggestion ? { score: suggestion.score } : {}) }, reason);
    this.emit("ac-dismissed", { tag, reason });
    this.drafted();
  }

  evidence(tag: DraftTag | null): void {
    highlight(this.view, (tag?.suggestion?.evidence ?? []) as Span[]);
  }

  /** Show where the draft answers a question, and the question in the chat. */
  showQuestion(question: OpenQuestion): void {
    highlight(this.view, question.answer && done(question) ? [question.answer] : [], { scroll: true });
    this.emit("ac-question", { id: question.question, message_id: question.message_id });
  }

  showFinding(finding: Finding): void {
    const place = placeOf(this.view.state, finding);
    if (place) this.view.dispatch({ selection: { anchor: place.from, head: place.to }, scrollIntoView: true });
    this.focus();
  }

  nextFinding(): void {
    this.focus();
    if (!nextDiagnostic(this.view)) this.listing = this.findings.length > 0;
  }

  attach(files: Iterable<File>): void {
    this.draft.files = [...this.draft.files, ...files];
    this.changed();
  }

  detach(file: File): void {
    this.draft.files = this.draft.files.filter((each) => each !== file);
    this.changed();
  }

  openTemplates(): void {
    const { state } = this.view;
    const { head } = state.selection.main;
    const before = state.sliceDoc(Math.max(0, head - 1), head);
    change(this.view, { changes: { from: head, insert: /\S/.test(before) ? " /" : "/" }, selection: { anchor: head + (/\S/.test(before) ? 2 : 1) } });
    this.focus();
    startCompletion(this.view);
  }

  async send(): Promise<void> {
    const { draft, text } = this;
    if (this.sending || !text.trim()) return;
    this.sending = true;
    const cleared = await clearance(this.api, this.body(), (errors, trouble) => this.sendDialog.ask(errors, trouble)).finally(() => {
      this.sending = false;
    });
    this.focus();
    if (cleared === null || this.draft !== draft) return;
    if (this.text !== text) return this.tell("Der Text hat sich inzwischen geändert. Senden Sie ihn noch einmal.");
    const attachments = draft.files.map((file) => file.name);
    const tags = [...draft.accepted.keys()];
    this.learnBlocks();
    if (this.emit("ac-send", { text, channel: this.channel, tags, attachments, files: draft.files, ...cleared }, true)) this.clear();
    if (cleared.unchecked) this.tell("Ungeprüft gesendet: Die Prüfung war nicht erreichbar.");
  }

  private learnBlocks(): void {
    for (const { block, template, kept } of outcome(this.view.state)) {
      const question = block.questions[0];
      const event = kept === null ? "block_deleted" : kept === block.text ? "block_kept" : "block_edited";
      this.learn({ event, suggested: block.text, kept: kept ?? "", template, ...(question ? { question } : {}) });
    }
  }

  /** Ask the service again at once. */
  recheck(): void {
    this.live.touch(0);
  }

  /** Show the findings but this one. */
  without(finding: Finding): void {
    if (this.draft.suggestion) this.show({ ...this.draft.suggestion, findings: this.findings.filter((each) => each !== finding) });
  }

  private body(): DraftBody {
    const { draft, channel, author, thread } = this;
    return { thread, draft: this.text, channel, author, ignored: draft.ignored, attachments: draft.files.map((file) => file.name), ...dayOf(thread) };
  }

  private show(given: Suggestion): void {
    if (given.stale) return;
    const answer = { ...given, findings: this.draft.heeded(given.findings) };
    const same = JSON.stringify(answer.findings) === JSON.stringify(this.draft.suggestion?.findings ?? []);
    this.draft.checked = this.text;
    // the same findings stay as they are, so that nothing flickers and an open tooltip does not close
    this.draft.suggestion = same ? { ...answer, findings: this.findings } : answer;
    if (!same || this.findings.some((finding) => finding.rule === "unanswered-question")) underline(this.view, this.findings, this.remedies.for);
    if (this.findings.length === 0) this.listing = false;
    this.catalogue.load(this.api);
    this.tellQuestions();
    this.requestUpdate();
  }

  private tellQuestions(): void {
    const questions = this.questions.map((question) => {
      const { message_id, question: id, start_utf16, end_utf16, quote } = question;
      return { message_id, id, start_utf16, end_utf16, quote, done: done(question) };
    });
    const told = JSON.stringify(questions);
    if (told !== this.questionsTold) this.emit("ac-questions", { questions });
    this.questionsTold = told;
  }

  private told(service: ServiceState, text: string): void {
    if (service !== this.service) this.emit("ac-state", { state: service });
    this.service = service;
    this.serviceText = text;
  }

  private online = (): void => this.live.retry();

  private leave = (): void => this.feedback.leave();

  private take(next: Draft): void {
    if (this.draft === next) return;
    if (this.draft && this.view) this.draft.text = this.view.state;
    this.draft = next;
    this.view?.setState(next.text);
    this.listing = false;
    this.here = null;
  }

  private changed(): void {
    this.live.touch();
    this.drafted();
  }

  private drafted(): void {
    this.emit("ac-draft", { text: this.text, tags: [...this.draft.accepted.keys()] });
    this.requestUpdate();
  }

  private moved(): void {
    this.here = blockAt(this.view.state, this.view.state.selection.main.head);
  }

  private words = (block: Placed): string[] => origins(block, { templates: this.catalogue.templates, questions: this.questions, open: this.draft.composed?.open ?? [] });

  private freshText() {
    const note = this.channel === "note";
    return textState({
      label: note ? "Interne Notiz" : "Nachricht an den Kunden",
      placeholder: note ? "Interne Notiz schreiben" : "Nachricht schreiben. / öffnet die Vorlagen",
      changed: (update) => {
        this.draft.moved(update.changes);
        this.changed();
      },
      moved: () => this.moved(),
      send: () => void this.send(),
      fix: this.remedies.fixHere,
      tags: () => this.tagRow.focus(),
      more: [
        provenance(this.words),
        templateList({
          rows: (typed) => search(typed, this.catalogue.templates, this.draft.suggestion?.templates ?? [], this.channel),
          choose: (id, _view, from, to) => void this.composer.insertTemplate(id, from, to),
        }),
      ],
    });
  }

  /** Take back the last step. */
  undo(): void {
    undo(this.view);
    this.focus();
  }

  /** „2 Fehler · 1 Warnung“, or that there is nothing. */
  get summary(): string {
    return counted(this.findings);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "aufgabenchat-editor": AufgabenchatEditor;
  }
}
