import { expect, test } from "vitest";
import type { Fields, StudioSnapshot } from "../../src/protocol/studio";
import { expected, price } from "../../src/studio/price";
import { FIELDS, state } from "../support/studio_stage";

const REAL = { service: { simulated: false, name: "api.apixo.ai" } };
const usd = (left: number): StudioSnapshot["budget"] => ({ period: "per day", limits: [{ name: "usd", limit: 5, left }] });

function of(fields: Partial<Fields>, changes: Partial<StudioSnapshot>, made = 0, rows: StudioSnapshot["rows"] = []): [string, string, boolean] {
  const { cost, budget, over } = price({ ...FIELDS, ...fields }, state({ ...changes, rows }), Array(made).fill("k1"));
  return [cost, budget, over];
}

test("price and budget stand before the click", () => {
  expect(of({ takes: 2 }, { ...REAL, price: 0.1, budget: usd(4.2) })).toEqual([
    "4 s × 2 takes · about $0.80",
    "budget left $4.20 of $5.00 per day",
    false,
  ]);
});

test("a simulator charges nothing, and an unknown price is not made up", () => {
  expect(of({}, {})).toEqual(["4 s · simulator: no charge", "", false]);
  expect(of({}, { ...REAL, price: null })).toEqual(["4 s · price unknown", "", false]);
  expect(of({ model: "kling-2.1" }, { ...REAL, price: 0.1 })[0]).toBe("4 s · price unknown");
});

test("takes that exist already are not paid for, unless they are made anew", () => {
  const world = { ...REAL, price: 0.1 };
  expect(of({ takes: 3 }, world, 1)[0]).toBe("4 s × 3 takes · 1 made already · about $0.80");
  expect(of({}, world, 1)[0]).toBe("4 s · already made: shows it, no charge");
  expect(of({ new: true }, world, 1)[0]).toBe("4 s · about $0.40");
});

test("a film that is on its way is not called made", () => {
  const row = { n: 1, key: "k1", prompt: "", facts: "", frame: "landscape", clock: [0, 0, 1], error: null, seconds: null, picked: false } as const;
  const rows = [{ ...row, state: "processing", clock: [0, 0, 1] as [number, number, number] } as const];
  expect(of({}, REAL, 1, rows)[0]).toBe("4 s · already on the way: shows it, no charge");
});

test("what the budget would refuse is known before the click", () => {
  expect(of({ duration: 12, takes: 5 }, { ...REAL, price: 0.1, budget: usd(3) })[2]).toBe(true);
  expect(of({}, { ...REAL, price: null, budget: usd(3) })[2]).toBe(true);
  expect(of({}, { ...REAL, price: null, budget: usd(3) }, 1)[2]).toBe(false);
  const films = { period: "per session", limits: [{ name: "tasks" as const, limit: 1, left: 0 }, { name: "seconds" as const, limit: 120, left: 8 }] };
  expect(of({}, { budget: films })).toEqual([
    "4 s · simulator: no charge",
    "budget left 0 of 1 film, 8 of 120 s of film per session",
    true,
  ]);
});

test("the time is said with where it is known from", () => {
  expect(expected({ median: 188, p90: 250, source: "your last 23" })).toBe("usually ready in 3:08, nine in ten by 4:10 (your last 23)");
});
