import type { ChangeDesc, EditorState } from "@codemirror/state";
import type { ComposedDraft, Finding, Suggestion } from "../client.ts";
import type { DraftTag } from "./tags.ts";

/** A message being written: its text with history, and what the writer has decided about it. */
export class Draft {
  accepted = new Map<string, DraftTag>();
  dismissed = new Set<string>();
  /** Keys of ignored findings, and where those stand by now: a key is new as soon as the words around it change. */
  ignored: string[] = [];
  private passed: { finding: Finding; at: number }[] = [];
  files: File[] = [];
  /** The whole draft that was proposed last. */
  composed: ComposedDraft | null = null;
  /** Whether it is the text, not only a part of it. */
  whole = false;
  /** What the service said last, and of which text. */
  suggestion: Suggestion | null = null;
  checked = "";

  constructor(public text: EditorState) {}

  ignore(finding: Finding): void {
    this.ignored = [...this.ignored, finding.key];
    this.passed.push({ finding, at: finding.start_utf16 ?? 0 });
  }

  heed(finding: Finding): void {
    this.passed = this.passed.filter((each) => each.finding.key !== finding.key);
    this.ignored = this.ignored.filter((key) => key !== finding.key);
  }

  moved(changes: ChangeDesc): void {
    for (const each of this.passed) each.at = changes.mapPos(each.at, 1);
  }

  /** The findings that nobody has ignored. */
  heeded(findings: Finding[]): Finding[] {
    const passed = (finding: Finding) =>
      this.passed.find(({ finding: old, at }) => old.rule === finding.rule && old.message === finding.message && at === finding.start_utf16);
    for (const finding of findings.filter(passed)) {
      if (!this.ignored.includes(finding.key)) this.ignored = [...this.ignored, finding.key];
    }
    return findings.filter((finding) => !passed(finding));
  }

  /** The tags to show: accepted ones first, then those suggested that nobody has refused. */
  tags(labels: ReadonlyMap<string, string>): DraftTag[] {
    const open = (tag: string) => !this.accepted.has(tag) && !this.dismissed.has(tag);
    const suggested = (this.suggestion?.tags ?? []).map((each) => ({ tag: each.tag, label: each.label, accepted: false, suggestion: each }));
    const known = new Set(suggested.map((each) => each.tag));
    const composed = (this.checked ? (this.composed?.tags ?? []) : [])
      .filter((tag) => !known.has(tag))
      .map((tag) => ({ tag, label: labels.get(tag) ?? tag, accepted: false, suggestion: null }));
    return [...this.accepted.values(), ...[...suggested, ...composed].filter(({ tag }) => open(tag))];
  }
}

/** One draft for each chat and channel, so that a note never ends up in a message, nor the other way round. */
export class Drafts {
  private readonly kept = new Map<string, Draft>();

  constructor(private readonly fresh: () => EditorState) {}

  of(task: string, channel: string): Draft {
    const key = `${channel} ${task}`;
    const draft = this.kept.get(key) ?? new Draft(this.fresh());
    this.kept.set(key, draft);
    return draft;
  }

  drop(draft: Draft): void {
    for (const [key, each] of this.kept) if (each === draft) this.kept.delete(key);
  }
}
