import { html, nothing, type TemplateResult } from "lit";
import type { Evidence } from "./record.ts";

const LONGEST = 110;

/** A quotation that leads to its message when clicked. */
export function quote(evidence: Evidence | null, go: (evidence: Evidence) => void, struck = false): TemplateResult | typeof nothing {
  if (!evidence) return nothing;
  const words = evidence.quote.replace(/\s+/g, " ").trim();
  const short = words.length > LONGEST ? `${words.slice(0, LONGEST).replace(/\s\S*$/, "")} …` : words;
  return html`<button class="quote" title="Zur Nachricht ${evidence.message}" @click=${() => go(evidence)}>
    ${struck ? html`<s>${short}</s>` : html`<span>${short}</span>`} <small>${evidence.message}</small></button>`;
}

/** The last few quotations of many, each message once. */
export function quotes(all: readonly Evidence[], go: (evidence: Evidence) => void, most = 3): TemplateResult {
  const single = [...new Map(all.map((each) => [`${each.message} ${each.start} ${each.end}`, each])).values()];
  return html`${single.slice(-most).map((each) => quote(each, go))}`;
}

/** Only the message that a value is from. */
export function source(evidence: Evidence | null, go: (evidence: Evidence) => void): TemplateResult | typeof nothing {
  return evidence ? html`<button class="source" title=${evidence.quote} @click=${() => go(evidence)}>${evidence.message}</button>` : nothing;
}
