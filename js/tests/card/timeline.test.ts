// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { timelineView } from "../../src/card/timeline";
import type { Step } from "../../src/protocol/card";
import { card } from "../support/stage";

test("each step is told by a shape, a word and a spoken mark", () => {
  const view = timelineView();
  view.show(card("processing").steps);
  expect([...view.el.children].map((item) => item.textContent)).toEqual([
    "queued, done",
    "submitted, done",
    "processing, now",
    "saving, to come",
    "ready, to come",
  ]);
  expect(view.el.querySelectorAll("svg[aria-hidden=true]")).toHaveLength(5);
});

test("only the step of now is the current one", () => {
  const view = timelineView();
  view.show(card("processing").steps);
  expect(view.el.querySelectorAll("[aria-current=step]")).toHaveLength(1);
  view.show(card("failed_content").steps);
  expect(view.el.querySelectorAll("[aria-current=step]")).toHaveLength(0);
});

test("every mark has a shape of its own, or its own fill", () => {
  const view = timelineView();
  const marks = ["done", "now", "todo", "bad", "ask", "off"] as const;
  view.show(marks.map((mark) => ({ name: mark, mark })));
  const drawn = [...view.el.children].map(
    (item) => `${item.getAttribute("data-mark")}:${item.querySelector("path")?.getAttribute("d")}`,
  );
  expect(new Set(drawn).size).toBe(marks.length);
});

test("a new list reuses the items, fewer steps leave fewer items", () => {
  const view = timelineView();
  view.show(card("processing").steps);
  const first = view.el.firstElementChild;
  view.show(card("unsure").steps);
  expect(view.el.firstElementChild).toBe(first);
  expect(view.el.children).toHaveLength(2);
  expect(view.el.textContent).toContain("unsure, needs you");
});

test("a mark from a newer Python is drawn as one to come", () => {
  const view = timelineView();
  view.show([{ name: "dreaming", mark: "constructor" } as unknown as Step]);
  expect(view.el.textContent).toBe("dreaming, to come");
});
