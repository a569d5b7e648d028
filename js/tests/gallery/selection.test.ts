// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { comparable, selectionBar, selectionHint } from "../../src/gallery/selection";

test("two to nine films can be compared", () => {
  expect([1, 2, 9, 10].map(comparable)).toEqual([false, true, true, false]);
});

test("a selection is told with what it lacks, and what keys do while there is none", () => {
  expect([[0, 0], [3, 3], [3, 2], [2, 1]].map(([selected = 0, films = 0]) => selectionHint(selected, films))).toEqual([
    "Enter opens a film, Space selects it to compare, P picks it.",
    "3 selected",
    "3 selected, 1 without a film yet",
    "2 selected, 1 without a film yet · two to nine films can be compared",
  ]);
});

test("the buttons are there once something is selected, and say when they cannot be used", () => {
  const bar = selectionBar(() => undefined, () => undefined, new AbortController().signal);
  const buttons = (): (string | null | boolean)[][] =>
    [...bar.el.querySelectorAll("button")].map((el) => [el.textContent, el.hidden, el.getAttribute("aria-disabled")]);
  bar.show(0, 0);
  expect(buttons()).toEqual([["Compare", true, "true"], ["Clear", true, null]]);
  bar.show(3, 2);
  expect(buttons()).toEqual([["Compare 2", false, null], ["Clear", false, null]]);
});
