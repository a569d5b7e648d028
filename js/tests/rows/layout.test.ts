import { expect, test } from "vitest";
import { corner, gridOf, nearby, revealed, seen, span } from "../../src/rows/layout";

test("the span of lines is bounded by the list", () => {
  expect(span(1000, 50, 0, 400, 6)).toEqual([0, 14]);
  expect(span(1000, 50, 25_000, 400, 6)).toEqual([494, 514]);
  expect(span(3, 50, 0, 400, 6)).toEqual([0, 3]);
  expect(span(3, 50, 99_999, 400, 6)).toEqual([3, 3]);
});

test("a list has one column, pictures as many as fit, and one where none does", () => {
  expect(gridOf("list", 640)).toEqual({ kind: "list", columns: 1, width: 640, height: 52 });
  expect(gridOf("posters", 640)).toEqual({ kind: "posters", columns: 3, width: 640, height: 182 });
  expect(gridOf("posters", 100).columns).toBe(1);
});

test("pictures stand beside each other, and the line below begins at the left", () => {
  expect([0, 1, 3].map((index) => corner(gridOf("posters", 600), index))).toEqual([[0, 0], [200, 0], [0, 174]]);
});

test("rows near the view are drawn, and none beyond the last", () => {
  expect([...nearby(gridOf("list", 640), 1000, 5200, 104)]).toEqual(Array.from({ length: 14 }, (_, index) => 94 + index));
  expect([...nearby(gridOf("posters", 600), 4, 0, 400)]).toEqual([0, 1, 2, 3]);
  expect([...nearby(gridOf("list", 640), 0, 0, 400)]).toEqual([]);
});

test("a row of which a part is in view is seen", () => {
  expect([0, 1, 2, 3].map((index) => seen(gridOf("list", 640), index, 52, 60))).toEqual([false, true, true, false]);
});

test("a row is revealed by the shortest way, and one in view moves nothing", () => {
  expect([1, 6, 20].map((index) => revealed(gridOf("list", 640), index, 200, 400))).toEqual([52, 200, 692]);
});
