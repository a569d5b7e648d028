// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { phraseChips } from "../../src/studio/phrase_chips";
import { ADVICE } from "../../src/studio/phrases";
import { button, find } from "../support/stage";

function open() {
  const toggle = vi.fn<(phrase: string, put: boolean) => void>();
  const view = phraseChips(toggle, new AbortController().signal);
  document.body.replaceChildren(view.el);
  view.show("a boat, Golden Hour");
  return { toggle, view };
}

const press = (key: string): boolean =>
  (document.activeElement as Element).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("the phrases that the prompt holds are pressed, and a press asks for the other", () => {
  const { toggle, view } = open();
  expect([...view.el.querySelectorAll('[aria-pressed="true"]')].map((el) => el.textContent)).toEqual(["golden hour"]);
  button(view.el, "golden hour").click();
  button(view.el, "handheld").click();
  expect(toggle.mock.calls).toEqual([["golden hour", false], ["handheld", true]]);
});

test("each row is one stop of the Tab key, and arrows go round in it", () => {
  const { view } = open();
  const stops = [...view.el.querySelectorAll("button")].filter((el) => el.tabIndex === 0);
  expect(stops).toHaveLength(ADVICE.length);
  stops[0]?.focus();
  press("ArrowLeft");
  expect(document.activeElement?.textContent).toBe("handheld");
  press("ArrowRight");
  press("ArrowRight");
  expect(document.activeElement?.textContent).toBe("orbiting shot");
  press("End");
  expect(document.activeElement?.textContent).toBe("handheld");
  press("Home");
  expect(document.activeElement?.textContent).toBe("slow dolly in");
  expect(press("x")).toBe(true);
  const row = find(view.el, "[role=toolbar]");
  expect([...row.querySelectorAll("button")].filter((el) => el.tabIndex === 0)).toHaveLength(1);
});
