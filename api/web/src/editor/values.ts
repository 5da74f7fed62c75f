import { css, html, LitElement, nothing } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { Gap, GapValues } from "../client.ts";
import { controls } from "../theme.ts";

const INPUTS: Record<string, { type: string; mode?: string; hint: string }> = {
  date: { type: "date", hint: "Datum" },
  time: { type: "time", hint: "Uhrzeit" },
  hours: { type: "text", mode: "decimal", hint: "Stunden, z. B. 1,5" },
  euro: { type: "text", mode: "decimal", hint: "Betrag in Euro, z. B. 29,50" },
  number: { type: "text", mode: "decimal", hint: "Zahl" },
  list: { type: "text", hint: "mehrere durch Komma trennen" },
  days: { type: "text", hint: "Wochentage, z. B. Mo, Mi" },
  text: { type: "text", hint: "Text" },
};

/** What was typed for a gap, as the API takes it; a number that is none stays text, and the API says what is wrong. */
export function parsed(type: Gap["type"], typed: string): string | number | string[] {
  if (type === "hours" || type === "euro" || type === "number") {
    const number = Number(typed.replace(/\.(?=\d{3}\b)/g, "").replace(",", "."));
    return Number.isFinite(number) ? number : typed;
  }
  if (type === "list") return parts(typed);
  if (type === "days") return parts(typed).map((day) => day.slice(0, 2).toLowerCase());
  return typed;
}

const parts = (typed: string): string[] =>
  typed
    .split(/,| und /)
    .map((part) => part.trim())
    .filter(Boolean);

/** A small form for what a draft still lacks. Add-ons are chosen in the text, not here. */
@customElement("ac-values")
export class Values extends LitElement {
  @state() private gaps: Gap[] = [];
  @state() private trouble = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  private fill: (values: GapValues) => Promise<void> = async () => undefined;

  static override styles = [
    controls,
    css`
      label {
        display: grid;
        gap: 3px;
        margin-top: 12px;
      }
      form {
        margin: 0;
      }
      b {
        font-weight: 600;
      }
      textarea {
        min-height: 58px;
        resize: vertical;
      }
    `,
  ];

  /**
   * Ask for values.
   *
   * @param fill puts them in; what it throws is shown, and the form stays
   */
  async ask(gaps: readonly Gap[], fill: (values: GapValues) => Promise<void>): Promise<void> {
    this.gaps = askable(gaps);
    this.fill = fill;
    this.trouble = "";
    await this.updateComplete;
    this.renderRoot.querySelector("form")?.reset();
    if (!this.dialog.open) this.dialog.showModal();
  }

  override render() {
    return html`<dialog aria-labelledby="title">
      <form @submit=${this.submit}>
        <h2 id="title">Was noch fehlt</h2>
        <p class="muted">Was Sie hier leer lassen, bleibt als Lücke ⟦…⟧ im Text.</p>
        ${this.gaps.map((gap) => (gap.kind === "question" ? question(gap) : value(gap)))}
        ${this.trouble ? html`<p class="error" role="alert">${this.trouble}</p>` : nothing}
        <div class="actions">
          <button type="button" @click=${() => this.dialog.close()}>Lücken stehen lassen</button>
          <button type="submit" class="primary">Eintragen</button>
        </div>
      </form>
    </dialog>`;
  }

  private submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const typed = new FormData(event.target as HTMLFormElement);
    const values: GapValues = {};
    for (const gap of this.gaps) {
      const text = `${typed.get(gap.key) || typed.get(`${gap.key}?`) || ""}`.trim();
      if (text) values[gap.key] = parsed(gap.type, text);
    }
    try {
      if (Object.keys(values).length) await this.fill(values);
      this.dialog.close();
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  };
}

/** The gaps that a form can ask for. */
export const askable = (gaps: readonly Gap[]): Gap[] => gaps.filter((gap) => gap.type in INPUTS);

function value(gap: Gap) {
  const { type, mode, hint } = INPUTS[gap.type] ?? { type: "text", hint: "" };
  return html`<label><b>${gap.label}</b><input name=${gap.key} type=${type} inputmode=${mode ?? nothing} placeholder=${hint} autocomplete="off" /></label>`;
}

function question(gap: Gap) {
  return html`<label><b>„${gap.label}“</b><textarea name=${gap.key} placeholder="Ihre Antwort" aria-label=${`Antwort auf: ${gap.label}`}></textarea></label>
    ${
      gap.candidates.length
        ? html`<label><span class="muted">oder eine freigegebene Antwort</span>
            <select name=${`${gap.key}?`}>
              <option value="">–</option>
              ${gap.candidates.map((each) => html`<option value=${each.id}>${each.title}</option>`)}
            </select></label>`
        : nothing
    }`;
}
