import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, hoverTooltip } from "@codemirror/view";
import type { Block, Source } from "../client.ts";

/** A block as it was put in, of which template; `from` and `to` in the text that holds it now. */
export interface Placed {
  block: Block;
  template: string;
  from: number;
  to: number;
}

interface Kept {
  marks: DecorationSet;
  /** All that was put in, also what has been deleted since. */
  all: { block: Block; template: string }[];
}

const put = StateEffect.define<{ added: Placed[]; gone: readonly Block[] | "all" }>();

const field = StateField.define<Kept>({
  create: () => ({ marks: Decoration.none, all: [] }),
  update(kept, transaction) {
    let { marks, all } = kept;
    marks = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(put)) {
        const { added, gone } = effect.value;
        marks = gone === "all" ? setOf(added) : setOf([...added, ...listed(marks).flatMap((each) => cut(each, added))]);
        all = [...(gone === "all" ? [] : all.filter(({ block }) => !gone.includes(block))), ...added];
      }
    return marks === kept.marks && all === kept.all ? kept : { marks, all };
  },
});

/** Text put in at the end of a block counts as its own, so that a gap there can be filled; but not a block put in behind it. */
const markOf = ({ block, template, from, to }: Placed) =>
  Decoration.mark({ block, template, inclusiveEnd: true }).range(from, to);

const setOf = (all: Placed[]) => Decoration.set(all.filter(({ from, to }) => from < to).map(markOf), true);

function cut(old: Placed, added: Placed[]): Placed[] {
  const first = added.find(({ from, to }) => from < old.to && old.from < to);
  if (!first) return [old];
  return first.from > old.from ? [{ ...old, to: first.from }] : [];
}

function listed(marks: DecorationSet): Placed[] {
  const found: Placed[] = [];
  for (const cursor = marks.iter(); cursor.value; cursor.next()) {
    const { block, template } = cursor.value.spec as Placed;
    found.push({ block, template, from: cursor.from, to: cursor.to });
  }
  return found;
}

/** Puts blocks on record in the transaction that inserts them, in place of those that are `gone`. */
export const record = (added: Placed[], gone: readonly Block[] | "all" = []) => put.of({ added, gone });

/** The blocks that still stand in the text. */
export const placed = (state: EditorState): Placed[] => listed(state.field(field).marks);

/** The block at a place, if any. */
export const blockAt = (state: EditorState, place: number): Placed | null =>
  placed(state).find(({ from, to }) => from <= place && place <= to) ?? null;

/** What became of each block that was put in. */
export function outcome(state: EditorState): { block: Block; template: string; kept: string | null }[] {
  const standing = new Map(placed(state).map((each) => [each.block, state.sliceDoc(each.from, each.to).trim()]));
  return state.field(field).all.map(({ block, template }) => ({ block, template, kept: standing.get(block) ?? null }));
}

/** The kind of a block, for its stripe. */
export function tone({ block }: Placed): string {
  const kinds = new Set(block.sources.map((source) => source.kind));
  if (kinds.has("open")) return "open";
  return ["answer", "human", "template", "phrase"].find((kind) => kinds.has(kind as Source["kind"])) ?? "phrase";
}

const stripes = EditorView.decorations.compute([field, "doc"], (state) => {
  const lines = new Map<number, string>();
  for (const each of placed(state))
    for (let place = each.from; place <= each.to; place = state.doc.lineAt(place).to + 1)
      lines.set(state.doc.lineAt(place).from, tone(each));
  const sorted = [...lines].sort(([a], [b]) => a - b);
  return Decoration.set(sorted.map(([from, kind]) => Decoration.line({ class: `ac-from ac-from-${kind}` }).range(from)));
});

/**
 * Where each block of a composed draft is from: a stripe beside it, and words on hover.
 *
 * @param words a block's origin in German words
 */
export function provenance(words: (placed: Placed) => string[]): Extension {
  const tooltip = hoverTooltip(
    (view, place) => {
      const found = blockAt(view.state, place);
      if (found === null) return null;
      return { pos: found.from, end: found.to, above: true, create: () => ({ dom: list(words(found)) }) };
    },
    { hoverTime: 500 },
  );
  return [field, stripes, tooltip];
}

function list(lines: string[]): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "ac-tooltip";
  for (const line of lines) dom.appendChild(document.createElement("div")).textContent = line;
  return dom;
}
