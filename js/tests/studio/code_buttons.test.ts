// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { codeButtons } from "../../src/studio/code_buttons";
import { button, find, settle, shown } from "../support/stage";
import { FIELDS } from "../support/studio_stage";

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

function open(prompt: string, allowed: boolean) {
  const copy = vi.fn(() => Promise.resolve(allowed));
  const announce = vi.fn();
  const { el, below } = codeButtons(() => ({ ...FIELDS, prompt }), { copy, announce }, life.signal);
  document.body.replaceChildren(el, below);
  return { el, below, copy, announce };
}

test("the code is copied, and the button says so for a while", async () => {
  const { el, below, copy, announce } = open("a boat", true);
  const cell = button(el, "Copy as %%sora");
  cell.click();
  await settle();
  expect(copy).toHaveBeenCalledWith("%%sora --duration 4\na boat", cell);
  expect([cell.textContent, shown(below)]).toEqual(["Copied", false]);
  expect(announce).toHaveBeenCalledWith("Code copied.");
  vi.advanceTimersByTime(2_000);
  expect(cell.textContent).toBe("Copy as %%sora");
});

test("where the page may not copy the code is there to be taken", async () => {
  const { el, below } = open("<b>a boat</b>", false);
  button(el, "Copy as Python").click();
  await settle();
  expect(shown(below)).toBe(true);
  expect(find(below, "pre").textContent).toContain('"<b>a boat</b>"');
});

test("a prompt that no cell keeps is not copied as one, and the reason is said", () => {
  const { el, below, copy } = open("a boat\n", true);
  button(el, "Copy as %%sora").click();
  expect(copy).not.toHaveBeenCalled();
  expect(below.textContent).toContain("does not keep the blank lines");
});
