import type { EditorState, Extension } from "@codemirror/state";
import { Decoration, type Command, type EditorView, keymap, MatchDecorator, ViewPlugin, type ViewUpdate } from "@codemirror/view";

const GAP = /⟦[^⟦⟧]*⟧/g;

export interface Range {
  from: number;
  to: number;
}

/** The gaps ⟦…⟧ that a person has to fill, in order. */
export function gapsOf(text: string): Range[] {
  return [...text.matchAll(GAP)].map((match) => ({ from: match.index, to: match.index + match[0].length }));
}

/** The next gap behind (or before) the selection, or null at the end. */
export function nextGap(state: EditorState, backward = false): Range | null {
  const { from, to } = state.selection.main;
  const gaps = gapsOf(state.doc.toString());
  if (backward) return gaps.findLast((gap) => gap.to <= from) ?? null;
  return gaps.find((gap) => gap.from >= to && !(gap.from === from && gap.to === to)) ?? null;
}

/** Select a gap, so that typing replaces it. */
export function selectGap(view: EditorView, gap: Range): void {
  view.dispatch({ selection: { anchor: gap.from, head: gap.to }, scrollIntoView: true, userEvent: "select" });
}

const jump =
  (backward: boolean): Command =>
  (view) => {
    const gap = nextGap(view.state, backward);
    if (gap === null) return false; // then Tab leaves the text, as everywhere
    selectGap(view, gap);
    return true;
  };

const matcher = new MatchDecorator({ regexp: GAP, decoration: Decoration.mark({ class: "ac-gap" }) });

const shown = ViewPlugin.define(
  (view) => ({
    decorations: matcher.createDeco(view),
    update(update: ViewUpdate) {
      this.decorations = matcher.updateDeco(update, this.decorations);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

/** Gaps are marked; Tab and Shift-Tab go from one to the next. */
export const gaps: Extension = [shown, keymap.of([{ key: "Tab", run: jump(false), shift: jump(true) }])];
