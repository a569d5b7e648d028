// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { arrange, attribute, focused, make, visible, write } from "../../src/kit/dom";

test("text is text, whatever it looks like", () => {
  const el = make("p", "", ["<b>bold</b>"]);
  write(el, "<i>x</i>");
  expect(el.children).toHaveLength(0);
  expect(el.textContent).toBe("<i>x</i>");
});

test("what is the same already is not written again", () => {
  const el = make("p", "", ["same"]);
  const node = el.firstChild;
  write(el, "same");
  expect(el.firstChild).toBe(node);
  const set = vi.spyOn(el, "setAttribute");
  attribute(el, "title", "a");
  attribute(el, "title", "a");
  expect(set).toHaveBeenCalledTimes(1);
  attribute(el, "title", null);
  expect(el.hasAttribute("title")).toBe(false);
});

test("visibility is the hidden attribute", () => {
  const el = make("p", "");
  visible(el, false);
  expect(el.hidden).toBe(true);
  visible(el, true);
  expect(el.hidden).toBe(false);
});

test("arranging moves no element that is in its place", () => {
  const [a, b, c, d] = [make("i", ""), make("i", ""), make("i", ""), make("i", "")];
  const parent = make("div", "", [a, b, c]);
  const insert = vi.spyOn(parent, "insertBefore");
  arrange(parent, [a, c]);
  arrange(parent, [d, a, c]);
  expect([...parent.children]).toEqual([d, a, c]);
  expect(insert.mock.calls.map(([node]) => node)).toEqual([d]);
});

test("the focus is found inside a shadow root too", () => {
  const host = make("div", "");
  document.body.append(host);
  const inner = make("button", "", ["x"]);
  host.attachShadow({ mode: "open" }).append(inner);
  inner.focus();
  expect(focused(inner)).toBe(inner);
  host.remove();
});

test("the focus is found in the page, and nowhere for what is in no page", () => {
  const inner = make("button", "", ["x"]);
  expect(focused(inner)).toBeNull();
  document.body.append(inner);
  inner.focus();
  expect(focused(document.body)).toBe(inner);
  inner.remove();
});
