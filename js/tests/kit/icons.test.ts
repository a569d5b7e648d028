// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { icon, putIcon } from "../../src/kit/icons";

test("a drawing is hidden from screen readers and takes no focus", () => {
  const svg = icon("play");
  expect([svg.getAttribute("aria-hidden"), svg.getAttribute("focusable")]).toEqual(["true", "false"]);
  expect(svg.querySelector("path")?.getAttribute("d")).toMatch(/^M/);
});

test("a drawing takes the place of the one before, and the same one is not drawn anew", () => {
  const holder = document.createElement("span");
  putIcon(holder, "play");
  const first = holder.firstChild;
  putIcon(holder, "play");
  expect(holder.firstChild).toBe(first);
  putIcon(holder, "pause");
  expect(holder.children).toHaveLength(1);
  expect(holder.firstChild).not.toBe(first);
});
