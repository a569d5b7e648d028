// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi, type Mock } from "vitest";
import { arranged, filterBar, STATES, type FilterBar } from "../../src/gallery/filter";
import type { Layout } from "../../src/rows/layout";
import { counted } from "../../src/rows/summary";
import { gallery } from "../support/gallery_stage";
import { find } from "../support/stage";

const { rows, at } = gallery("gallery_running");
let changed: Mock<() => void>;
let layout: Mock<(kind: Layout) => void>;
let life: AbortController;
let bar: FilterBar;

const keys = (wish: Parameters<typeof arranged>[1]): number[] => arranged(rows, wish, at).map(({ n }) => n);
const all = { state: null, text: "", sort: "order" } as const;
const states = (): string[] => [...bar.el.querySelectorAll(".snb-only")].map((el) => el.textContent ?? "");

beforeEach(() => {
  life = new AbortController();
  changed = vi.fn();
  layout = vi.fn();
  bar = filterBar(changed, layout, life.signal);
  document.body.replaceChildren(bar.el);
  bar.show(rows);
});
afterEach(() => life.abort());

test("rows are filtered by state and by every word of the text, in any order and case", () => {
  expect(keys({ ...all, state: "queued" })).toEqual([9, 10, 11]);
  expect(keys({ ...all, text: "KOI neon" })).toEqual([1, 7]);
  expect(keys({ ...all, text: "ran out" })).toEqual([2]);
  expect(keys({ ...all, text: "s003" })).toEqual([3]);
  expect(keys({ ...all, text: "koi lighthouse" })).toEqual([]);
});

test("rows are sorted, those alike in their own order", () => {
  expect(keys(all)).toEqual(rows.map(({ n }) => n));
  expect(keys({ ...all, sort: "newest" })[0]).toBe(12);
  expect(keys({ ...all, sort: "state" }).slice(0, 3)).toEqual([7, 2, 12]);
  expect(keys({ ...all, sort: "time" }).slice(0, 2)).toEqual([1, 0]);
  const names = arranged(rows, { ...all, sort: "name" }, at).map(({ prompt }) => prompt);
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
});

test("a clock that runs counts in the order by time", () => {
  expect(arranged(rows, { ...all, sort: "time" }, at + 1000)[0]?.state).not.toBe("ready");
});

test("each state that is there has a button with its count, and pressing it twice shows all again", () => {
  expect(states()[0]).toBe("all 13");
  expect(states()).toContain("queued 3");
  expect(states().length).toBe(1 + counted(rows).size);
  const queued = find<HTMLButtonElement>(bar.el, '[data-state="queued"]');
  queued.click();
  expect([bar.wish.state, changed.mock.calls.length]).toEqual(["queued", 1]);
  bar.show(rows);
  expect(queued.getAttribute("aria-pressed")).toBe("true");
  queued.click();
  expect(bar.wish.state).toBeNull();
});

test("the state that is shown keeps its button when nothing is in it any more", () => {
  find<HTMLButtonElement>(bar.el, '[data-state="saving"]').click();
  bar.show(rows.map((row) => (row.state === "saving" ? { ...row, state: "ready" as const } : row)));
  expect(states()).toContain("saving 0");
});

test("text, order and look are told", () => {
  const search = find<HTMLInputElement>(bar.el, "input");
  search.value = "boat";
  search.dispatchEvent(new Event("input"));
  const sort = find<HTMLSelectElement>(bar.el, "select");
  sort.value = "time";
  sort.dispatchEvent(new Event("change"));
  expect(bar.wish).toEqual({ state: null, text: "boat", sort: "time" });
  expect(changed).toHaveBeenCalledTimes(2);
  const [list, pictures] = [...bar.el.querySelectorAll<HTMLButtonElement>(".snb-key")];
  pictures?.click();
  expect(layout).toHaveBeenCalledWith("posters");
  expect([list, pictures].map((el) => el?.getAttribute("aria-pressed"))).toEqual(["false", "true"]);
});

test("every state has its place in the order", () => {
  expect(new Set(STATES).size).toBe(11);
});
