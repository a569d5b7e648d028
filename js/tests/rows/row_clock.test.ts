import { expect, test } from "vitest";
import type { Row, RowState } from "../../src/protocol/row";
import { elapsed, runs } from "../../src/rows/row_clock";

const row = (state: RowState, clock: Row["clock"] = [10, 1_000, 60]): Row => ({
  n: 0, key: "k0", prompt: "", facts: "", frame: "landscape", state, clock, error: null, seconds: null, picked: false,
});

test("what is sent, made or saved runs, what rests or was never asked for does not", () => {
  const running = (["queued", "submitting", "pending", "processing", "saving"] as const).map((state) => runs(row(state)));
  const resting = (["ready", "failed", "unsure", "stopped", "planned", "invalid"] as const).map((state) => runs(row(state)));
  expect([...new Set(running)]).toEqual([true]);
  expect([...new Set(resting)]).toEqual([false]);
});

test("a clock that runs goes on at the service's speed, and never backwards", () => {
  expect(elapsed(row("processing"), 1_001)).toBe(70);
  expect(elapsed(row("processing"), 999)).toBe(10);
  expect(elapsed(row("ready"), 1_001)).toBe(10);
});
