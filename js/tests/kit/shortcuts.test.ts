// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { keepShortcutsOut } from "../../src/kit/shortcuts";

const life = new AbortController();
const root = document.createElement("div");
const inner = document.createElement("button");
root.append(inner);
document.body.append(root);
keepShortcutsOut(root, life.signal);

const suppressed = (): boolean => inner.getAttribute("data-lm-suppress-shortcuts") === "true";
const key = (type: string, init: KeyboardEventInit): void =>
  void inner.dispatchEvent(new KeyboardEvent(type, { bubbles: true, ...init }));

test("the focused element itself is marked, so that a letter is no command of the notebook", () => {
  inner.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  expect(suppressed()).toBe(true);
  key("keydown", { key: "d" });
  expect(suppressed()).toBe(true);
});

test.each(["ctrlKey", "metaKey"])("while %s is held the host's shortcuts work", (modifier) => {
  key("keydown", { key: "Modifier", [modifier]: true });
  expect(suppressed()).toBe(false);
  key("keydown", { key: "s", [modifier]: true });
  expect(suppressed()).toBe(false);
  key("keyup", { key: "Modifier" });
  expect(suppressed()).toBe(true);
});

test("a view that has ended marks nothing", () => {
  inner.removeAttribute("data-lm-suppress-shortcuts");
  life.abort();
  inner.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
  expect(suppressed()).toBe(false);
});
