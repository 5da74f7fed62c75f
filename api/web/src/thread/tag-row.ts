import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TagInfo } from "../client.ts";
import { controls } from "../theme.ts";
import "./tag-picker.ts";
import { type Chip, type Decision, decision } from "./tagging.ts";
import { percent, REASONS } from "./words.ts";

/**
 * The tags of one message. Fires `decide` (a {@link Decision}), `look` with the chip whose evidence is to be shown, null for none.
 */
@customElement("ac-tag-row")
export class TagRow extends LitElement {
  static override styles = [
    controls,
    css`
      :host { display: block; }
      .row { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; margin: 0; padding: 0; list-style: none; }
      .chip.given { border-color: var(--ac-line); background: var(--ac-accent-soft); }
      .chip.missing { border-style: dashed; border-color: var(--ac-accent); background: var(--ac-surface); color: var(--ac-accent); }
      .chip.doubtful { border-color: var(--ac-warning); background: var(--ac-warning-soft); color: var(--ac-warning); }
      .chip.unsure { border-style: dotted; background: var(--ac-surface); }
      .chip > span { display: inline-flex; gap: 5px; align-items: center; }
      .chip small { font-size: 11.5px; font-variant-numeric: tabular-nums; }
      .chip.current { outline: 2px solid var(--ac-accent); outline-offset: 2px; }
      .chip > button.icon { border-radius: 11px; }
      .add { min-height: 24px; padding: 1px 8px; border-radius: 12px; font-size: var(--ac-small); }
      .reasons { display: grid; justify-items: start; max-width: 340px; margin-top: 6px; }
      .reasons p { margin: 4px 9px; font-weight: 600; font-size: var(--ac-small); }
      .reasons button { width: 100%; }
      ac-tag-picker { margin-top: 6px; }
    `,
  ];

  @property() message = "";
  @property({ attribute: false }) chips: Chip[] = [];
  @property({ attribute: false }) tags: ReadonlyMap<string, TagInfo> = new Map();
  /** Tags that a person may set here. */
  @property({ attribute: false }) allowed: TagInfo[] = [];
  /** The tag that is being reviewed. */
  @property() current = "";
  @state() private refusing: Chip | null = null;
  @state() private adding = false;

  protected override render() {
    return html`
      <ul class="row" aria-label="Tags">
        ${this.chips.map((chip) => html`<li>${this.chip(chip)}</li>`)}
        <li><button class="quiet add" aria-expanded=${this.adding} @click=${() => this.add(!this.adding)}>+ Tag</button></li>
      </ul>
      ${this.refusing ? this.reasons(this.refusing) : nothing}
      ${
        this.adding
          ? html`<ac-tag-picker .tags=${this.allowed.filter((tag) => !this.chips.some((chip) => chip.tag === tag.id && held(chip)))}
              @pick=${(event: CustomEvent<string>) => this.picked(event.detail)} @close=${() => this.add(false)}></ac-tag-picker>`
          : nothing
      }`;
  }

  private chip(chip: Chip): TemplateResult {
    const label = this.tags.get(chip.tag)?.label ?? chip.tag;
    const likely = percent(chip.score);
    const about = [chip.reason, this.tags.get(chip.tag)?.definition && `Die Nachricht ${this.tags.get(chip.tag)?.definition}.`];
    const title = about.filter(Boolean).join("\n");
    const look = () => this.look(chip);
    const away = () => this.look(null);
    return html`<span class="chip ${chip.standing} ${chip.tag === this.current ? "current" : ""}" data-tag=${chip.tag}
      @pointerenter=${look} @pointerleave=${away} @focusin=${look} @focusout=${away}>${this.inside(chip, label, likely, title)}</span>`;
  }

  private inside(chip: Chip, label: string, likely: string, title: string): TemplateResult {
    switch (chip.standing) {
      case "given":
        return html`<span title=${title}>${label}</span>
          <button class="icon" title="Tag entfernen" aria-label="„${label}“ entfernen" @click=${() => this.takeAway(chip)}>×</button>`;
      case "doubtful":
        return html`<span title=${title}>${label} <small>fraglich, ${likely}</small></span>
          <button class="icon" title="Tag behalten" aria-label="„${label}“ behalten" @click=${() => this.decide(chip, false)}>✓</button>
          <button class="icon" title="Tag entfernen" aria-label="„${label}“ entfernen" @click=${() => this.decide(chip, true)}>×</button>`;
      default:
        return html`<button title="${title}\nKlick übernimmt." aria-label="„${label}“ übernehmen, ${likely}" @click=${() => this.decide(chip, true)}>
            <span aria-hidden="true">${chip.standing === "unsure" ? "?" : "+"}</span> ${label} <small>${likely}</small></button>
          <button class="icon" title="Ablehnen" aria-label="„${label}“ ablehnen" aria-expanded=${this.refusing?.tag === chip.tag}
            @click=${() => this.refuse(this.refusing?.tag === chip.tag ? null : chip)}>×</button>`;
    }
  }

  private reasons(chip: Chip): TemplateResult {
    const label = this.tags.get(chip.tag)?.label ?? chip.tag;
    return html`<div class="menu reasons" role="group" aria-label="Grund" @keydown=${this.escape}>
      <p>Warum passt „${label}“ nicht?</p>
      ${REASONS.map((reason) => html`<button class="quiet" @click=${() => this.decide(chip, false, reason)}>${reason}</button>`)}
      <button class="quiet" @click=${() => this.decide(chip, false)}>Ohne Grund ablehnen</button>
    </div>`;
  }

  private async refuse(chip: Chip | null): Promise<void> {
    this.refusing = chip;
    this.adding = false;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".reasons button")?.focus();
  }

  private add(open: boolean): void {
    this.adding = open;
    this.refusing = null;
  }

  private escape(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.refusing = null;
  }

  private picked(tag: string): void {
    this.adding = false;
    const offered = this.chips.find((chip) => chip.tag === tag);
    if (offered) this.decide(offered, true);
    else this.fire("decide", { message: this.message, tag, act: "add", suggested: false, score: null } satisfies Decision);
  }

  private takeAway(chip: Chip): void {
    this.fire("decide", { message: this.message, tag: chip.tag, act: "remove", suggested: false, score: chip.score } satisfies Decision);
  }

  private decide(chip: Chip, taken: boolean, reason?: string): void {
    this.refusing = null;
    this.look(null);
    this.fire("decide", decision(this.message, chip, taken, reason));
  }

  private look(chip: Chip | null): void {
    this.fire("look", chip);
  }

  private fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const held = (chip: Chip) => chip.standing === "given" || chip.standing === "doubtful";
