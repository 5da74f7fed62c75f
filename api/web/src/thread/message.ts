import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Message, TagInfo, Thread } from "../client.ts";
import { controls } from "../theme.ts";
import { messageStyles } from "./message.styles.ts";
import { messageText } from "./message-text.ts";
import "./tag-row.ts";
import type { Chip } from "./tagging.ts";
import { author, counted, initials, SEVERITIES, time } from "./words.ts";

const CLIP = html`<svg viewBox="0 0 16 16" width="12" height="12" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true"><path d="M13 7.500 7.500 13a3.200 3.200 0 0 1-4.500-4.500l6-6a2.200 2.200 0 0 1 3.100 3.100l-6 6a1.100 1.100 0 0 1-1.600-1.600L10 4.600" /></svg>`;

/** One message of the chat. Fires `question` with the question that was clicked, and `decide` of its tags. */
@customElement("ac-message")
export class MessageElement extends LitElement {
  static override styles = [controls, messageStyles];

  @property({ attribute: false }) message!: Message;
  @property({ attribute: false }) task!: Thread["task"];
  @property({ attribute: false }) chips: Chip[] = [];
  @property({ attribute: false }) tags: ReadonlyMap<string, TagInfo> = new Map();
  @property({ attribute: false }) highlight: readonly string[] = [];
  @property({ attribute: false }) drafted: readonly string[] = [];
  /** A passage to pick out, in UTF-16 units. */
  @property({ attribute: false }) passage: { start: number; end: number } | null = null;
  /** The tag that is being reviewed; its evidence is shown. */
  @property() current = "";
  @state() private looked: Chip | null = null;

  protected override render() {
    const { message } = this;
    const who = author(message, this.task);
    const looked = this.looked ?? this.chips.find((chip) => chip.tag === this.current);
    const passage = this.passage ? [{ ...this.passage, kind: "evidence" as const, id: "" }] : [];
    return html`
      <div class="avatar ${message.author}" aria-hidden="true">${initials(who.name)}</div>
      <article class="${message.author} ${message.channel}" aria-label="${who.role} ${who.name}">
        <header>
          <b>${who.name}</b> <span class="role">${who.role}</span>
          ${message.channel === "note" ? html`<span class="role note">intern</span>` : nothing}
          <span class="when">${message.id} <time datetime=${message.sent_at ?? nothing}>${time(message.sent_at)}</time></span>
        </header>
        <div class="text">${messageText(message, {
          evidence: [...(looked?.evidence ?? []), ...passage],
          highlight: this.highlight,
          drafted: this.drafted,
          onQuestion: (question) => this.dispatchEvent(new CustomEvent("question", { detail: question })),
        })}</div>
        ${message.attachments?.length ? html`<ul class="files" aria-label="Anhänge">${message.attachments.map((name) => html`<li>${CLIP} ${name}</li>`)}</ul>` : nothing}
        ${this.findings()}
        <ac-tag-row .message=${message.id} .chips=${this.chips} .tags=${this.tags} .current=${this.current}
          .allowed=${[...this.tags.values()].filter((tag) => tag.direction !== (message.author === "customer" ? "outgoing" : "incoming"))}
          @look=${this.look} @decide=${this.passOn}></ac-tag-row>
      </article>`;
  }

  private look(event: CustomEvent<Chip | null>): void {
    this.looked = event.detail;
  }

  private passOn(event: CustomEvent): void {
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail }));
  }

  private findings() {
    const findings = this.message.findings ?? [];
    if (!findings.length) return nothing;
    return html`<details class="findings">
      <summary class="muted">${(["error", "warning", "hint"] as const).map((severity) => {
        const count = findings.filter((each) => each.severity === severity).length;
        const [one, many] = SEVERITIES[severity];
        return count ? html`<span class=${severity}>${counted(count, one, many)}</span> ` : nothing;
      })}</summary>
      <ul>${findings.map((finding) => html`<li><b class=${finding.severity}>${SEVERITIES[finding.severity][0]}:</b> ${finding.message}</li>`)}</ul>
    </details>`;
  }
}
