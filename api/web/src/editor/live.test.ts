import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../client.ts";
import { Live } from "./live.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function live(answers: (() => Promise<string>)[]) {
  const asked: number[] = [];
  const shown: string[] = [];
  const states: string[] = [];
  const made = new Live<string>({
    ask: (seq) => {
      asked.push(seq);
      return (answers[asked.length - 1] ?? (() => Promise.resolve("later")))();
    },
    show: (answer) => shown.push(answer),
    state: (state) => states.push(state),
  });
  return { made, asked, shown, states };
}

const after = (ms: number, answer: string) => () => new Promise<string>((resolve) => setTimeout(() => resolve(answer), ms));
const fails = (error: Error) => () => Promise.reject(error);

test("asks once, 300 ms after typing stops", async () => {
  const { made, asked, shown } = live([after(10, "a")]);
  made.touch();
  await vi.advanceTimersByTimeAsync(200);
  made.touch();
  await vi.advanceTimersByTimeAsync(299);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(11);
  expect([asked, shown]).toEqual([[2], ["a"]]);
});

test("has one request in flight, drops the stale answer and asks about the newest text", async () => {
  const { made, asked, shown } = live([after(2_000, "old"), after(10, "new")]);
  made.touch();
  await vi.advanceTimersByTimeAsync(400);
  made.touch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked, shown]).toEqual([[1, 2], ["new"]]);
});

test("recovers by itself, without asking more often the more is typed", async () => {
  const { made, asked, shown, states } = live([fails(new Problem(503, "voll")), fails(new TypeError("weg")), after(1, "back")]);
  made.touch(0);
  await vi.advanceTimersByTimeAsync(1);
  for (let press = 0; press < 9; press += 1) {
    made.touch();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect([asked.length, states]).toEqual([1, ["overloaded"]]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect([asked.length, shown, states]).toEqual([3, ["back"], ["overloaded", "offline", "ok"]]);
});
