import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Channel, TemplateChoice, TemplateInfo } from "../client.ts";

/** A template in the list, and why it suits the situation if it is one of the best. */
export interface Row {
  template: TemplateInfo;
  reason: string | null;
}

/** The templates that hold all words of the query: the best of the situation first, then by where the words stand, then by title. */
export function search(query: string, templates: readonly TemplateInfo[], best: readonly TemplateChoice[], channel: Channel): Row[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const place = (id: string): number => best.findIndex((choice) => choice.id === id);
  return templates
    .filter((template) => template.channel === channel)
    .map((template) => ({ template, place: place(template.id), rank: rank(template, words) }))
    .filter(({ rank }) => rank < Number.POSITIVE_INFINITY)
    .sort((a, b) => Number(a.place < 0) - Number(b.place < 0) || a.place - b.place || a.rank - b.rank || a.template.title.localeCompare(b.template.title, "de"))
    .map(({ template, place }) => ({ template, reason: best[place]?.reason ?? null }));
}

/** 0 where the title begins with the words, 1 where it holds them, 2 for key words, 3 for the text, else infinite. */
function rank(template: TemplateInfo, words: string[]): number {
  const title = folded(template.title);
  const keys = folded([template.id, ...template.tags, ...template.words].join(" "));
  const text = folded(template.text);
  const places = words.map((word) => [title.startsWith(word), title.includes(word), keys.includes(word), text.includes(word)].indexOf(true));
  return places.includes(-1) ? Number.POSITIVE_INFINITY : Math.max(0, ...places);
}

const folded = (text: string): string =>
  text.toLowerCase().replace(/ä/g, "ae").replace(/ö/g, "oe").replace(/ü/g, "ue").replace(/ß/g, "ss");

export interface TemplateListOptions {
  rows: (query: string) => Row[];
  choose: (id: string, view: EditorView, from: number, to: number) => void;
}

const BEST = { name: "Passt zur Lage", rank: 0 };
const ALL = { name: "Alle Vorlagen", rank: 1 };

/** The list that `/` opens at the start of a line or behind a space. */
export function templateList({ rows, choose }: TemplateListOptions): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const typed = context.matchBefore(/(?:^|\s)\/[\p{L}\d-]*(?: [\p{L}\d-]*){0,3}$/u);
    if (!typed) return null;
    const from = typed.from + typed.text.indexOf("/");
    const options = rows(typed.text.trimStart().slice(1)).map((row) => option(row, from, choose));
    // renewed at each key, so that Enter always takes what the list shows
    return options.length ? { from, options, filter: false, update: (_now, _from, _to, later) => source(later) } : null;
  };
  return autocompletion({ override: [source], icons: false, activateOnTypingDelay: 0, interactionDelay: 0, maxRenderedOptions: 200, aboveCursor: true });
}

function option({ template, reason }: Row, from: number, choose: TemplateListOptions["choose"]): Completion {
  return {
    label: template.title,
    ...(reason ? { detail: reason } : {}),
    section: reason === null ? ALL : BEST,
    info: () => {
      const preview = document.createElement("div");
      preview.className = "ac-preview";
      preview.textContent = template.text;
      return preview;
    },
    apply: (view: EditorView, _completion: Completion, _from: number, to: number) => choose(template.id, view, from, to),
  };
}
