import { expect, test } from "vitest";
import type { Row } from "../../src/protocol/row";
import { destination, heir } from "../../src/rows/focus";
import { gridOf } from "../../src/rows/layout";

const keys = ["ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "ArrowLeft", "ArrowRight", "x"];

test("in a list keys move by a line, a page less one line, or to an end; sideways nothing moves", () => {
  const to = keys.map((key) => destination(key, 50, 100, gridOf("list", 640), 520));
  expect(to).toEqual([49, 51, 0, 99, 41, 59, undefined, undefined, undefined]);
});

test("among pictures up and down keep the column, and sideways is the one beside", () => {
  const to = keys.map((key) => destination(key, 50, 100, gridOf("posters", 600), 520));
  expect(to).toEqual([47, 53, 0, 99, 47, 53, 49, 51, undefined]);
});

test("a row that stays keeps the focus wherever it is; one that goes leaves it to its neighbour", () => {
  const rows = [{ n: 7 }, { n: 3 }] as Row[];
  const places = new Map([[7, 0], [3, 1]]);
  expect(heir(3, 0, rows, places)).toBe(3);
  expect(heir(5, 0, rows, places)).toBe(7);
  expect(heir(5, 9, rows, places)).toBe(3);
  expect(heir(null, 0, rows, places)).toBe(7);
  expect(heir(5, 0, [], new Map())).toBe(null);
});
