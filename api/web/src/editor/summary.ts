import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Finding } from "../client.ts";
import { controls } from "../theme.ts";
import { type Action, named } from "./findings.ts";

/**
 * The findings as a list under the text, each with what can be done about it.
 *
 * @fires ac-show-finding detail: the finding
 */
@customElement("ac-findings")
export class Findings extends LitElement {
  @property({ attribute: false }) findings: Finding[] = [];
  @property({ attribute: false }) labels: ReadonlyMap<string, string> = new Map();
  @property({ attribute: false }) actions: (finding: Finding) => Action[] = () => [];

  static override styles = [
    controls,
    css`
      ul {
        max-height: 190px;
        margin: 0;
        padding: 2px 8px 6px;
        overflow: auto;
        list-style: none;
      }
      li {
        padding: 5px 4px 5px 10px;
        border-inline-start: 3px solid var(--ac-hint);
      }
      li + li {
        margin-top: 3px;
      }
      li.is-error {
        border-color: var(--ac-error);
      }
      li.is-warning {
        border-color: var(--ac-warning);
      }
      .say {
        justify-content: flex-start;
        min-height: 0;
        padding: 0;
        border: 0;
        background: none;
        color: var(--ac-text);
        font-size: var(--ac-small);
        text-align: start;
      }
      .do {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 4px;
      }
      .do button {
        min-height: 24px;
        padding: 1px 8px;
        font-size: var(--ac-small);
      }
    `,
  ];

  override render() {
    return html`<ul aria-label="Hinweise zum Entwurf">
      ${this.findings.map((finding) => this.row(finding))}
    </ul>`;
  }

  private row(finding: Finding) {
    const label = this.labels.get(finding.rule);
    return html`<li class="is-${finding.severity}" data-rule=${finding.rule}>
      <button type="button" class="say" @click=${() => this.dispatchEvent(new CustomEvent("ac-show-finding", { detail: finding }))}>
        <span><b class=${finding.severity}>${named(finding.severity)}${label ? html` · ${label}` : nothing}</b><br />${finding.message}</span>
      </button>
      <span class="do">${this.actions(finding).map((action) => html`<button type="button" @click=${action.run}>${action.name}</button>`)}</span>
    </li>`;
  }
}
