import { describe, expect, it } from "vitest";
import type { Thread } from "../client.ts";
import type { TagRemark } from "../review/record.ts";
import { segments } from "./segments.ts";
import { Session } from "./session.ts";
import { decision, Tagging } from "./tagging.ts";

const thread = (...tags: (string[] | undefined)[]) =>
  ({ task: { id: "A-1" }, messages: tags.map((given, at) => ({ id: `m${at + 1}`, text: "", ...(given ? { tags: given } : {}) })) }) as unknown as Thread;
const remark = (message: string, tag: string, kind: TagRemark["kind"]) => ({ message, tag, kind, score: null, reason: "", evidence: null });
const tagging = () =>
  new Tagging(thread(["lob"], undefined), thread(["termin"], ["addon"]), [remark("m1", "lob", "doubtful"), remark("m1", "termin", "missing")]);
const standings = (tags: Tagging, id: string) => Object.fromEntries(tags.chips(id).map(({ tag, standing }) => [tag, standing]));

function take(tags: Tagging, id: string, tag: string, taken = true): void {
  const chip = tags.chips(id).find((each) => each.tag === tag);
  if (chip) tags.decide([decision(id, chip, taken)]);
}

describe("tags of a thread", () => {
  it("compares what people gave with what the model would give", () => {
    expect(standings(tagging(), "m1")).toEqual({ lob: "doubtful", termin: "missing" });
    expect(standings(tagging(), "m2")).toEqual({ addon: "suggested" });
  });

  it("keeps decisions as people's labels and takes them back one by one", () => {
    const tags = tagging();
    take(tags, "m1", "lob");
    take(tags, "m1", "termin");
    take(tags, "m2", "addon", false);
    expect(tags.thread.messages.map((message) => message.tags)).toEqual([["termin"], []]);
    expect(standings(tags, "m2")).toEqual({});
    tags.undo();
    expect(tags.thread.messages[1]).not.toHaveProperty("tags");
    tags.undo();
    tags.undo();
    expect(tags.same(thread(["lob"], undefined))).toBe(true);
  });

  it("loses no message that came meanwhile", () => {
    const tags = tagging();
    take(tags, "m2", "addon", false);
    tags.rebase(thread(["lob"], [], ["ergebnis"]));
    take(tags, "m1", "termin");
    expect(tags.thread.messages.map((message) => message.tags)).toEqual([["lob", "termin"], [], ["ergebnis"]]);
    expect(standings(tags, "m2")).toEqual({});
  });
});

describe("a walk through the suggestions", () => {
  it("comes to each once, goes back over what was skipped, and ends", () => {
    const tags = tagging();
    const walk = new Session(tags, thread(undefined, undefined).messages);
    expect(walk.items.length).toBe(3);
    walk.close("skipped");
    walk.close("taken");
    expect(walk.reopen()).toBe(true);
    walk.close("refused");
    walk.close("taken");
    expect(walk.finished).toBe(true);
    expect([walk.count("skipped"), walk.count("refused"), walk.count("taken")]).toEqual([1, 1, 1]);
  });
});

describe("segments", () => {
  it("are the text again, whatever overlaps", () => {
    const text = "Bis wann 😀 ist es da?";
    const spans = [[0, 15], [4, 20], [9, 11], [30, 40], [5, 5]].map(([start, end]) => ({ start: start ?? 0, end: end ?? 0, kind: "evidence" as const, id: "" }));
    const cut = segments(text, spans);
    expect(cut.map((each) => each.text).join("")).toBe(text);
    expect(cut.map((each) => each.spans.length)).toEqual([1, 2, 3, 2, 1, 0]);
  });
});
