/** The rows that are in the page: an element stands for one task after the other as the list scrolls. */
import { focused } from "../kit/dom";
import type { RowItem } from "./item";

export interface DrawnRows {
  /** By the `n` of their rows. */
  items: ReadonlyMap<number, RowItem>;
  /** Lets go of all others, whose elements may be taken over. */
  keep(wanted: ReadonlySet<number | undefined>): void;
  add(n: number): RowItem;
  /** Takes out of the page what was let go and not taken over. */
  trim(): void;
  sort(place: (n: number) => number): void;
}

export function drawnRows(space: HTMLElement, make: () => RowItem): DrawnRows {
  const items = new Map<number, RowItem>();
  const spare: RowItem[] = [];

  return {
    items,
    keep(wanted) {
      for (const [n, item] of items) {
        if (wanted.has(n)) continue;
        items.delete(n);
        spare.push(item);
      }
    },
    add(n) {
      // Taken over where it stands in the page: moving elements is what would make scrolling slow.
      const item = spare.pop() ?? make();
      if (item.el.parentNode !== space) space.append(item.el);
      items.set(n, item);
      return item;
    },
    trim() {
      for (const { el } of spare) el.remove();
    },
    /** Screen readers read in the page's order. The element with the focus is never moved: it would lose it. */
    sort(place) {
      const order = [...items].sort(([a], [b]) => place(a) - place(b)).map(([, item]) => item.el);
      if (order.every((element, index) => space.children[index] === element)) return;
      const held = order.find((element) => element === focused(space));
      const pivot = held ? order.indexOf(held) : -1;
      order.forEach((element, index) => {
        if (index < pivot) space.insertBefore(element, held as Element);
        else if (index > pivot) space.append(element);
      });
    },
  };
}
