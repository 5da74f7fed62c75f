import { html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Message, TagInfo, Thread } from "../client.ts";
import { controls } from "../theme.ts";
import { messageStyles } from "./message.styles.ts";
import { messageText } from "./message-text.ts";
import "./tag-row.ts";
import type { Chip } from "./tagging.ts";
import { author, counted, initials, SEVERITIES, time } from "./words.ts";

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
          <time datetime=${message.sent_at ?? nothing}>${time(message.sent_at)}</time>
        </header>
        <div class="text">${messageText(message, {
          evidence: [...(looked?.evidence ?? []), ...passage],
          highlight: this.highlight,
          drafted: this.drafted,
          onQuestion: (question) => this.dispatchEvent(new CustomEvent("question", { detail: question })),
        })}</div>
        ${message.attachments?.length ? html`<ul class="files" aria-label="Anhänge">${message.attachments.map((name) => html`<li>${name}</li>`)}</ul>` : nothing}
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
    const worst = (["error", "warning", "hint"] as const).find((severity) => findings.some((each) => each.severity === severity)) ?? "hint";
    return html`<details class="findings">
      <summary class=${worst}>${counted(findings.length, "Beanstandung", "Beanstandungen")}</summary>
      <ul>${findings.map((finding) => html`<li><b class=${finding.severity}>${SEVERITIES[finding.severity]}:</b> ${finding.message}</li>`)}</ul>
    </details>`;
  }
}
