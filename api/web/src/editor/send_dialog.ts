import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Finding } from "../client.ts";
import { controls } from "../theme.ts";

/**
 * Stands between an error and the customer. Enter and Escape never send: „Nicht senden“ has the focus, and the other button takes a click or Space.
 */
@customElement("ac-send-dialog")
export class SendDialog extends LitElement {
  @property({ attribute: false }) labels: ReadonlyMap<string, string> = new Map();
  @state() private errors: Finding[] = [];
  @state() private trouble = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  private answer: (anyway: boolean) => void = () => undefined;

  static override styles = [
    controls,
    css`
      ul {
        margin: 12px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 6px 0 6px 12px;
        border-inline-start: 3px solid var(--ac-error);
      }
      li + li {
        margin-top: 6px;
      }
    `,
  ];

  /** Ask; resolves to true for sending all the same. */
  async ask(errors: Finding[], trouble = ""): Promise<boolean> {
    this.errors = errors;
    this.trouble = trouble;
    await this.updateComplete;
    const answered = new Promise<boolean>((resolve) => {
      this.answer = resolve;
    });
    if (!this.dialog.open) this.dialog.showModal();
    this.renderRoot.querySelector<HTMLElement>("[autofocus]")?.focus();
    return answered;
  }

  override render() {
    const many = this.errors.length > 1;
    return html`<dialog role="alertdialog" aria-labelledby="title" aria-describedby="errors" @cancel=${this.not} @close=${this.closed}>
      <h2 id="title">${many ? `${this.errors.length} Fehler stehen` : "Ein Fehler steht"} noch in der Nachricht</h2>
      <ul id="errors">
        ${this.errors.map((finding) => html`<li data-rule=${finding.rule}><b class="error">${this.labels.get(finding.rule) ?? "Fehler"}</b><br />${finding.message}</li>`)}
      </ul>
      ${this.trouble ? html`<p class="error" role="alert">${this.trouble}</p>` : nothing}
      <p class="muted">Wer trotzdem sendet, wird mit den genannten Fehlern festgehalten.</p>
      <div class="actions">
        <button type="button" class="danger" @keydown=${onlySpace} @click=${this.anyway}>Trotzdem senden</button>
        <button type="button" class="primary" autofocus @click=${this.not}>Nicht senden</button>
      </div>
    </dialog>`;
  }

  // answered at once: a close event comes later than the next try to send may
  private anyway = (): void => this.decide(true);
  private not = (): void => this.decide(false);
  private closed = (): void => {
    if (!this.dialog.open) this.answer(false);
  };

  private decide(anyway: boolean): void {
    this.answer(anyway);
    this.dialog.close();
  }
}

function onlySpace(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}
