// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi, type Mock } from "vitest";
import { ticker } from "../../src/kit/clock";
import type { Row } from "../../src/protocol/row";
import { rowList, type RowList, type RowListOptions } from "../../src/rows/list";
import type { Posters } from "../../src/rows/posters";
import { elapsed } from "../../src/rows/row_clock";
import { find } from "../support/stage";

let life: AbortController;
let posters: Posters & { wanted: string[][]; arrive(key: string): void; found: Map<string, string> };
let options: { label: string; open: Mock<(row: Row) => void>; select: Mock<(chosen: ReadonlySet<number>) => void>; pick: Mock<(row: Row) => void> };
let list: RowList;

function row(n: number, changes: Partial<Row> = {}): Row {
  return {
    n, key: `k${n}`, prompt: `film ${n}`, facts: "4 s", frame: "landscape", state: "ready",
    clock: [100, 0, 1], error: null, seconds: 4, picked: false, ...changes,
  };
}

const many = (count: number): Row[] => Array.from({ length: count }, (_, n) => row(n));
const drawn = (): HTMLElement[] => [...list.el.querySelectorAll<HTMLElement>(".snb-row")];
const at = (n: number): HTMLElement => {
  const found = drawn().find((el) => el.getAttribute("aria-rowindex") === String(n + 1));
  if (!found) throw new Error(`row ${n} is not drawn`);
  return found;
};
const press = (key: string): boolean =>
  (document.activeElement as Element).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const focusedIndex = (): number => Number(document.activeElement?.getAttribute("aria-rowindex")) - 1;

