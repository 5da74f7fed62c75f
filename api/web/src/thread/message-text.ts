import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import type { Message } from "../client.ts";
import { segments, type Span } from "./segments.ts";
import { QUESTION_STATES } from "./words.ts";

type Question = NonNullable<Message["questions"]>[number];
type Located = { start?: number | null; end?: number | null; start_utf16?: number; end_utf16?: number };

const SIGNS = { open: "?", answered: "✓", deferred: "…", drafted: "✓" } as const;

export interface Marks {
  /** Words that led to the tag that is looked at. */
  evidence: readonly Span[];
  /** Keys (`m1.q1`) of questions to be picked out, with the passages that answer them. */
  highlight: readonly string[];
  /** Keys of questions that the draft answers already. */
  drafted: readonly string[];
  onQuestion: (question: Question) => void;
}

/** The text of a message with its questions, evidence, answers and findings picked out; never as HTML. */
export function messageText(message: Message, { evidence, highlight, drafted, onQuestion }: Marks): TemplateResult[] {
  const questions = new Map((message.questions ?? []).filter(expectsAnswer).map((q) => [`${message.id}.${q.id}`, q]));
  const severities = new Map((message.findings ?? []).map((finding) => [finding.key, finding.severity]));
  const answers = (message.answers ?? []).filter((answer) => highlight.includes(answer.question));
  const spans: Span[] = [
    ...[...questions].flatMap(([id, question]) => span(question, "question", id)),
    ...(message.findings ?? []).flatMap((finding) => span(finding, "finding", finding.key)),
    ...answers.flatMap((answer) => span(answer, "answer", answer.question)),
    ...evidence,
  ];
  return segments(message.text, spans).map(({ text, spans: over, first, last }) => {
    const asked = over.find((each) => each.kind === "question");
    const question = asked && questions.get(asked.id);
    const finding = over.find((each) => each.kind === "finding");
    const classes = classMap({
      evidence: over.some((each) => each.kind === "evidence"),
      answer: over.some((each) => each.kind === "answer"),
      [`finding ${finding ? severities.get(finding.id) : ""}`.trim()]: Boolean(finding),
    });
    if (!asked || !question) return html`<span class=${classes}>${text}</span>`;
    const state = drafted.includes(asked.id) ? "drafted" : (question.status ?? "open");
    const press = () => onQuestion(question);
    const begins = first.includes(asked);
    return html`<span
        class="question ${state} ${highlight.includes(asked.id) ? "picked" : ""}"
        data-question=${asked.id}
        role=${begins ? "button" : nothing}
        tabindex=${begins ? 0 : nothing}
        aria-label=${begins ? `${QUESTION_STATES[state]}: ${question.quote}` : nothing}
        title="Frage, ${QUESTION_STATES[state]}${state === "open" || state === "drafted" ? "" : ". Klick zeigt die Antwort."}"
        @click=${press}
        @keydown=${(event: KeyboardEvent) => pressed(event) && press()}
        ><span class=${classes}>${text}</span>${last.includes(asked) ? html`<span class="sign" aria-hidden="true">${SIGNS[state]}</span>` : nothing}</span>`;
  });
}

const expectsAnswer = (question: Question) => question.kind !== "work_request";

function pressed(event: KeyboardEvent): boolean {
  if (event.key !== "Enter" && event.key !== " ") return false;
  event.preventDefault();
  return true;
}

function span(at: Located, kind: Span["kind"], id: string): Span[] {
  const start = at.start_utf16 ?? at.start;
  const end = at.end_utf16 ?? at.end;
  return start == null || end == null ? [] : [{ start, end, kind, id }];
}
