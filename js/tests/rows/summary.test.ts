import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Row, RowState } from "../../src/protocol/row";
import { gathered, summary } from "../../src/rows/summary";

const rows = (...states: RowState[]): Row[] =>
  states.map((state, n) => ({ n, key: `k${n}`, prompt: "", facts: "", frame: "landscape", state, clock: [0, 0, 1], error: null, seconds: null, picked: false }));

let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("the sentence counts what a person has to know", () => {
  expect(summary([])).toBe("0 films: none ready yet.");
  expect(summary(rows("ready", "processing", "failed", "ready", "unsure", "stopped"))).toBe("6 films: 2 ready, 1 failed, 1 unsure, 1 stopped.");
  expect(summary(rows("pending"))).toBe("1 film: none ready yet.");
});

test("what follows within a quarter of a minute waits for its end, unless nothing more comes", () => {
  const said: string[] = [];
  let news = "first";
  const tell = gathered(() => news, (text) => void said.push(text), life.signal);
  tell(false);
  for (news of ["second", "third"]) tell(false);
  expect(said).toEqual(["first"]);
  vi.advanceTimersByTime(15_000);
  expect(said).toEqual(["first", "third"]);
  news = "the end";
  tell(true);
  expect(said).toEqual(["first", "third", "the end"]);
});

test("no news, nothing said, and the next is said at once", () => {
  const said: string[] = [];
  let news = "";
  const tell = gathered(() => news, (text) => void said.push(text), life.signal);
  tell(false);
  news = "one";
  tell(false);
  expect(said).toEqual(["one"]);
});
