import { isolateHistory } from "@codemirror/commands";
import type { EditorState, TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Block, ComposedDraft } from "../client.ts";
import { gapsOf } from "./gaps.ts";
import { placed, type Placed, record } from "./provenance.ts";

const CLOSING = /^(?:(?:(?:mit|viele|beste|herzliche|liebe|freundliche|schöne|sonnige)[nr]? )*gr[üu](?:ß|ss)|[lvm]f?g\b)/i;

/** One step of undo, nothing before or after it merged in. */
const alone = { annotations: isolateHistory.of("full"), scrollIntoView: true, userEvent: "input.insert" } as const;

/** Apply a change as one step of undo. */
export function change(view: EditorView, spec: TransactionSpec): void {
  view.dispatch({ ...alone, ...spec });
}

/** Put text in at the cursor, in place of what is selected. */
export function insertText(view: EditorView, text: string): void {
  const { from, to } = view.state.selection.main;
  change(view, { changes: { from, to, insert: text }, selection: selected(from, text) });
}

/** The whole draft instead of the text there. */
export function insertDraft(view: EditorView, draft: ComposedDraft): void {
  const blocks = laidOut(draft.blocks, draft.template, 0);
  change(view, {
    changes: { from: 0, to: view.state.doc.length, insert: textOf(draft.blocks) },
    selection: selected(0, textOf(draft.blocks)),
    effects: record(blocks, "all"),
  });
}

/** Blocks as paragraphs of their own at the cursor, in place of `remove` if given. */
export function insertBlocks(view: EditorView, blocks: readonly Block[], template: string, remove?: { from: number; to: number }): void {
  const { state } = view;
  const { from, to } = remove ?? { from: paragraphBreak(state), to: paragraphBreak(state) };
  const [before, after] = [state.sliceDoc(0, from), state.sliceDoc(to)];
  const lead = before.trim() === "" ? "" : "\n\n".slice(/\n*$/.exec(before)?.[0].length ?? 0);
  const tail = after.trim() === "" ? "" : "\n\n".slice(/^\n*/.exec(after)?.[0].length ?? 0);
  const text = textOf(blocks);
  change(view, {
    changes: { from, to, insert: lead + text + tail },
    selection: selected(from + lead.length, text),
    effects: record(laidOut(blocks, template, from + lead.length)),
  });
}

/**
 * Bring blocks that nobody has touched up to date with a draft made anew, in one step.
 *
 * @returns the new draft, with the old blocks where they stay
 */
export function refill(view: EditorView, before: ComposedDraft, after: ComposedDraft): ComposedDraft {
  const olds = new Map(before.blocks.map((block, place) => [keyOf(before.blocks, place), block]));
  const standing = new Map(placed(view.state).map((each) => [each.block, each]));
  const changes: { from: number; to: number; insert: string; old: Block; block: Block }[] = [];
  const blocks = after.blocks.map((block, place) => {
    const old = olds.get(keyOf(after.blocks, place));
    const there = old && standing.get(old);
    if (!old || !there || view.state.sliceDoc(there.from, there.to) !== old.text) return block;
    if (old.text === block.text) return old;
    changes.push({ from: there.from, to: there.to, insert: block.text, old, block });
    return block;
  });
  const set = view.state.changes(changes);
  const renewed = changes.map(({ from: old, block }): Placed => {
    const from = set.mapPos(old, -1);
    return { block, template: after.template, from, to: from + block.text.length };
  });
  if (changes.length) change(view, { changes: set, effects: record(renewed, changes.map(({ old }) => old)) });
  return { ...after, blocks };
}

/** What a block is known by, whichever text it has: the questions it takes up, else its kind and place among its like. */
function keyOf(blocks: readonly Block[], place: number): string {
  const { kind, questions } = blocks[place] as Block;
  const like = blocks.slice(0, place).filter((other) => other.kind === kind).length;
  return kind === "answer" ? questions.join() : `${kind} ${like}`;
}

export const textOf = (blocks: readonly Block[]): string => blocks.map((block) => block.text).join("\n\n");

function laidOut(blocks: readonly Block[], template: string, at: number): Placed[] {
  let from = at;
  return blocks.map((block) => {
    const to = from + block.text.length;
    const place = { block, template, from, to };
    from = to + 2;
    return place;
  });
}

/** Selects the first gap, or sets the cursor behind the text. */
function selected(from: number, text: string) {
  const gap = gapsOf(text)[0];
  return gap ? { anchor: from + gap.from, head: from + gap.to } : { anchor: from + text.length };
}

/** Where paragraphs may go in: at the end of the cursor's line, but never behind „Viele Grüße“. */
function paragraphBreak(state: EditorState): number {
  const { doc, selection } = state;
  const at = doc.lineAt(selection.main.head).to;
  for (let number = doc.lineAt(at).number; number >= Math.max(1, doc.lines - 4); number -= 1) {
    const line = doc.line(number);
    if (CLOSING.test(line.text)) return Math.max(0, line.from - 1);
  }
  return at;
}
