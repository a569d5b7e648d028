// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { announcer } from "../../src/kit/announcer";

test("nothing is read aloud at the start", () => {
  const { el } = announcer();
  expect(el.getAttribute("aria-live")).toBe("polite");
  expect(el.textContent).toBe("");
});

test("the same words are said again as a new node", () => {
  const { el, say } = announcer();
  say("Picked.");
  const first = el.firstChild;
  say("Picked.");
  expect(el.textContent).toBe("Picked.");
  expect(el.firstChild).not.toBe(first);
});
