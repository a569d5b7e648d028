// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askButton, type AskButton } from "../../src/kit/ask_button";

let life: AbortController;
const send = vi.fn();
const silent = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  send.mockReset();
  silent.mockReset();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open(): AskButton {
  return askButton("snb-go", "Stop", ({ ask }) => {
    ask();
    send();
  }, life.signal, silent);
}
const look = ({ el }: AskButton): (string | null)[] => [el.textContent, el.getAttribute("aria-disabled")];

test("a click asks once and says so at once, without taking the focus away", () => {
  const button = open();
  document.body.replaceChildren(button.el);
  button.el.focus();
  button.el.click();
  button.el.click();
  expect(send).toHaveBeenCalledTimes(1);
  expect(look(button)).toEqual(["Asked…", "true"]);
  expect(document.activeElement).toBe(button.el);
  expect(button.el.className).toBe("snb-button snb-go");
});

test("the answer frees it, and nothing is said of silence", () => {
  const button = open();
  button.el.click();
  button.settle();
  expect(look(button)).toEqual(["Stop", null]);
  vi.advanceTimersByTime(20_000);
  expect(silent).not.toHaveBeenCalled();
});

test("without an answer it may be clicked again after ten seconds", () => {
  const button = open();
  button.el.click();
  vi.advanceTimersByTime(9_999);
  expect(look(button)).toEqual(["Asked…", "true"]);
  vi.advanceTimersByTime(1);
  expect(look(button)).toEqual(["Stop", null]);
  expect(silent).toHaveBeenCalledTimes(1);
});

test("a second question has its own ten seconds", () => {
  const button = open();
  button.el.click();
  vi.advanceTimersByTime(9_000);
  button.settle();
  button.el.click();
  vi.advanceTimersByTime(9_000);
  expect(look(button)).toEqual(["Asked…", "true"]);
});

test("another label is seen once the question is over", () => {
  const button = open();
  button.label("Show");
  expect(look(button)).toEqual(["Show", null]);
  button.el.click();
  button.label("Generate");
  expect(look(button)).toEqual(["Asked…", "true"]);
  button.settle();
  expect(look(button)).toEqual(["Generate", null]);
});

test("after the end of the view nothing is asked and nothing happens", () => {
  const button = open();
  button.el.click();
  life.abort();
  vi.advanceTimersByTime(20_000);
  button.settle();
  button.el.click();
  expect([send.mock.calls.length, silent.mock.calls.length]).toEqual([1, 0]);
});
