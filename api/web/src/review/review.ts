import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Api, type Thread } from "../client.ts";
import { controls, tokens } from "../theme.ts";
import { reviewed } from "./fetch.ts";
import { quotes } from "./quote.ts";
import type { Evidence, Review } from "./record.ts";
import { reviewStyles } from "./review.styles.ts";
import { type Desk, type Section, sections } from "./sections.ts";
import { STEPS } from "./words.ts";

const PAUSE = 500;
/** Characters of a reason that are shown unasked. */
const LONGEST = 260;

/**
 * The task as a contract: what is due next and why, the starter kit, what was agreed and booked, texts to copy.
 *
 * @fires ac-template - `{id}`: a template is to be used for the next message.
 * @fires ac-evidence - `{message_id, start, end}`: a passage is to be shown; offsets in UTF-16 units, as browsers count.
 */
@customElement("aufgabenchat-review")
export class AufgabenchatReview extends LitElement {
  static override styles = [tokens, controls, reviewStyles];

  @property({ attribute: false }) thread: Thread | null = null;
  @property() token: string | null = null;
  /** Where the API is; as a rule the page's own origin. */
  @property() base = "";
  @property({ reflect: true }) theme: "light" | "dark" | null = null;

  @state() private review: Review | null = null;
  @state() private failure = "";
  @state() private copied = "";
  private names: { tags: Map<string, string>; templates: Map<string, string> } | null = null;
  private shown: string | null = null;
  private unfolded: HTMLDetailsElement[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  private get api(): Api {
    return new Api({ base: this.base, token: this.token, timeout: 30_000 });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("beforeprint", this.unfold);
    window.addEventListener("afterprint", this.fold);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    window.removeEventListener("beforeprint", this.unfold);
    window.removeEventListener("afterprint", this.fold);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("thread") || !this.thread) return;
    const other = this.thread.task.id !== this.shown;
    if (other) this.review = null;
    this.shown = this.thread.task.id;
    clearTimeout(this.timer);
    // while tags are set one after the other, one review at the end is enough
    this.timer = setTimeout(() => void this.load(), other ? 0 : PAUSE);
  }

  private async load(): Promise<void> {
    const { thread } = this;
    if (!thread) return;
    try {
      const [review, names] = await Promise.all([reviewed<Review>(this.api, thread), this.names ?? this.loadNames()]);
      if (this.thread === thread) Object.assign(this, { review, names, failure: "", copied: "" });
    } catch (error) {
      if (this.thread === thread) this.failure = (error as Error).message;
    }
  }

  private async loadNames() {
    const [tags, templates] = await Promise.all([this.api.taxonomy(), this.api.templates()]);
    return {
      tags: new Map(tags.map(({ id, label }) => [id, label])),
      templates: new Map(templates.map(({ id, title }) => [id, title])),
    };
  }

  protected override render() {
    const trouble = this.failure
      ? html`<p class="line" role="status"><span class="warning">Die Prüfung ist nicht auf dem neuesten Stand: ${this.failure}</span>
        <button class="link" @click=${this.load}>Noch einmal versuchen</button></p>`
      : nothing;
    if (!this.review && this.failure) return trouble;
    if (!this.review) return html`<p class="line muted" aria-busy="true">${this.thread ? "Die Aufgabe wird geprüft …" : ""}</p>`;
    const { review } = this;
    return html`${trouble}<p class="printed">${this.thread?.task.title} · ${this.thread?.task.id}</p>${this.next(review)} ${sections(review, this.desk).map((section) => this.section(section))}
      <p class="foot muted"><span>Stand ${new Date(review.as_of).toLocaleString("de-DE", { dateStyle: "medium", timeStyle: "short" })}</span>
        <button class="quiet" @click=${() => window.print()}>Drucken</button></p>`;
  }

  private next(review: Review): TemplateResult {
    const { desk } = this;
    const [first, ...more] = [review.template, ...review.more_templates].filter((id) => id !== null);
    return html`<section class="next ${review.next_step}" aria-label="Nächster Schritt">
      <h2><small>Nächster Schritt</small>${STEPS[review.next_step] ?? review.next_step}</h2>
      ${review.reason.length > LONGEST ? html`<details class="why"><summary>${review.reason}</summary></details>` : html`<p>${review.reason}</p>`}
      ${quotes(review.reason_evidence, desk.go, 2)}
      ${review.reminders_sent || review.working_days !== null ? html`<p class="facts">
        ${review.working_days === null ? nothing : html`<span>${review.working_days} Werktage ohne Antwort</span>`}
        <span>Erinnerungen: ${review.reminders_sent}</span></p>` : nothing}
      ${first ? html`<div class="actions">
        <span class="muted">Vorlage verwenden:</span>
        <button class="primary" @click=${() => desk.use(first)}>${desk.template(first)}</button>
        ${more.map((id) => html`<button @click=${() => desk.use(id)}>${desk.template(id)}</button>`)}</div>` : nothing}
    </section>`;
  }

  private section({ id, title, todo, body }: Section): TemplateResult {
    return html`<details data-section=${id} ?open=${(todo > 0 && id !== "tags") || id === "drafts"}>
      <summary>${title}${todo ? html`<span class="todo" aria-label="${todo} zu tun">${todo}</span>` : id === "drafts" ? nothing : html`<span class="done" aria-label="in Ordnung">✓</span>`}</summary>
      <div class="body">${body}</div>
    </details>`;
  }

  private get desk(): Desk {
    return {
      go: (evidence: Evidence) => this.fire("ac-evidence", { message_id: evidence.message, start: evidence.start_utf16 ?? evidence.start, end: evidence.end_utf16 ?? evidence.end }),
      use: (id) => this.fire("ac-template", { id }),
      copy: (text) => void this.copy(text),
      copied: this.copied,
      template: (id) => this.names?.templates.get(id) ?? id,
      tag: (id) => this.names?.tags.get(id) ?? id,
    };
  }

  private async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = text;
    } catch {
      this.failure = "";
      this.select(text);
    }
  }

  /** Without leave to use the clipboard: mark the text, so that the reader can copy it. */
  private select(text: string): void {
    const block = [...this.renderRoot.querySelectorAll("blockquote")].find((each) => each.textContent === text);
    if (block) getSelection()?.selectAllChildren(block);
  }

  private readonly unfold = () => {
    this.unfolded = [...this.renderRoot.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const details of this.unfolded) details.open = true;
  };

  private readonly fold = () => {
    for (const details of this.unfolded) details.open = false;
  };

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "aufgabenchat-review": AufgabenchatReview;
  }
}
