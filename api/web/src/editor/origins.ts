import type { Gap, OpenQuestion, Source, TemplateInfo } from "../client.ts";
import type { Placed } from "./provenance.ts";

const KEY_DATA: Record<string, string> = {
  title: "Titel der Aufgabe",
  deadline: "Frist",
  hours_budget: "Stundenbudget",
  rate_eur: "Stundensatz",
  cost: "Kosten",
  addons: "Add-ons",
  assistant: "Assistenz",
  assistance: "Assistenz",
  company: "Firma",
};

const BLOCKS: Record<string, string> = {
  greeting: "Anrede",
  acknowledgement: "Dank",
  transition: "Überleitung",
  answer: "Antwort",
  body: "Text der Vorlage",
  closing: "Schluss",
};

/** What ids in a block's sources mean. */
export interface Known {
  templates: readonly TemplateInfo[];
  questions: readonly OpenQuestion[];
  open: readonly Gap[];
}

/** Where a block is from, in German words, one line a source. */
export function origins({ block }: Placed, known: Known): string[] {
  const quoted = (key: string) => known.questions.find(({ question }) => question === key)?.quote ?? key;
  const asked = block.questions.map((key) => `„${quoted(key)}“`).join(", ");
  const kind = asked ? `Antwort auf ${asked}` : (BLOCKS[block.kind] ?? "");
  return [...new Set([kind, ...block.sources.map((source) => origin(source, known))])].filter(Boolean);
}

function origin({ kind, id }: Source, { templates, open }: Known): string {
  switch (kind) {
    case "template":
      return `Vorlage „${templates.find((each) => each.id === id)?.title ?? id}“`;
    case "key_data":
      return `Eckdaten: ${KEY_DATA[id.replace(/^.*\./, "")] ?? id}`;
    case "chat":
      return `aus Nachricht ${id}`;
    case "catalogue":
      return `Add-on-Katalog: ${id}`;
    case "answer":
      return `freigegebene Antwort „${id}“`;
    case "human":
      return "von Ihnen angegeben";
    case "open":
      return id.includes(".q") ? "die Antwort fehlt noch" : `offen: ${open.find((gap) => gap.key === id)?.label ?? id}`;
    default:
      return ""; // of a phrase, the block's kind says all
  }
}
