// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { keyHelp, type KeyHelp } from "../../src/player/key_help";
import { ROWS } from "../../src/player/keys";
import { shown } from "../support/stage";

let root: HTMLElement;
let help: KeyHelp;

function press(key: string, init: KeyboardEventInit = {}): boolean {
  return !help.button.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init }));
}

beforeEach(() => {
  root = document.createElement("div");
  help = keyHelp(root, new AbortController().signal);
  root.append(help.button, help.list);
  document.body.replaceChildren(root);
});

const open = (): boolean => shown(help.list) && help.button.getAttribute("aria-expanded") === "true";

test("the keys are listed behind a button, without a hover", () => {
  expect(open()).toBe(false);
  help.button.click();
  expect(open()).toBe(true);
  expect([...help.list.querySelectorAll(".snb-does")].map((row) => row.textContent)).toEqual(ROWS.map(({ words }) => words));
  expect([...help.list.querySelectorAll("kbd")].map((key) => key.textContent)).toEqual(ROWS.flatMap((row) => row.shown));
  help.button.click();
  expect(open()).toBe(false);
});

test("a question mark opens and closes it, Escape closes it", () => {
  expect(press("?")).toBe(true);
  expect(open()).toBe(true);
  press("?");
  expect(open()).toBe(false);
  press("?");
  expect(press("Escape")).toBe(true);
  expect(open()).toBe(false);
});

test("Escape is the host's while the list is closed", () => {
  expect(press("Escape")).toBe(false);
});

test("with a modifier the key is the host's", () => {
  expect(press("?", { ctrlKey: true })).toBe(false);
  expect(open()).toBe(false);
});
