import { html, LitElement } from "lit";
import { customElement, query } from "lit/decorators.js";
import { controls } from "../theme.ts";

type Choice = "replace" | "append";

/** Asks what is to become of the text that a proposal meets. */
@customElement("ac-replace-dialog")
export class ReplaceDialog extends LitElement {
  @query("dialog") private dialog!: HTMLDialogElement;
  private answer: (choice: Choice | null) => void = () => undefined;

  static override styles = [controls];

  /** Resolves to null if nothing is to be done. */
  ask(): Promise<Choice | null> {
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  override render() {
    return html`<dialog aria-labelledby="title" @close=${() => this.answer(null)}>
      <h2 id="title">Es steht schon Text da</h2>
      <p class="muted">Mit Strg+Z kommt er in jedem Fall zurück.</p>
      <div class="actions">
        <button type="button" autofocus @click=${() => this.dialog.close()}>Abbrechen</button>
        <button type="button" @click=${() => this.choose("append")}>An der Schreibmarke einfügen</button>
        <button type="button" @click=${() => this.choose("replace")}>Ersetzen</button>
      </div>
    </dialog>`;
  }

  private choose(choice: Choice): void {
    this.answer(choice);
    this.dialog.close();
  }
}
