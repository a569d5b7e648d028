// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { iconButton, makeButton, pickButton } from "../../src/kit/buttons";
import { find } from "../support/stage";

let life: AbortController;
const act = vi.fn();

beforeEach(() => {
  life = new AbortController();
  act.mockReset();
});
afterEach(() => life.abort());

test("a button acts until its view ends, and sends no form", () => {
  const el = makeButton("", ["Close"], act, life.signal);
  expect([el.type, el.className, el.textContent]).toEqual(["button", "snb-button", "Close"]);
  el.click();
  life.abort();
  el.click();
  expect(act).toHaveBeenCalledTimes(1);
});

test("while it is aria-disabled it acts on nothing and can still be reached", () => {
  const el = makeButton("snb-plain", ["Compare"], act, life.signal);
  el.setAttribute("aria-disabled", "true");
  el.click();
  expect([act.mock.calls.length, el.disabled, el.className]).toEqual([0, false, "snb-button snb-plain"]);
  el.setAttribute("aria-disabled", "false");
  el.click();
  expect(act).toHaveBeenCalledTimes(1);
});

test("a picture has its label as text and as title, with the key that does the same", () => {
  const { el, show } = iconButton("play", "Play", act, life.signal, "K");
  expect([el.textContent, el.title, el.hasAttribute("aria-pressed")]).toEqual(["Play", "Play (K)", false]);
  show("loop", "Loop", true);
  expect([el.textContent, el.title, el.getAttribute("aria-pressed")]).toEqual(["Loop", "Loop (K)", "true"]);
  expect(find(el, ".snb-picture").dataset["icon"]).toBe("loop");
  expect(iconButton("cross", "Close", act, life.signal).el.title).toBe("Close");
});

test("a pick is told by word and by state", () => {
  const { el, show } = pickButton(act, life.signal);
  expect([el.textContent, el.getAttribute("aria-pressed")]).toEqual(["Pick", "false"]);
  show(true);
  expect([el.textContent, el.getAttribute("aria-pressed")]).toEqual(["Picked", "true"]);
  el.click();
  expect(act).toHaveBeenCalledTimes(1);
});
