import { expect, test } from "vitest";
import { comparedOf, longestOf, watchedSeconds } from "../../src/compare/compared";
import type { Row } from "../../src/protocol/row";

const row = (n: number, seconds: number | null): Row => ({ n, seconds }) as Row;
const rows = [row(1, null), row(2, 4), row(3, 8)];

test("rows without a film are left out", () => {
  expect(comparedOf(rows, 3).rows.map(({ n }) => n)).toEqual([2, 3]);
});

test("the film that is heard stays so while it is there; else the first is, or none", () => {
  expect([3, 1, null].map((heard) => comparedOf(rows, heard).heard)).toEqual([3, 2, 2]);
  expect(comparedOf([row(1, null)], 1).heard).toBe(null);
});

test("the comparison is as long as its longest film", () => {
  expect(longestOf(rows)).toBe(8);
});

test("a loop is watched for an hour, a pause not at all", () => {
  expect([watchedSeconds("play", 8, false), watchedSeconds("play", 8, true)]).toEqual([8, 3600]);
  expect([watchedSeconds("pause", 8, false), watchedSeconds("pause", 8, true)]).toEqual([0, 0]);
});
