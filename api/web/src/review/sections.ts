import { html, nothing, type TemplateResult } from "lit";
import { quote, quotes, source } from "./quote.ts";
import type { Evidence, Review } from "./record.ts";
import { DRAFTS, ELEMENTS, inWords, REMARKS, STATES, TOPICS, VERDICTS } from "./words.ts";

/** What the sections need beside the review itself. */
export interface Desk {
  go: (evidence: Evidence) => void;
  use: (template: string) => void;
  copy: (text: string) => void;
  copied: string;
  template: (id: string) => string;
  tag: (id: string) => string;
}

/** A part of the panel: what it is called, how much of it needs a person, and what it shows. */
export interface Section {
  id: string;
  title: string;
  todo: number;
  body: TemplateResult;
}

/** The parts of which there is something to show. */
export function sections(review: Review, desk: Desk): Section[] {
  return [checklist, questions, booking, drafts, contract, complaint, notes, tags].flatMap((make) => make(review, desk) ?? []);
}

function checklist({ checklist_details: items }: Review, { go, use, template }: Desk): Section {
  const todo = items.filter((item) => item.state === "missing" || item.state === "partial").length;
  const body = html`<ul class="rows">${items.map((item) => {
    const [sign, name, style] = STATES[item.state];
    return html`<li class=${item.state}>
      <div class="head"><span class="sign ${style}" aria-hidden="true">${sign}</span> <b>${item.label}</b> <span class=${style}>${name}</span></div>
      ${quotes(item.evidence, go, 2)}
      ${item.question ? html`<p class="ask">${item.question}</p>` : nothing}
      ${item.template ? html`<button class="link" @click=${() => use(item.template ?? "")}>Vorlage „${template(item.template)}“</button>` : nothing}
    </li>`;
  })}</ul>`;
  return { id: "checklist", title: "Starter-Kit", todo, body };
}

function questions({ questions: pending }: Review, { go }: Desk): Section | null {
  if (!pending.length) return null;
  const until = (at?: string | null) => (at ? ` bis ${new Date(at).toLocaleDateString("de-DE", { day: "2-digit", month: "2-digit" })}` : "");
  const body = html`<ul class="rows">${pending.map(
    (each) => html`<li>${quote(each.evidence, go)}
      ${each.status === "open" ? nothing : html`<span class=${each.due ? "error" : "warning"}>aufgeschoben${until(each.until)}${each.due ? ", jetzt fällig" : ""}</span>`}</li>`,
  )}</ul>`;
  return { id: "questions", title: "Offene Fragen", todo: pending.length, body };
}

function booking({ booking: booked, booking_details: elements }: Review, { go }: Desk): Section | null {
  if (!booked) return null;
  const lacking = elements.filter((each) => !each.named || each.contradicted_in.length);
  const state = booked.confirmed_in ? `bestätigt in ${booked.confirmed_in}` : "noch nicht bestätigt";
  const lack = lacking.length ? "fehlt in der Bestätigung" : "";
  const body = html`<p><b>${booked.add_on}</b> <span class=${booked.confirmed_in ? "ok" : "error"}>${state}</span></p>
    <ul class="rows">${elements.map(
      (each) => html`<li>
        <div class="head"><span class="sign ${each.named ? "ok" : "error"}" aria-hidden="true">${each.named ? "✓" : "✗"}</span>
          <b>${ELEMENTS[each.element]}</b> <span>${inWords(each)}</span> ${source(each.evidence, go)} ${each.named || !booked.confirmed_in ? nothing : html`<span class="error">${lack}</span>`}</div>
        ${each.before.map((before) => quote(before, go, true))}
        ${each.contradicted_in.map((other) => html`<p class="error">Widerspruch: ${quote(other, go)}</p>`)}
      </li>`,
    )}</ul>`;
  return { id: "booking", title: "Buchung", todo: booked.confirmed_in ? lacking.length : 1, body };
}

function drafts({ drafts: texts }: Review, { copy, copied }: Desk): Section | null {
  if (!texts.length) return null;
  const body = html`${texts.map(
    ({ kind, text }) => html`<figure class="draft" data-kind=${kind}><figcaption>${DRAFTS[kind]}
      <button @click=${() => copy(text)} aria-label="${DRAFTS[kind]} kopieren">${copied === text ? "Kopiert ✓" : "Kopieren"}</button></figcaption>
      <blockquote>${text}</blockquote></figure>`,
  )}`;
  return { id: "drafts", title: "Texte zum Kopieren", todo: 0, body };
}

function contract({ contract: entries }: Review, { go }: Desk): Section | null {
  if (!entries.length) return null;
  const topics = [...new Set(entries.map((entry) => entry.topic))];
  const body = html`<dl class="record">${topics.map(
    (topic) => html`<dt>${TOPICS[topic] ?? topic}</dt><dd>${entries
      .filter((entry) => entry.topic === topic)
      .map((entry) => html`<div class=${entry.superseded_by ? "superseded" : ""}>
        ${entry.detail ? html`<span class="muted">${entry.detail}:</span>` : nothing} ${quote(entry.evidence, go, Boolean(entry.superseded_by))}
        ${entry.superseded_by ? html`<span class="muted">ersetzt in ${entry.superseded_by}</span>` : entry.change ? html`<span class="chip"><span>Änderung</span></span>` : nothing}
        ${entry.contradicts ? html`<span class="error">widerspricht ${entry.contradicts}</span>` : nothing}</div>`)}</dd>`,
  )}</dl>`;
  return { id: "contract", title: "Vertrag", todo: entries.filter((entry) => entry.contradicts && !entry.superseded_by).length, body };
}

function complaint({ complaint: points }: Review, { go }: Desk): Section | null {
  if (!points.length) return null;
  const body = html`<ul class="rows">${points.map(
    (point) => html`<li>${quote(point.claim, go)}
      <p class="muted">${point.documented.length ? "Im Chat steht dazu:" : "Im Chat ist dazu nichts dokumentiert."}</p>
      ${quotes(point.documented, go)}
      ${point.only_in_notes.length ? html`<p class="warning">Nur in den Notizen:</p>${quotes(point.only_in_notes, go)}` : nothing}</li>`,
  )}</ul>`;
  return { id: "complaint", title: "Beschwerde", todo: points.filter((point) => !point.documented.length).length, body };
}

function notes({ notes: remarks }: Review, { go }: Desk): Section | null {
  if (!remarks.length) return null;
  const body = html`<ul class="rows">${remarks.map((remark) => {
    const [name, style] = VERDICTS[remark.verdict];
    return html`<li><div class="head"><b>${remark.kind}</b> <span class=${style}>${name}</span></div>
      ${quote(remark.evidence, go)}<p class="muted">${remark.reason}</p></li>`;
  })}</ul>`;
  return { id: "notes", title: "Interne Notizen", todo: remarks.filter((remark) => remark.verdict !== "right").length, body };
}

function tags({ tags: remarks }: Review, { go, tag }: Desk): Section | null {
  if (!remarks.length) return null;
  const body = html`<ul class="rows">${remarks.map(
    (remark) => html`<li><button class="quote" title=${remark.reason} @click=${() => remark.evidence && go(remark.evidence)}>
      <span>${tag(remark.tag)}</span> <small>${remark.message}</small></button>
      <span class=${remark.kind === "doubtful" ? "warning" : "hint"}>${REMARKS[remark.kind]}</span></li>`,
  )}</ul>`;
  return { id: "tags", title: "Tags", todo: remarks.length, body };
}
