import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { controls } from "../theme.ts";
import type { Session } from "./session.ts";
import { counted, percent } from "./words.ts";

export type Key = "j" | "k" | "a" | "r" | "s" | "u" | "Escape";

const KEYS: [Key, string, string][] = [
  ["a", "A", "Übernehmen"],
  ["r", "R", "Ablehnen"],
  ["s", "S", "Überspringen"],
  ["u", "U", "Rückgängig"],
  ["k", "K", "Zurück"],
  ["j", "J", "Weiter"],
  ["Escape", "Esc", "Beenden"],
];
const OUTCOMES = { taken: "übernommen", refused: "abgelehnt", skipped: "übersprungen" } as const;

/** What is to be decided in the review of a thread's tags, how far it is, and the keys. Fires `press` with the key. */
@customElement("ac-review-bar")
export class ReviewBar extends LitElement {
  static override styles = [
    controls,
    css`
      :host {
        display: grid; gap: 8px; padding: 10px 16px; border-top: 2px solid var(--ac-accent); background: var(--ac-raised);
        box-shadow: var(--ac-shadow);
      }
      .what { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; margin: 0; }
      .what b { font-size: 15px; }
      .why { flex-basis: 100%; margin: 0; color: var(--ac-muted); font-size: var(--ac-small); }
      .count { margin-inline-start: auto; color: var(--ac-muted); font-variant-numeric: tabular-nums; }
      progress { appearance: none; width: 100%; height: 4px; border: 0; border-radius: 2px; background: var(--ac-line); }
      progress::-webkit-progress-bar { border-radius: 2px; background: var(--ac-line); }
      progress::-webkit-progress-value { border-radius: 2px; background: var(--ac-accent); }
      progress::-moz-progress-bar { border-radius: 2px; background: var(--ac-accent); }
      .keys { display: flex; flex-wrap: wrap; gap: 5px; }
      .keys button { padding: 3px 8px; font-size: var(--ac-small); }
      kbd {
        min-width: 18px; padding: 0 4px; border: 1px solid var(--ac-strong-line); border-bottom-width: 2px; border-radius: 4px;
        background: var(--ac-sunken); font: 600 11.5px / 1.5 var(--ac-font); text-align: center;
      }
      button.primary kbd { color: var(--ac-text); }
    `,
  ];

  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) label: (tag: string) => string = (tag) => tag;
  /** Counts up with each change of the session, which is no new object. */
  @property({ type: Number }) version = 0;

  protected override render() {
    const { session } = this;
    const total = session.items.length;
    const done = session.count("taken") + session.count("refused") + session.count("skipped");
    const first: Key = session.finished ? "Escape" : "a";
    return html`
      <div class="what" role="status">${session.finished ? this.summary() : this.question()}</div>
      <progress max=${Math.max(1, total)} value=${done} aria-label="${done} von ${total} durchgesehen"></progress>
      <div class="keys" role="toolbar" aria-label="Tasten">
        ${KEYS.filter(([key]) => !session.finished || key === "u" || key === "Escape").map(
          ([key, shown, name]) => html`<button class=${key === first ? "primary" : ""} @click=${() => this.press(key)}
            ?disabled=${(key === "a" || key === "r") && !session.chip}><kbd>${shown}</kbd> ${name}</button>`,
        )}
      </div>`;
  }

  private question() {
    const { chip, item } = this.session;
    const outcome = this.session.outcome();
    const label = this.label(item?.tag ?? "");
    if (!chip) return html`<b>„${label}“</b> <span class="muted">${outcome ? OUTCOMES[outcome] : "schon erledigt"}</span> ${this.count()}`;
    const likely = chip.score === null ? "" : `Wahrscheinlichkeit ${percent(chip.score)}`;
    return html`<b>„${label}“ ${chip.standing === "doubtful" ? "entfernen" : "hinzufügen"}?</b>
      <span class="muted">${likely}${outcome === "skipped" ? " · übersprungen" : ""}</span>
      ${this.count()}
      <p class="why">${chip.reason}</p>`;
  }

  private count() {
    return html`<span class="count">${this.session.at + 1} von ${this.session.items.length}</span>`;
  }

  private summary() {
    const { session } = this;
    if (!session.items.length) return html`<b>Keine Vorschläge.</b> <span class="muted">Die Tags dieses Chats sind vollständig.</span>`;
    return html`<b>Alle ${counted(session.items.length, "Vorschlag", "Vorschläge")} durchgesehen.</b>
      <span class="muted">${session.count("taken")} übernommen, ${session.count("refused")} abgelehnt, ${session.count("skipped")} übersprungen</span>`;
  }

  private press(key: Key): void {
    this.dispatchEvent(new CustomEvent("press", { detail: key }));
  }
}
