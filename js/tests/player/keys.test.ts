// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listenToKeys, ROWS } from "../../src/player/keys";
import type { Act } from "../../src/player/playback";

let root: HTMLElement;
let life: AbortController;
const act = vi.fn<(name: Act) => void>();

function press(key: string, init: KeyboardEventInit = {}, tag = "div"): KeyboardEvent {
  const target = document.createElement(tag);
  root.append(target);
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  act.mockClear();
  life = new AbortController();
  root = document.createElement("div");
  document.body.replaceChildren(root);
  listenToKeys(root, act, life.signal);
});
afterEach(() => life.abort());

test.each<[string, Act]>([
  [" ", "play"],
  ["k", "play"],
  ["K", "play"],
  ["ArrowLeft", "back"],
  ["ArrowRight", "forward"],
  [",", "earlier"],
  [".", "later"],
  ["<", "slower"],
  [">", "faster"],
  ["l", "loop"],
  ["f", "full"],
  ["m", "mute"],
  ["Home", "start"],
  ["End", "end"],
])("%s does %s", (key, name) => {
  expect(press(key).defaultPrevented).toBe(true);
  expect(act.mock.calls).toEqual([[name]]);
});

test("other keys, and those with a modifier, are the host's", () => {
  const outside = vi.fn();
  document.body.addEventListener("keydown", outside);
  expect(press("Tab").defaultPrevented).toBe(false);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"]) press("k", { [modifier]: true });
  expect(outside).toHaveBeenCalledTimes(4);
  expect(act).not.toHaveBeenCalled();
  document.body.removeEventListener("keydown", outside);
});

test("a key that did something goes no further", () => {
  const outside = vi.fn();
  document.body.addEventListener("keydown", outside);
  press("l");
  expect(outside).not.toHaveBeenCalled();
  document.body.removeEventListener("keydown", outside);
});

test("space presses the button that has the focus, and the list of speeds keeps its own keys", () => {
  press(" ", {}, "button");
  for (const key of [" ", "ArrowLeft", "ArrowRight", "Home", "End"]) press(key, {}, "select");
  expect(act).not.toHaveBeenCalled();
  press("k", {}, "button");
  press("ArrowRight", {}, "input");
  press(">", {}, "select");
  expect(act.mock.calls.flat()).toEqual(["play", "forward", "faster"]);
});

test("a key held down seeks on, but does not switch on and off", () => {
  for (const key of ["ArrowRight", "."]) press(key, { repeat: true });
  for (const key of ["k", "l", "m", "f"]) press(key, { repeat: true });
  expect(act.mock.calls.flat()).toEqual(["forward", "later"]);
});

test("the list names every key that works", () => {
  const shown = new Set(ROWS.flatMap((row) => row.shown.map((name) => name.toLowerCase())));
  const names: Record<string, string> = { " ": "space", ArrowLeft: "←", ArrowRight: "→" };
  for (const { keys } of ROWS.flatMap((row) => row.shortcuts)) {
    for (const key of keys) expect(shown).toContain((names[key] ?? key).toLowerCase());
  }
});

test("a player that ended hears nothing", () => {
  life.abort();
  press("k");
  expect(act).not.toHaveBeenCalled();
});
