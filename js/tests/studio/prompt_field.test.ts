// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { characters, promptField, type PromptField } from "../../src/studio/prompt_field";

let life: AbortController;
let field: PromptField;
const typed = vi.fn<(text: string) => void>();
const go = vi.fn<() => void>();

beforeEach(() => {
  vi.clearAllMocks();
  life = new AbortController();
  field = promptField("p", typed, go, life.signal);
  document.body.replaceChildren(field.el, field.count);
});
afterEach(() => life.abort());

function press(init: KeyboardEventInit): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, composed: true, ...init });
  field.input.dispatchEvent(event);
  return event;
}

test("characters are counted as the service counts them", () => {
  expect(["", "boat", "⛵", "👩‍👧", "é\u0301", "\ud83d"].map(characters)).toEqual([0, 4, 1, 3, 2, 1]);
});

test("the count warns before the limit and says by how much it is above it", () => {
  field.show("x".repeat(9_400), 10_000);
  expect([field.count.textContent, field.count.dataset["tone"]]).toEqual(["9,400 of 10,000", undefined]);
  field.show("x".repeat(9_600), 10_000);
  expect(field.count.dataset["tone"]).toBe("warn");
  field.show("x".repeat(10_012), 10_000);
  expect([field.count.textContent, field.count.dataset["tone"]]).toEqual(["10,012 of 10,000: 12 too many", "bad"]);
  field.show("a boat", null);
  expect([field.count.textContent, field.count.dataset["tone"]]).toEqual(["6 characters", undefined]);
});

test("Ctrl+Enter and Cmd+Enter ask for films, and the host does not hear of it", () => {
  const host = vi.fn();
  document.addEventListener("keydown", host, { capture: true });
  for (const init of [{ ctrlKey: true }, { metaKey: true }]) expect(press(init).defaultPrevented).toBe(true);
  expect(go).toHaveBeenCalledTimes(2);
  expect(host).not.toHaveBeenCalled();
  for (const init of [{}, { shiftKey: true }, { ctrlKey: true, isComposing: true }]) press(init);
  press({ ctrlKey: true, repeat: true });
  expect(go).toHaveBeenCalledTimes(2);
  document.removeEventListener("keydown", host, { capture: true });
});

test("after its end the key is the host's again", () => {
  life.abort();
  expect(press({ ctrlKey: true }).defaultPrevented).toBe(false);
});

test("a phrase goes to the caret, or to the end where nobody was in the field", () => {
  field.show("a boat", null);
  field.input.setSelectionRange(1, 1);
  expect(field.caret()).toBe(6);
  field.input.dispatchEvent(new FocusEvent("focus"));
  expect(field.caret()).toBe(1);
  field.put({ text: "a warm boat", caret: 6 });
  expect([field.input.value, field.input.selectionStart]).toEqual(["a warm boat", 6]);
  expect(typed).toHaveBeenCalledWith("a warm boat");
});

test("a text from elsewhere leaves the caret where it was", () => {
  field.input.dispatchEvent(new FocusEvent("focus"));
  field.show("a boat in the rain", null);
  field.input.setSelectionRange(2, 6);
  field.show("a ship in the rain", null);
  expect([field.input.selectionStart, field.input.selectionEnd]).toEqual([2, 6]);
});
