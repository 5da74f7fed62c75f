import { type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

export interface Span {
  start_utf16?: number;
  end_utf16?: number;
}

const show = StateEffect.define<DecorationSet>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.find((each) => each.is(show));
    if (effect) return effect.value as DecorationSet;
    // who writes on has seen it
    return transaction.isUserEvent("input") ? Decoration.none : marks.map(transaction.changes);
  },
  provide: (marks) => EditorView.decorations.from(marks),
});

/** Passages that are highlighted for a while: evidence of a tag, the answer to a question. */
export const marks: Extension = field;

/** Highlight these passages and no others; the first is scrolled to where `scroll`. */
export function highlight(view: EditorView, spans: readonly Span[], { scroll = false } = {}): void {
  const length = view.state.doc.length;
  const ranges: Range<Decoration>[] = [];
  for (const { start_utf16: start = 0, end_utf16: end = 0 } of spans)
    if (start < end && end <= length) ranges.push(Decoration.mark({ class: "ac-mark" }).range(start, end));
  const effects: StateEffect<unknown>[] = [show.of(Decoration.set(ranges, true))];
  const first = ranges[0];
  if (scroll && first) effects.push(EditorView.scrollIntoView(first.from, { y: "center" }));
  view.dispatch({ effects });
}