function open(rows: Row[], overrides: Partial<RowListOptions> = {}): void {
  const clock = ticker(life.signal);
  list = rowList({ wall: () => Date.now() / 1000 }, clock, posters, { ...options, ...overrides }, life.signal);
  document.body.replaceChildren(list.el);
  list.show(rows, 0);
  clock.wake();
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  life = new AbortController();
  const found = new Map<string, string>();
  const handlers: ((key: string) => void)[] = [];
  posters = {
    found,
    wanted: [],
    get: (key) => found.get(key) ?? null,
    want(keys) { this.wanted.push([...keys]); },
    arrived: (handler) => void handlers.push(handler),
    arrive(key) { for (const handler of handlers) handler(key); },
  };
  options = { label: "Films", open: vi.fn(), select: vi.fn(), pick: vi.fn() };
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("of a thousand rows only those are in the page that are seen or nearly so", () => {
  open(many(1000));
  expect(drawn().length).toBeLessThan(30);
  expect(list.el.getAttribute("aria-rowcount")).toBe("1000");
  expect(find(list.el, ".snb-space").style.blockSize).toBe("52000px");
  list.el.scrollTop = 26_000;
  list.el.dispatchEvent(new Event("scroll"));
  vi.advanceTimersByTime(50);
  expect(at(500).textContent).toContain("film 500");
  expect(drawn().length).toBeLessThan(30);
});

test("elements are used again while the list scrolls", () => {
  open(many(1000));
  const made = vi.spyOn(document, "createElement");
  for (let top = 0; top < 20_000; top += 520) {
    list.el.scrollTop = top;
    list.el.dispatchEvent(new Event("scroll"));
    vi.advanceTimersByTime(20);
  }
  // The first scroll has more rows beyond the upper edge than the list had at its beginning.
  expect(made.mock.calls.filter(([tag]) => tag === "div").length).toBeLessThan(12 * 6);
});

describe("keys", () => {
  test("move the focus over the whole list, one stop of the Tab key for all", () => {
    open(many(1000));
    list.focus();
    expect(focusedIndex()).toBe(0);
    press("ArrowDown");
    expect(focusedIndex()).toBe(1);
    press("End");
    expect(focusedIndex()).toBe(999);
    press("PageUp");
    expect(focusedIndex()).toBe(990);
    press("Home");
    press("ArrowUp");
    expect(focusedIndex()).toBe(0);
    expect(drawn().filter((el) => el.tabIndex === 0)).toHaveLength(1);
  });

  test("open, select and pick the row that has the focus, and go no further", () => {
    open(many(3));
    list.focus();
    press("ArrowDown");
    const heard = vi.fn();
    document.body.addEventListener("keydown", heard, { once: true });
    expect(press("Enter")).toBe(false);
    press(" ");
    press("p");
    expect(heard).not.toHaveBeenCalled();
    expect(options.open).toHaveBeenCalledWith(expect.objectContaining({ n: 1 }));
    expect([...(options.select.mock.lastCall?.[0] as Set<number>)]).toEqual([1]);
    expect(options.pick).toHaveBeenCalledWith(expect.objectContaining({ n: 1 }));
    expect(at(1).getAttribute("aria-selected")).toBe("true");
    press(" ");
    expect(at(1).getAttribute("aria-selected")).toBe("false");
  });

  test("leave a film that is not there unpicked, and other keys alone", () => {
    open([row(0, { seconds: null, state: "processing" })]);
    list.focus();
    expect(press("p")).toBe(true);
    expect(press("x")).toBe(true);
    expect(options.pick).not.toHaveBeenCalled();
  });

  test("go left and right among pictures", () => {
    open(many(30));
    list.layout("posters");
    list.focus();
    press("ArrowRight");
    expect(focusedIndex()).toBe(1);
    press("ArrowDown");
    expect(focusedIndex()).toBe(4);
  });
});

test("the row with the focus stays in the page when the list is scrolled away from it", () => {
  open(many(1000));
  list.focus();
  const held = document.activeElement;
  list.el.scrollTop = 40_000;
  list.el.dispatchEvent(new Event("scroll"));
  vi.advanceTimersByTime(50);
  expect(document.activeElement).toBe(held);
  expect(list.el.contains(held)).toBe(true);
});

test("a change draws the rows in place and leaves the focus where it was", () => {
  open(many(20));
  list.focus();
  press("ArrowDown");
  const held = document.activeElement;
  list.show(many(20).map((each) => ({ ...each, state: "failed", error: "no" })), 0);
  expect(document.activeElement).toBe(held);
  expect(held?.textContent).toContain("failed");
});

test("a row that is filtered away hands its focus to its neighbour", () => {
  open(many(20));
  list.focus();
  press("ArrowDown");
  list.show(many(20).filter(({ n }) => n !== 1), 0);
  expect(document.activeElement?.textContent).toContain("film 2");
});

test("another order keeps the focus on the same row", () => {
  open(many(20));
  list.focus();
  press("ArrowDown");
  list.show(many(20).reverse(), 0);
  expect(document.activeElement?.textContent).toContain("film 1");
  expect(focusedIndex()).toBe(18);
});

test("no focus is taken by a list that had none", () => {
  open(many(20));
  list.show([], 0);
  list.show(many(3), 0);
  expect(document.activeElement).toBe(document.body);
});

test("a click opens a row, on its box selects it, on its star picks it", () => {
  open(many(3));
  find(at(1), ".snb-rowprompt").click();
  find(at(1), ".snb-box").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  find(at(2), ".snb-star").dispatchEvent(new MouseEvent("click", { bubbles: true }));
  expect(options.open.mock.calls.map(([each]) => (each as Row).n)).toEqual([1]);
  expect([...(options.select.mock.lastCall?.[0] as Set<number>)]).toEqual([1]);
  expect(options.pick.mock.calls.map(([each]) => (each as Row).n)).toEqual([2]);
  list.mark(1);
  expect(at(1).getAttribute("aria-current")).toBe("true");
});

test("a list that only opens has neither boxes nor stars", () => {
  const clock = ticker(life.signal);
  list = rowList({ wall: () => 0 }, clock, posters, { label: "Films", open: options.open }, life.signal);
  list.show(many(2), 0);
  expect(list.el.querySelector(".snb-box, .snb-star, [aria-selected]")).toBeNull();
  expect(list.el.getAttribute("aria-multiselectable")).toBeNull();
});

test("clocks run in the browser, by the kernel's own time", () => {
  const running = row(0, { state: "processing", clock: [10, 1000, 60], seconds: null });
  expect(elapsed(running, 1001)).toBe(70);
  expect(elapsed({ ...running, state: "ready" }, 1001)).toBe(10);
  open([running]);
  const time = find(at(0), ".snb-rowtime");
  expect(time.textContent).toBe("0:10");
  vi.advanceTimersByTime(2000);
  expect(time.textContent).toBe("2:10");
});

test("a row without a time tells none", () => {
  open([row(0, { state: "invalid", key: null, seconds: null, error: "duration 7" })]);
  expect(find(at(0), ".snb-rowtime").hidden).toBe(true);
  expect(find(at(0), ".snb-rowfacts").textContent).toBe("duration 7 · 4 s");
});

test("pictures are asked for once the list stands still, only of films that are there", () => {
  open([row(0), row(1, { seconds: null, state: "processing" }), row(2)]);
  expect(posters.wanted).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(posters.wanted).toEqual([["k0", "k2"]]);
  const picture = find<HTMLImageElement>(at(0), "img");
  expect(picture.hidden).toBe(true);
  posters.found.set("k0", "blob:a");
  posters.arrive("k0");
  expect([picture.hidden, picture.getAttribute("src")]).toEqual([false, "blob:a"]);
});

test("a row that is used again for another task shows no trace of the one before", () => {
  posters.found.set("k0", "blob:a");
  open(many(1000));
  list.el.scrollTop = 30_000;
  list.el.dispatchEvent(new Event("scroll"));
  vi.advanceTimersByTime(50);
  const sources = drawn().filter((el) => !el.textContent?.includes("film 0")).map((el) => find(el, "img").getAttribute("src"));
  expect(sources.every((source) => source === null)).toBe(true);
});

test("markup in a row is text", () => {
  open([row(0, { prompt: "<img src=x onerror=alert(1)>", facts: "<b>", error: "<i>", state: "failed" })]);
  expect(at(0).querySelectorAll("img:not(.snb-poster), b, i")).toHaveLength(0);
  expect(at(0).textContent).toContain("<img src=x");
});
