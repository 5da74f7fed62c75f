import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TagInfo } from "../client.ts";
import { controls } from "../theme.ts";

/** A field with a searchable list of tags. Fires `pick` with the tag's id, `close` when done without. */
@customElement("ac-tag-picker")
export class TagPicker extends LitElement {
  static override styles = [
    controls,
    css`
      :host { display: block; max-width: 340px; }
      input { width: 100%; }
      ul { margin: 4px 0 0; padding: 4px; max-height: 216px; overflow: auto; list-style: none; }
      li { padding: 5px 9px; border-radius: 5px; cursor: pointer; }
      li[aria-selected="true"] { background: var(--ac-accent-soft); }
      li small { display: block; color: var(--ac-muted); font-size: 12px; line-height: 1.35; }
    `,
  ];

  @property({ attribute: false }) tags: TagInfo[] = [];
  @state() private typed = "";
  @state() private at = 0;
  @query("input") private input!: HTMLInputElement;

  protected override firstUpdated(): void {
    this.input.focus();
  }

  private get found(): TagInfo[] {
    const words = this.typed.toLocaleLowerCase("de").split(/\s+/).filter(Boolean);
    const rank = (tag: TagInfo) => (tag.label.toLocaleLowerCase("de").includes(words[0] ?? "") ? 0 : 1);
    return this.tags
      .filter((tag) => words.every((word) => `${tag.label} ${tag.definition}`.toLocaleLowerCase("de").includes(word)))
      .sort((a, b) => rank(a) - rank(b));
  }

  protected override render() {
    const found = this.found;
    return html`
      <input role="combobox" aria-label="Tag suchen" aria-expanded="true" aria-controls="list" aria-autocomplete="list" autocomplete="off"
        aria-activedescendant=${found[this.at] ? `tag-${this.at}` : nothing} placeholder="Tag suchen …" .value=${this.typed}
        @input=${this.type} @keydown=${this.key} @blur=${() => this.dispatchEvent(new Event("close"))}>
      <ul id="list" role="listbox" aria-label="Tags" class="menu">
        ${found.map(
          (tag, index) => html`<li id="tag-${index}" role="option" aria-selected=${index === this.at}
            @pointerdown=${(event: Event) => this.pick(tag, event)}>${tag.label}<small>${tag.definition}</small></li>`,
        )}
        ${found.length ? nothing : html`<li role="option" aria-selected="false" aria-disabled="true" class="muted">Kein passendes Tag</li>`}
      </ul>`;
  }

  protected override updated(): void {
    this.renderRoot.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }

  private type(): void {
    this.typed = this.input.value;
    this.at = 0;
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    const { found } = this;
    if (event.key === "ArrowDown") this.at = Math.min(this.at + 1, found.length - 1);
    else if (event.key === "ArrowUp") this.at = Math.max(this.at - 1, 0);
    else if (event.key === "Enter") this.pick(found[this.at], event);
    else if (event.key === "Escape") this.dispatchEvent(new Event("close"));
    else return;
    event.preventDefault();
  }

  private pick(tag: TagInfo | undefined, event: Event): void {
    event.preventDefault();
    if (tag) this.dispatchEvent(new CustomEvent("pick", { detail: tag.id }));
  }
}
