import { html, nothing } from "lit";
import type { Finding, OpenQuestion, TemplateChoice } from "../client.ts";
import type { AufgabenchatEditor } from "./editor.ts";
import type { DraftTag } from "./tags.ts";
import { KEYS } from "./text.ts";
import { askable } from "./values.ts";
import "./false_alarm.ts";
import "./questions.ts";
import "./replace_dialog.ts";
import "./send_dialog.ts";
import "./summary.ts";
import "./tags.ts";
import "./values.ts";

/** All that an editor shows. */
export function frame(editor: AufgabenchatEditor) {
  const { draft, channel, catalogue, questions } = editor;
  const note = channel === "note";
  return html`
    <section class="frame ${channel}" aria-label=${note ? "Interne Notiz schreiben" : "Nachricht schreiben"} @keydown=${(event: KeyboardEvent) => keys(event, editor)}>
      ${note ? html`<div class="note-head">Interne Notiz – der Kunde liest sie nicht</div>` : nothing}
      <div class="desk">
        ${
          questions.length
            ? html`<ac-questions
                .questions=${questions}
                @ac-show-question=${(event: CustomEvent<OpenQuestion>) => editor.showQuestion(event.detail)}
                @ac-answer-question=${(event: CustomEvent<OpenQuestion>) => void editor.composer.answer(event.detail)}
              ></ac-questions>`
            : nothing
        }
        <div class="writing">
          ${proposal(editor)}
          <div class="text" @click=${() => editor.focus()}></div>
          ${line(editor)}
        </div>
      </div>
      <ac-draft-tags
        class="tags"
        role="group"
        aria-label="Tags dieser Nachricht"
        .tags=${editor.tags}
        @ac-accept=${(event: CustomEvent<DraftTag>) => editor.accept(event.detail)}
        @ac-dismiss=${({ detail }: CustomEvent<{ tag: DraftTag; reason: string | null }>) => editor.dismiss(detail.tag, detail.reason)}
        @ac-evidence=${(event: CustomEvent<DraftTag | null>) => editor.evidence(event.detail)}
      ></ac-draft-tags>
      ${draft.files.length ? files(editor) : nothing} ${foot(editor)}
      ${
        editor.listing
          ? html`<ac-findings
              id="findings"
              .findings=${editor.findings}
              .labels=${catalogue.rules}
              .actions=${editor.remedies.for}
              @ac-show-finding=${(event: CustomEvent<Finding>) => editor.showFinding(event.detail)}
            ></ac-findings>`
          : nothing
      }
    </section>
    <div class="visually-hidden" role="status">${spoken(editor)}</div>
    <ac-send-dialog .labels=${catalogue.rules}></ac-send-dialog>
    <ac-values></ac-values>
    <ac-replace-dialog></ac-replace-dialog>
    <ac-false-alarm></ac-false-alarm>
  `;
}

function keys(event: KeyboardEvent, editor: AufgabenchatEditor): void {
  if (event.key !== "F8" || event.defaultPrevented) return;
  event.preventDefault();
  editor.nextFinding();
}

/** What a screen reader says as it changes. */
function spoken({ summary, questions, serviceText }: AufgabenchatEditor): string {
  const open = questions.filter(({ standing }) => standing === "open" || standing === "missed").length;
  const asked = questions.length ? (open ? `${open} Fragen offen` : "Alle Fragen beantwortet") : "";
  return [serviceText, summary, asked].filter(Boolean).join(". ");
}

/** The draft that was proposed: its template, others to choose from, what it lacks. */
function proposal(editor: AufgabenchatEditor) {
  const made = editor.draft.composed;
  if (!made || !editor.proposed) return nothing;
  const title = (id: string) => id.split("+").map((each) => editor.catalogue.templates.find((template) => template.id === each)?.title ?? each).join(" + ");
  const others: TemplateChoice[] = made.alternatives.filter(({ id }) => id !== made.template);
  const gaps = editor.gaps;
  return html`<div class="bar proposal">
    <label
      ><span class="muted">Entwurf aus</span>
      <select aria-label="Vorlage des Entwurfs" .value=${made.template} @change=${(event: Event) => void editor.compose((event.target as HTMLSelectElement).value)}>
        <option value=${made.template} selected>${title(made.template)}</option>
        ${others.map((each) => html`<option value=${each.id} title=${each.reason}>${each.title}</option>`)}
      </select></label
    >
    <span class="grow muted">${gaps ? html`${gaps === 1 ? "1 Lücke" : `${gaps} Lücken`} <span class="wide">· <kbd>Tab</kbd> springt hin</span>` : "keine Lücken mehr"}</span>
    ${gaps && askable(made.open).length ? html`<button type="button" class="link" @click=${() => editor.composer.askValues(made)}>Angaben eintragen</button>` : nothing}
    <button type="button" class="link" @click=${() => editor.undo()}>Rückgängig</button>
  </div>`;
}

