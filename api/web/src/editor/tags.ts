import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TagSuggestion } from "../client.ts";
import { controls } from "../theme.ts";

/** A tag of the draft: suggested by the model, or accepted by the writer. */
export interface DraftTag {
  tag: string;
  label: string;
  accepted: boolean;
  suggestion: TagSuggestion | null;
}

const REASONS = ["Passt nicht zum Inhalt", "Nur am Rande erwähnt", "Anderer Tag passt besser"];

/**
 * The tags of the draft as chips: dashed is suggested, solid accepted.
 *
 * @fires ac-accept detail: the DraftTag
 * @fires ac-dismiss detail: {tag: DraftTag, reason}
 * @fires ac-evidence detail: the DraftTag whose evidence is to be shown, or null
 */
@customElement("ac-draft-tags")
export class DraftTags extends LitElement {
  @property({ attribute: false }) tags: DraftTag[] = [];
  @state() private asking: string | null = null;

  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override styles = [
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        align-items: center;
        min-height: 34px;
        padding: 4px 12px;
      }
      .with-menu {
        position: relative;
      }
      .menu {
        position: absolute;
        z-index: 5;
        inset-block-end: calc(100% + 4px);
        inset-inline-start: 0;
      }
      .menu button {
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const suggested = this.tags.filter((tag) => !tag.accepted);
    return html`<span class="muted" id="label">Tags</span>
      ${this.tags.length ? nothing : html`<span class="muted">– Vorschläge kommen beim Schreiben</span>`}
      ${this.tags.map((tag) => this.chip(tag))}
      ${suggested.length > 1 ? html`<button type="button" class="link" @click=${() => this.acceptAll(suggested)}>Alle übernehmen</button>` : nothing}`;
  }

  private chip(tag: DraftTag) {
    const { accepted, suggestion, label } = tag;
    const percent = suggestion ? `${Math.round(suggestion.score * 100)} %` : "";
    const kind = accepted ? "accepted" : suggestion && !suggestion.sure ? "suggested unsure" : "suggested";
    const about = accepted ? "Übernommen" : `Vorschlag${percent ? `, Wahrscheinlichkeit ${percent}` : ""}: übernehmen`;
    const evidence = (shown: DraftTag | null) => () => this.tell("ac-evidence", shown);
    return html`<span class="with-menu" @keydown=${(event: KeyboardEvent) => this.key(event, tag)}>
      <span class="chip ${kind}" data-tag=${tag.tag} @mouseenter=${evidence(tag)} @mouseleave=${evidence(null)} @focusin=${evidence(tag)} @focusout=${evidence(null)}>
        <button type="button" aria-pressed=${accepted} title=${about} @click=${() => !accepted && this.tell("ac-accept", tag)}>${accepted ? "✓ " : ""}${label}</button>
        <button type="button" class="icon" aria-haspopup="menu" aria-expanded=${this.asking === tag.tag} aria-label=${`${label} ${accepted ? "entfernen" : "ablehnen"}`}
          @click=${() => this.ask(tag)}>✕</button>
      </span>
      ${this.asking === tag.tag ? this.menu(tag) : nothing}
    </span>`;
  }

  private menu(tag: DraftTag) {
    return html`<div class="menu" role="menu" aria-label=${`Warum nicht „${tag.label}“?`} @focusout=${this.left}>
      ${[...REASONS, null].map(
        (reason) => html`<button type="button" role="menuitem" @click=${() => this.dismiss(tag, reason)}>${reason ?? "Ohne Grund ablehnen"}</button>`,
      )}
    </div>`;
  }

  private async ask(tag: DraftTag): Promise<void> {
    if (tag.accepted) return this.dismiss(tag, null);
    this.asking = this.asking === tag.tag ? null : tag.tag;
    await this.updateComplete;
    this.items()[0]?.focus();
  }

  private acceptAll(tags: DraftTag[]): void {
    for (const tag of tags) this.tell("ac-accept", tag);
  }

  private items = () => [...this.renderRoot.querySelectorAll<HTMLElement>(".menu button")];

  private left = (event: FocusEvent): void => {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.asking = null;
  };

  private dismiss(tag: DraftTag, reason: string | null): void {
    this.asking = null;
    this.tell("ac-dismiss", { tag, reason });
  }

  private key(event: KeyboardEvent, tag: DraftTag): void {
    const items = this.items();
    const at = items.indexOf((this.shadowRoot as ShadowRoot).activeElement as HTMLElement);
    if (at < 0) {
      if (event.key !== "Delete" && event.key !== "Backspace") return;
      void this.ask(tag);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      items.at((at + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
    } else if (event.key === "Escape") {
      this.renderRoot.querySelector<HTMLElement>(`[data-tag="${CSS.escape(tag.tag)}"] .icon`)?.focus();
      this.asking = null;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
