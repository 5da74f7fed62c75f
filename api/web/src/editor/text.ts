import { closeCompletion, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, redo } from "@codemirror/commands";
import { lintKeymap, nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import { EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder, tooltips, type ViewUpdate } from "@codemirror/view";
import { gaps } from "./gaps.ts";
import { marks } from "./marks.ts";

const GERMAN = {
  "Completions": "Vorlagen",
  "Diagnostics": "Hinweise",
  "No diagnostics": "Keine Hinweise",
  "close": "schließen",
  "Control character": "Steuerzeichen",
  "Selection deleted": "Auswahl gelöscht",
};

/** What the keys do, for the help at the editor. */
export const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Vorlage suchen und einfügen"],
  ["Tab · Umschalt+Tab", "nächste, vorige Lücke ⟦…⟧"],
  ["F8 · Umschalt+F8", "nächster, voriger Hinweis"],
  ["Alt+Eingabe", "Hinweis an der Schreibmarke beheben"],
  ["Alt+T", "zu den Tags (Entf lehnt ab)"],
  ["Strg+Z · Strg+Y", "rückgängig, wiederholen"],
  ["Strg+Eingabe", "senden"],
  ["Esc, dann Tab", "das Textfeld verlassen"],
];

export interface TextOptions {
  label: string;
  placeholder: string;
  changed: (update: ViewUpdate) => void;
  moved: () => void;
  send: () => void;
  fix: (view: EditorView) => boolean;
  tags: () => void;
  more: Extension;
}

/** The text's state: plain German text with history, gaps, findings, templates. */
export function textState(options: TextOptions): EditorState {
  const run = (action: () => void) => () => {
    action();
    return true;
  };
  return EditorState.create({
    extensions: [
      Prec.highest(
        keymap.of([
          { key: "Mod-Enter", run: run(options.send) },
          { key: "Alt-Enter", run: options.fix },
          { key: "Alt-t", run: run(options.tags) },
          { key: "F8", run: nextDiagnostic, shift: previousDiagnostic },
          { key: "Escape", run: (view) => completionStatus(view.state) !== null && closeCompletion(view) },
        ]),
      ),
      history(),
      gaps,
      marks,
      options.more,
      keymap.of([{ key: "Mod-y", run: redo }, ...lintKeymap.filter(({ key }) => key !== "F8"), ...historyKeymap, ...defaultKeymap]),
      drawSelection(),
      tooltips({ position: "fixed" }),
      EditorView.lineWrapping,
      EditorState.phrases.of(GERMAN),
      EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": "true", lang: "de", spellcheck: "true", autocapitalize: "sentences" }),
      placeholder(options.placeholder),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) options.changed(update);
        if (update.docChanged || update.selectionSet) options.moved();
      }),
      look,
    ],
  });
}

const underlined = (severity: string) => ({
  background: "none",
  paddingBottom: "1px",
  textDecoration: `underline ${severity === "hint" ? "dotted" : "wavy"} var(--ac-${severity}) 1.5px`,
  textUnderlineOffset: "4px",
  textDecorationSkipInk: "none",
});

const look = EditorView.theme({
  "&": { maxHeight: "var(--aufgabenchat-text-height, min(38vh, 360px))", background: "transparent", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.55", minHeight: "116px", overflow: "auto" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ac-text)" },
  ".cm-line": { padding: "0 12px 0 14px" },
  ".cm-cursor": { borderLeftColor: "var(--ac-text)" },
  ".cm-placeholder": { color: "var(--ac-muted)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--ac-accent) 28%, transparent)" },
  ".ac-gap": { borderRadius: "4px", background: "color-mix(in srgb, var(--ac-open) 14%, transparent)", color: "var(--ac-open)", fontWeight: "600" },
  ".ac-mark": { borderRadius: "3px", background: "var(--ac-mark)", boxShadow: "0 0 0 1px var(--ac-mark)" },
  ".ac-from": { boxShadow: "inset 3px 0 0 var(--ac-line)" },
  ".ac-from-template": { boxShadow: "inset 3px 0 0 color-mix(in srgb, var(--ac-accent) 60%, transparent)" },
  ".ac-from-answer, .ac-from-human": { boxShadow: "inset 3px 0 0 color-mix(in srgb, var(--ac-ok) 70%, transparent)" },
  ".ac-from-open": { boxShadow: "inset 3px 0 0 color-mix(in srgb, var(--ac-open) 80%, transparent)" },
  ".cm-lintRange": { backgroundImage: "none !important" },
  ".cm-lintRange-error": underlined("error"),
  ".cm-lintRange-warning": underlined("warning"),
  ".cm-lintRange-hint": underlined("hint"),
  // a gap is marked as it is
  ".cm-lintRange:has(.ac-gap), .ac-gap .cm-lintRange": { textDecoration: "none" },
  ".cm-lintRange-active": { background: "color-mix(in srgb, var(--ac-warning) 16%, transparent)" },
  ".cm-tooltip": {
    zIndex: "20",
    overflow: "hidden",
    maxWidth: "min(420px, calc(100vw - 20px))",
    border: "1px solid var(--ac-line)",
    borderRadius: "var(--ac-radius)",
    background: "var(--ac-raised)",
    boxShadow: "var(--ac-shadow)",
    color: "var(--ac-text)",
    font: "var(--ac-small) / 1.45 var(--ac-font)",
  },
  ".cm-tooltip-section:not(:first-child)": { borderTop: "1px solid var(--ac-line)" },
  ".ac-tooltip": { padding: "7px 11px" },
  ".ac-tooltip > :first-child": { fontWeight: "600" },
  ".cm-diagnostic": { padding: "8px 11px", borderLeft: "3px solid var(--ac-hint)", whiteSpace: "normal" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--ac-error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--ac-warning)" },
  ".cm-diagnosticText": { display: "block" },
  ".cm-diagnosticSource": { color: "var(--ac-muted)", fontSize: "11.5px" },
  ".cm-diagnosticAction": { margin: "6px 6px 0 0", padding: "3px 9px", border: "1px solid var(--ac-line)", borderRadius: "5px", background: "var(--ac-hover)", color: "var(--ac-text)", font: "inherit", cursor: "pointer" },
  ".cm-tooltip.cm-tooltip-autocomplete": { overflow: "visible" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "min(300px, 44vh)", minWidth: "min(340px, calc(100vw - 32px))", maxWidth: "min(460px, calc(100vw - 32px))", padding: "4px", borderRadius: "var(--ac-radius)", fontFamily: "inherit" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "5px 8px", borderRadius: "5px", lineHeight: "1.35", textOverflow: "ellipsis" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > completion-section": { display: "block", padding: "6px 8px 2px", border: "0", color: "var(--ac-muted)", fontSize: "11.5px", fontWeight: "600", opacity: "1" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--ac-accent) !important", color: "var(--ac-on-accent) !important" },
  ".cm-completionDetail": { display: "block", overflow: "hidden", marginLeft: "0", color: "var(--ac-muted)", fontSize: "11.5px", fontStyle: "normal", textOverflow: "ellipsis" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { width: "300px", maxHeight: "320px", overflow: "auto", padding: "9px 12px", border: "1px solid var(--ac-line)", borderRadius: "var(--ac-radius)", background: "var(--ac-raised)" },
  ".ac-preview": { whiteSpace: "pre-wrap" },
  "@media (max-width: 560px)": { ".cm-completionInfo": { display: "none" } },
});
