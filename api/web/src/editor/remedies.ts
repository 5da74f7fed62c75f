import type { EditorView } from "@codemirror/view";
import type { Finding } from "../client.ts";
import type { AufgabenchatEditor } from "./editor.ts";
import { type Action, correction, placeOf } from "./findings.ts";
import { change } from "./insert.ts";
import { wanting } from "./questions.ts";

const short = (quote: string) => (quote.length > 32 ? `${quote.slice(0, 30)}…` : quote);

/** What a writer can do about a finding: mend it, answer, ignore it, or say that it is wrong. */
export class Remedies {
  constructor(private readonly editor: AufgabenchatEditor) {}

  for = (finding: Finding): Action[] => {
    const missed = finding.rule === "unanswered-question" ? this.editor.questions.filter(wanting) : [];
    return [
      ...(finding.fix ? [{ name: finding.fix.label, run: () => this.fix(finding) }] : []),
      ...missed.map((question) => ({
        name: missed.length > 1 ? `Antwort einfügen: „${short(question.quote)}“` : "Antwort einfügen",
        run: () => void this.editor.composer.answer(question),
      })),
      { name: "Hier ignorieren", run: () => this.ignore(finding) },
      { name: "Fehlalarm …", run: () => void this.falseAlarm(finding) },
    ];
  };

  /** Mend what is wrong at the cursor; false if nothing there can be. */
  fixHere = ({ state }: EditorView): boolean => {
    const { head } = state.selection.main;
    const finding = this.editor.findings.find((each) => {
      const place = each.fix ? placeOf(state, each) : null;
      return place && place.from <= head && head <= place.to;
    });
    if (finding) this.fix(finding);
    return finding !== undefined;
  };

  private fix(finding: Finding): void {
    const { editor } = this;
    const made = correction(editor.view.state, finding, editor.draft.checked);
    if (made === null) editor.tell("Die Stelle hat sich geändert, die Prüfung läuft neu.");
    else {
      editor.learn({ event: "finding_fixed", finding });
      change(editor.view, { changes: made, selection: { anchor: made.from + made.insert.length } });
    }
    editor.focus();
    editor.recheck();
  }

  private async falseAlarm(finding: Finding): Promise<void> {
    const reason = await this.editor.falseAlarm.ask(finding.message);
    if (reason) this.ignore(finding, reason);
    this.editor.focus();
  }

  private ignore(finding: Finding, reason: string | null = null): void {
    const { editor } = this;
    const { draft } = editor;
    editor.learn({ event: reason ? "finding_false_alarm" : "finding_ignored", finding }, reason);
    editor.emit("ac-dismissed", reason ? { finding, reason } : { finding });
    draft.ignore({ ...finding, start_utf16: placeOf(editor.view.state, finding)?.from ?? finding.start_utf16 ?? 0 });
    editor.without(finding);
    editor.recheck();
    editor.tell(reason ? "Danke, der Fehlalarm ist gemeldet." : "Hinweis für diese Nachricht ignoriert.", () => {
      draft.heed(finding);
      editor.recheck();
    });
  }
}
