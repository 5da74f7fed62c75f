import { expect, test } from "vitest";
import type { TemplateInfo } from "../client.ts";
import { gapsOf } from "./gaps.ts";
import { search } from "./templates.ts";
import { parsed } from "./values.ts";

const template = (id: string, title: string, text = "", words: string[] = []) =>
  ({ id, title, text, words, tags: [], slots: {}, channel: "chat", author: "team", version: 1 }) as TemplateInfo;

test("templates are found by title, key word and text, the best of the situation first", () => {
  const all = [template("a", "Rückfrage", "", ["zugang"]), template("b", "Erinnerung", "ohne Zugang"), template("c", "Zugang prüfen")];
  const ids = (query: string) => search(query, all, [{ id: "b", title: "", reason: "weil" }], "chat").map((row) => row.template.id);
  expect(ids("zugang")).toEqual(["b", "c", "a"]);
  expect(ids("rueck")).toEqual(["a"]);
  expect(ids("nichts")).toEqual([]);
});

test("values are read as Germans write them", () => {
  expect([parsed("hours", "1,5"), parsed("euro", "1.200,50"), parsed("number", "viel"), parsed("days", "Montag und Mi"), parsed("list", "a, b")]).toEqual([
    1.5, 1200.5, "viel", ["mo", "mi"], ["a", "b"],
  ]);
});

test("gaps end where they end", () => {
  expect(gapsOf("a ⟦b⟧ c ⟦d\ne⟧ ⟦").map(({ from, to }) => [from, to])).toEqual([[2, 5], [8, 13]]);
});