/** One line of fixed height: trouble with the service, a notice, or where the paragraph at the cursor is from. */
function line(editor: AufgabenchatEditor) {
  const { service, serviceText, notice, origin } = editor;
  if (notice)
    return html`<div class="origin" role="status">
      ${notice.text} ${notice.undo ? html`<button type="button" class="link" @click=${notice.undo}>Doch anzeigen</button>` : nothing}
    </div>`;
  if (service !== "ok") return html`<div class="origin ${service === "busy" ? "" : "trouble"}" title=${serviceText}>${serviceText}</div>`;
  return html`<div class="origin" title=${origin}>${origin}</div>`;
}

function files(editor: AufgabenchatEditor) {
  return html`<div class="bar files" role="group" aria-label="Anhänge">
    ${editor.draft.files.map(
      (file) => html`<span class="chip"
        ><span>${file.name}</span><button type="button" class="icon" aria-label=${`${file.name} entfernen`} @click=${() => editor.detach(file)}>✕</button></span
      >`,
    )}
  </div>`;
}

function foot(editor: AufgabenchatEditor) {
  const { summary, findings, sending, text, channel } = editor;
  const worst = findings[0]?.severity ?? "";
  return html`<div class="bar foot">
    <span class="grow">
      ${
        summary
          ? html`<button type="button" class="quiet count ${worst}" aria-expanded=${editor.listing} aria-controls="findings" title="Hinweise zeigen; F8 springt zum nächsten"
              @click=${() => {
                editor.listing = !editor.listing;
              }}>
              <span class=${worst}>${summary}</span><span aria-hidden="true">${editor.listing ? "▾" : "▸"}</span>
            </button>`
          : html`<span class="muted">${state(editor)}</span>`
      }
    </span>
    <button type="button" class="quiet" @click=${() => editor.openTemplates()}>Vorlage <kbd class="wide">/</kbd></button>
    <button type="button" class=${text.trim() ? "quiet" : ""} aria-label="Entwurf vorschlagen" @click=${() => void editor.compose()}>Entwurf<span class="wide">vorschlagen</span></button>
    <button type="button" class="quiet icon" aria-label="Datei anhängen" title="Datei anhängen" @click=${(event: Event) => ((event.currentTarget as HTMLElement).nextElementSibling as HTMLElement).click()}>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true"><path d="M13.5 7.5l-5.6 5.6a3.4 3.4 0 01-4.8-4.8l6-6a2.3 2.3 0 013.2 3.2l-6 6a1.1 1.1 0 01-1.6-1.6l5.4-5.4" /></svg>
    </button>
    <input type="file" multiple hidden @change=${(event: Event) => picked(event.target as HTMLInputElement, editor)} />
    ${help()}
    <button type="button" class="primary send" ?disabled=${!text.trim()} aria-busy=${sending} @click=${() => void editor.send()}>
      ${sending ? "Prüfen …" : channel === "note" ? "Notiz speichern" : "Senden"} <kbd>Strg ⏎</kbd>
    </button>
  </div>`;
}

function state({ service, draft, text }: AufgabenchatEditor): string {
  if (!text.trim()) return "";
  if (service === "offline" || service === "overloaded") return "Ungeprüft";
  return draft.checked.trim() ? "Keine Hinweise" : "";
}

function picked(input: HTMLInputElement, editor: AufgabenchatEditor): void {
  editor.attach(input.files ?? []);
  input.value = "";
}

function help() {
  return html`<span class="wide"
    ><button type="button" class="quiet icon" popovertarget="keys" aria-label="Tasten" title="Tasten">?</button>
    <div id="keys" popover class="keys tooltip">
      <dl>${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
    </div></span
  >`;
}
