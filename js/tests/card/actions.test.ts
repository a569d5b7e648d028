// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { actionsView } from "../../src/card/actions";
import type { Command } from "../../src/protocol/messages";
import { button, card, find, settle, shown } from "../support/stage";

let life: AbortController;
let sent: Command[];
let copies: boolean;
const announce = vi.fn();

function view(): ReturnType<typeof actionsView> {
  const made = actionsView(
    { send: (command) => void sent.push(command), copy: () => Promise.resolve(copies), announce },
    "hint-1",
    life.signal,
  );
  document.body.replaceChildren(made.el);
  return made;
}

const labels = (): (string | null)[] => [...document.querySelectorAll("button")].map((el) => el.textContent);

beforeEach(() => {
  vi.useFakeTimers();
  announce.mockClear();
  life = new AbortController();
  sent = [];
  copies = true;
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test.each([
  ["pending", "Stop watching", "stop"],
  ["stopped", "Watch again", "watch"],
  ["failed_retryable", "Try again", "retry"],
  ["unsure", "Send again (may pay twice)", "resend"],
])("in %s, %s asks Python once and says so at once", (name, label, kind) => {
  const what = card(name);
  view().show(what);
  const pressed = button(document, label);
  pressed.click();
  pressed.click();
  expect(sent).toEqual([{ kind, key: what.key }]);
  expect(pressed.textContent).toBe("Asked…");
  expect(pressed.getAttribute("aria-disabled")).toBe("true");
});

test.each([
  ["pending", "Stop watching", /The simulator goes on with it, at no charge/],
  ["processing_overdue", "Stop watching", /The service goes on with it, and may charge for it/],
  ["failed_content", null, null],
  ["failed_retryable", "Try again", /a new task, at no charge/],
  ["unsure", "Send again (may pay twice)", /may have been accepted and charged already/],
])("in %s what a click on %s may cost is seen without a hover, and read with the button", (name, label, words) => {
  view().show(card(name));
  const hint = find(document, ".snb-hint");
  expect(shown(hint)).toBe(words !== null);
  expect(document.querySelectorAll("[title]")).toHaveLength(0);
  if (label === null || words === null) return;
  expect(hint.textContent).toMatch(words);
  expect(button(document, label).getAttribute("aria-describedby")).toBe(hint.id);
});

test("the hint goes with the buttons that it speaks of", () => {
  const actions = view();
  actions.show(card("pending"));
  expect(button(document, "Copy task id").getAttribute("aria-describedby")).toBeNull();
  actions.show(card("stopped"));
  expect(shown(find(document, ".snb-hint"))).toBe(false);
});

test("an asked button is free again once the state changes, not before", () => {
  const actions = view();
  actions.show(card("pending"));
  button(document, "Stop watching").click();
  actions.show(card("pending", { note: "still there" }));
  expect(labels()).toContain("Asked…");
  actions.show(card("processing"));
  expect(labels()).toContain("Stop watching");
  expect(vi.getTimerCount()).toBe(0);
});

test("a click that nothing answers may be repeated after ten seconds", () => {
  view().show(card("pending"));
  button(document, "Stop watching").click();
  vi.advanceTimersByTime(9_999);
  expect(labels()).toContain("Asked…");
  vi.advanceTimersByTime(1);
  button(document, "Stop watching").click();
  expect(sent).toHaveLength(2);
});

test("the focus stays on a button through a click and through snapshots", () => {
  const actions = view();
  actions.show(card("pending"));
  const stop = button(document, "Stop watching");
  stop.focus();
  stop.click();
  actions.show(card("processing"));
  expect(document.activeElement).toBe(stop);
});

test("when the focused button goes, the focus moves to its neighbour instead of the page", () => {
  const actions = view();
  actions.show(card("pending"));
  button(document, "Stop watching").focus();
  actions.show(card("stopped"));
  expect(document.activeElement).toBe(button(document, "Watch again"));
});

test("the focus is not taken from elsewhere", () => {
  const actions = view();
  actions.show(card("pending"));
  const other = document.createElement("button");
  document.body.append(other);
  other.focus();
  actions.show(card("stopped"));
  expect(document.activeElement).toBe(other);
});

test("copying the id happens in the browser and is confirmed for two seconds", async () => {
  view().show(card("pending"));
  button(document, "Copy task id").click();
  await settle();
  expect(labels()).toContain("Copied");
  expect(announce).toHaveBeenCalledWith("Task id copied.");
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(labels()).toContain("Copy task id");
});

test("where the page may not copy, the id is shown to be copied by hand", async () => {
  copies = false;
  view().show(card("pending"));
  button(document, "Copy task id").click();
  await settle();
  expect(shown(find(document, ".snb-id"))).toBe(true);
  expect(find(document, ".snb-id").textContent).toBe("task_01k9v5t0r7b2m8x4c6");
});

test("a task without an id has no button to copy it, and unknown actions have none at all", () => {
  view().show(card("queued", { actions: ["copy_id", "toString" as "stop"] }));
  expect(labels()).toEqual([]);
  expect(shown(find(document, ".snb-actions"))).toBe(false);
});
