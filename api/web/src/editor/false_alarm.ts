import { css, html, LitElement } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { controls } from "../theme.ts";

const REASONS = ["Die Angabe stimmt so", "Es steht schon im Chat", "So ist es mit dem Kunden abgesprochen", "Die Stelle ist nicht gemeint"];

/** Asks why a finding is wrong: whoever looks after the rules must be able to follow it. */
@customElement("ac-false-alarm")
export class FalseAlarm extends LitElement {
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input") private own!: HTMLInputElement;
  @state() private said = "";
  private answer: (reason: string | null) => void = () => undefined;

  static override styles = [
    controls,
    css`
      .reasons {
        display: grid;
        justify-items: start;
        gap: 4px;
      }
      form {
        display: flex;
        gap: 6px;
        margin-top: 8px;
      }
      input {
        flex: 1;
        min-width: 0;
      }
    `,
  ];

  /** The reason; null if it was no false alarm after all. */
  ask(message: string): Promise<string | null> {
    this.said = message;
    this.own.value = "";
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  override render() {
    return html`<dialog aria-labelledby="title" aria-describedby="said" @close=${() => this.answer(null)}>
      <h2 id="title">Warum ist das ein Fehlalarm?</h2>
      <p id="said" class="muted">${this.said}</p>
      <div class="reasons">${REASONS.map((reason) => html`<button type="button" @click=${() => this.choose(reason)}>${reason}</button>`)}</div>
      <form
        method="dialog"
        @submit=${(event: Event) => {
          event.preventDefault();
          if (this.own.value.trim()) this.choose(this.own.value.trim());
        }}
      >
        <input type="text" maxlength="300" aria-label="Anderer Grund" placeholder="Anderer Grund" />
        <button>Melden</button>
      </form>
      <div class="actions"><button type="button" @click=${() => this.dialog.close()}>Abbrechen</button></div>
    </dialog>`;
  }

  private choose(reason: string): void {
    this.answer(reason);
    this.dialog.close();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ac-false-alarm": FalseAlarm;
  }
}
