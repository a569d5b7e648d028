import { expect, test } from "vitest";
import { span } from "../../src/rows/layout";

test("the span of lines is bounded by the list", () => {
  expect(span(1000, 50, 0, 400, 6)).toEqual([0, 14]);
  expect(span(1000, 50, 25_000, 400, 6)).toEqual([494, 514]);
  expect(span(3, 50, 0, 400, 6)).toEqual([0, 3]);
  expect(span(3, 50, 99_999, 400, 6)).toEqual([3, 3]);
});
