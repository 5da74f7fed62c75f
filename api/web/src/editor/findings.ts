import { type Diagnostic, forEachDiagnostic, setDiagnostics } from "@codemirror/lint";
import type { EditorState } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Finding, Severity } from "../client.ts";

const NAMES: Record<Severity, [string, string]> = {
  error: ["Fehler", "Fehler"],
  warning: ["Warnung", "Warnungen"],
  hint: ["Hinweis", "Hinweise"],
};

/** „2 Fehler · 1 Warnung“; empty for no findings. */
export function counted(findings: readonly Finding[]): string {
  const severities: Severity[] = ["error", "warning", "hint"];
  return severities
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, NAMES[severity]] as const)
    .filter(([count]) => count > 0)
    .map(([count, [one, many]]) => `${count} ${count === 1 ? one : many}`)
    .join(" · ");
}

/** „Fehler“, „Warnung“ or „Hinweis“. */
export const named = (severity: Severity): string => NAMES[severity][0];

/** A button at a finding. */
export interface Action {
  name: string;
  run: () => void;
}

interface Shown extends Diagnostic {
  finding: Finding;
}

/** Underline the findings; those that have no place in the text are not underlined. */
export function underline(view: EditorView, findings: readonly Finding[], actions: (finding: Finding) => Action[]): void {
  const shown = findings.flatMap((finding): Shown[] => {
    const [from, to] = [finding.start_utf16 ?? 0, finding.end_utf16 ?? 0];
    if (from >= to || to > view.state.doc.length) return [];
    const buttons = actions(finding).map(({ name, run }) => ({ name, apply: run }));
    return [{ finding, from, to, severity: finding.severity, message: finding.message, actions: buttons, source: named(finding.severity) }];
  });
  view.dispatch(setDiagnostics(view.state, shown));
}

/** Where a finding stands by now, or null if its passage is gone. */
export function placeOf(state: EditorState, finding: Finding): { from: number; to: number } | null {
  let place: { from: number; to: number } | null = null;
  forEachDiagnostic(state, (diagnostic, from, to) => {
    if ((diagnostic as Shown).finding === finding) place = { from, to };
  });
  return place;
}

/** The change that a finding's fix makes by now, or null if the passage has changed since the text was `checked`. */
export function correction(state: EditorState, finding: Finding, checked: string) {
  const { fix } = finding;
  const place = placeOf(state, finding) ?? (checked === state.doc.toString() ? { from: finding.start_utf16 ?? 0, to: 0 } : null);
  if (!fix || !place) return null;
  const [start, end] = [fix.start_utf16 ?? fix.start, fix.end_utf16 ?? fix.end];
  const from = place.from + start - (finding.start_utf16 ?? 0);
  const to = from + end - start;
  return state.sliceDoc(from, to) === checked.slice(start, end) ? { from, to, insert: fix.replacement } : null;
}

