// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { drawnRows, type DrawnRows } from "../../src/rows/drawn_rows";
import type { RowItem } from "../../src/rows/item";

let space: HTMLElement;
let drawn: DrawnRows;
let made: number;

beforeEach(() => {
  space = document.createElement("div");
  document.body.replaceChildren(space);
  made = 0;
  drawn = drawnRows(space, () => {
    made += 1;
    const el = document.createElement("button");
    return { el, move: () => undefined, show: () => undefined, tick: () => undefined } satisfies RowItem;
  });
});

const order = (): (number | undefined)[] =>
  [...space.children].map((el) => [...drawn.items].find(([, item]) => item.el === el)?.[0]);

test("an element that is let go stands for another row, where it is in the page", () => {
  const first = drawn.add(1).el;
  drawn.add(2);
  drawn.keep(new Set([2]));
  expect(drawn.add(3).el).toBe(first);
  expect([made, order()]).toEqual([2, [3, 2]]);
});

test("what nothing takes over leaves the page", () => {
  drawn.add(1);
  drawn.add(2);
  drawn.keep(new Set([2]));
  drawn.trim();
  expect(order()).toEqual([2]);
});

test("elements are put in order around the one with the focus, which keeps it", () => {
  for (const n of [3, 1, 2, 0]) drawn.add(n);
  const held = drawn.items.get(2)?.el as HTMLElement;
  held.focus();
  drawn.sort((n) => n);
  expect(order()).toEqual([0, 1, 2, 3]);
  expect(document.activeElement).toBe(held);
});
