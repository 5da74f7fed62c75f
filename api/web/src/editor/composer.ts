import { Problem, type Block, type ComposedDraft, type Gap, type GapValues, type OpenQuestion } from "../client.ts";
import type { AufgabenchatEditor } from "./editor.ts";
import { insertBlocks, insertDraft, refill } from "./insert.ts";
import type { ReplaceDialog } from "./replace_dialog.ts";
import { askable, type Values } from "./values.ts";

/** Puts drafts, templates and single answers into an editor's text. */
export class Composer {
  private readonly given = new WeakMap<ComposedDraft, GapValues>();

  constructor(private readonly editor: AufgabenchatEditor) {}

  /** A whole message; what stands in the text is only replaced if the writer says so. */
  async propose(template?: string): Promise<void> {
    const { editor } = this;
    const made = await this.made(template);
    if (made === null) return;
    const written = editor.text.trim() !== "" && !this.untouched();
    const choice = written ? await this.element<ReplaceDialog>("ac-replace-dialog").ask() : "replace";
    if (choice === null) return;
    if (choice === "replace") insertDraft(editor.view, made);
    else insertBlocks(editor.view, bodyOf(made), made.template);
    this.chosen(made, choice === "replace");
    if (template) this.askValues(made, ["value"]);
  }

  /** A template at the cursor, in place of what was typed to find it. */
  async insertTemplate(id: string, from: number, to: number): Promise<void> {
    const { view } = this.editor;
    const typed = view.state.sliceDoc(from, to);
    const made = await this.made(id);
    if (made === null) return;
    const place = view.state.sliceDoc(from, to) === typed ? { from, to } : view.state.selection.main;
    const rest = view.state.sliceDoc(0, place.from) + view.state.sliceDoc(place.to);
    const whole = rest.trim() === "";
    if (whole) insertDraft(view, made);
    else insertBlocks(view, bodyOf(made), made.template, { from: place.from, to: place.to });
    this.chosen(made, whole);
    this.askValues(made, ["value"]);
  }

  /** The block that answers one question. */
  async answer(question: OpenQuestion): Promise<void> {
    const made = await this.made();
    if (made === null) return;
    const blocks = made.blocks.filter((block) => block.questions.includes(question.question));
    const block = blocks.find(({ kind }) => kind === "answer") ?? blocks[0];
    if (!block) return this.editor.tell("Für diese Frage gibt es keinen Textbaustein.");
    insertBlocks(this.editor.view, [block], made.template);
    this.editor.focus();
    const gap = made.open.find(({ key }) => key === question.question);
    if (gap?.candidates.length) this.ask(made, [gap]);
  }

  /** Ask for what the proposed draft lacks. */
  askValues(made: ComposedDraft, kinds: Gap["kind"][] = ["value", "question"]): void {
    const gaps = made.open.filter(({ kind }) => kinds.includes(kind));
    if (askable(gaps).length) this.ask(made, gaps);
  }

  private ask(made: ComposedDraft, gaps: Gap[]): void {
    const { editor } = this;
    void this.element<Values>("ac-values").ask(gaps, async (typed) => {
      const given = { ...this.given.get(made), ...typed };
      const after = await editor.api.compose(editor.thread, made.template, given);
      const filled = refill(editor.view, made, after);
      this.given.set(filled, given);
      if (editor.draft.composed === made) editor.draft.composed = filled;
      editor.focus();
      editor.requestUpdate();
    });
  }

  private chosen(made: ComposedDraft, whole: boolean): void {
    const { editor } = this;
    editor.draft.composed = made;
    editor.draft.whole ||= whole;
    editor.learn({ event: "template_chosen", template: made.template, offered: made.alternatives.map(({ id }) => id) });
    editor.focus();
    editor.requestUpdate();
  }

  private async made(template?: string): Promise<ComposedDraft | null> {
    const { editor } = this;
    try {
      const made = await editor.api.compose(editor.thread, template);
      if (made.channel === editor.channel || editor.channel === "note") return made;
      editor.tell("Diese Vorlage ist eine interne Notiz. Wechseln Sie dazu in die Notizen.");
    } catch (error) {
      editor.tell(error instanceof Problem ? error.message : "Der Entwurf ist gerade nicht zu haben: Der Dienst ist nicht erreichbar.");
    }
    return null;
  }

  /** Whether the text is the proposal as it was put in, so that another may take its place. */
  private untouched(): boolean {
    return this.editor.text === this.editor.draft.composed?.text;
  }

  private element<T extends Element>(name: string): T {
    return this.editor.renderRoot.querySelector(name) as T;
  }
}

/** The blocks that go into a text which has its greeting and closing. */
function bodyOf(made: ComposedDraft): Block[] {
  const of = (kind: Block["kind"]) => made.blocks.filter((block) => block.kind === kind);
  return [of("body"), of("answer"), made.blocks].find((blocks) => blocks.length > 0) ?? [];
}
