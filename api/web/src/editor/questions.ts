import type { EditorState } from "@codemirror/state";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { OpenQuestion } from "../client.ts";
import { gapsOf } from "./gaps.ts";
import { placed } from "./provenance.ts";
import { controls } from "../theme.ts";

type Standing = OpenQuestion["standing"];

const SAID: Record<Standing, string> = {
  open: "offen",
  answered: "beantwortet",
  deferred: "aufgenommen, Antwort folgt",
  missed: "noch offen",
  waiting: "früher aufgeschoben",
};

/** Whether the draft sees to the question. */
export const done = (question: OpenQuestion): boolean => question.standing === "answered" || question.standing === "deferred";

/** The question, open as long as the answer that was put in for it has a gap. */
export function withGaps(question: OpenQuestion, state: EditorState): OpenQuestion {
  if (!done(question)) return question;
  const { start_utf16: start = 0, end_utf16: end = 0 } = question.answer ?? {};
  const passages = placed(state).filter(({ block }) => block.kind === "answer" && block.questions.includes(question.question));
  const gaps = gapsOf(state.doc.toString());
  const open = gaps.some((gap) => [{ from: start, to: end }, ...passages].some(({ from, to }) => gap.from < to && from < gap.to));
  return open ? { ...question, standing: "open" } : question;
}

/** Whether the question still wants something of this draft. */
export const wanting = (question: OpenQuestion): boolean => question.standing === "open" || question.standing === "missed";

/**
 * The customer's open questions, ticked off as the draft answers them.
 *
 * @fires ac-show-question a question was clicked; detail: the question
 * @fires ac-answer-question an answer is to be put in; detail: the question
 */
@customElement("ac-questions")
export class Questions extends LitElement {
  @property({ attribute: false }) questions: OpenQuestion[] = [];

  static override styles = [
    controls,
    css`
      h3 {
        display: flex;
        gap: 8px;
        justify-content: space-between;
        margin: 0;
        padding: 7px 12px 3px;
        color: var(--ac-muted);
        font-size: var(--ac-small);
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0 6px 6px;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 6px;
        align-items: baseline;
        padding: 1px 0;
      }
      li > button:first-child {
        flex: 1 1 200px;
        align-items: baseline;
        justify-content: flex-start;
        min-height: 26px;
        padding: 2px 6px;
        border: 0;
        background: none;
        text-align: start;
      }
      li > button:first-child:hover {
        background: var(--ac-hover);
      }
      svg {
        flex: none;
        width: 14px;
        height: 14px;
        transform: translateY(2px);
        color: var(--ac-open);
      }
      .done svg {
        color: var(--ac-ok);
      }
      .done .quote {
        color: var(--ac-muted);
      }
      .link {
        flex: none;
        margin-inline-start: auto;
        font-size: var(--ac-small);
      }
    `,
  ];

  override render() {
    const ticked = this.questions.filter(done).length;
    return html`<section aria-label="Offene Fragen des Kunden">
      <h3><span>Offene Fragen</span><span>${ticked} von ${this.questions.length} beantwortet</span></h3>
      <ul>
        ${this.questions.map((question) => this.row(question))}
      </ul>
    </section>`;
  }

  private row(question: OpenQuestion) {
    const said = SAID[question.standing];
    return html`<li class=${done(question) ? "done" : ""} data-question=${question.question} data-standing=${question.standing}>
      <button type="button" title=${question.answer?.quote ? `Antwort: ${question.answer.quote}` : said} @click=${() => this.tell("ac-show-question", question)}>
        ${done(question) ? TICKED : OPEN}<span class="quote">${question.quote}</span><span class="visually-hidden"> (${said})</span>
      </button>
      ${
        wanting(question)
          ? html`<button type="button" class="link" aria-label=${`Antwort einfügen: ${question.quote}`} @click=${() => this.tell("ac-answer-question", question)}>Antwort einfügen</button>`
          : question.standing === "answered"
            ? nothing
            : html`<span class="muted">${said}</span>`
      }
    </li>`;
  }

  private tell(name: string, detail: OpenQuestion): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const OPEN = html`<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"><circle cx="8" cy="8" r="6.2" /></svg>`;
const TICKED = html`<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"><circle cx="8" cy="8" r="6.2" /><path d="M5 8.3l2.1 2.1L11 6.2" /></svg>`;
