/** What is to be seen of a list now: follows its scrolling and its size. */
import { attribute } from "../kit/dom";
import { after } from "../kit/lifetime";
import type { DrawnRows } from "./drawn_rows";
import type { RowItem } from "./item";
import { gridOf, LINE, nearby, revealed, seen, type Grid, type Layout } from "./layout";
import type { ListState } from "./list_state";
import type { Posters } from "./posters";

const NARROW = 520;
/** Pictures are asked for once the list has stood still for so many ms. */
const REST = 150;

export interface Viewport {
  readonly grid: Grid;
  /** Pixels that are seen from top to bottom. */
  height(): number;
  /** Takes the list's size and number of rows anew. */
  measure(kind?: Layout): void;
  /** Brings the page to what is to be seen now; `again` draws rows that are there already anew. */
  draw(again: boolean): void;
  sort(): void;
  reveal(index: number): void;
}

/** `put` draws the row at an index. */
export function viewport(
  el: HTMLElement,
  space: HTMLElement,
  state: Readonly<ListState>,
  drawn: DrawnRows,
  put: (item: RowItem, index: number) => void,
  posters: Posters,
  signal: AbortSignal,
): Viewport {
  let grid = gridOf("list", 0);
  let frame = 0;
  let rest: () => void = () => undefined;
  const place = (n: number): number => state.places.get(n) ?? 0;
  const height = (): number => el.clientHeight || 10 * LINE;
  const width = (): number => el.clientWidth || 640;
  const sort = (): void => drawn.sort(place);

  function measure(kind = grid.kind): void {
    grid = gridOf(kind, width());
    space.style.blockSize = `${Math.ceil(state.rows.length / grid.columns) * grid.height}px`;
    space.style.setProperty("--snb-wide", `${grid.width / grid.columns}px`);
    space.style.setProperty("--snb-high", `${grid.height}px`);
    attribute(el, "data-layout", kind);
    // Not a container query: those cost a style pass for each row that comes into view.
    attribute(el, "data-narrow", String(grid.width <= NARROW));
  }

  /** The films that are seen come first. */
  function wanted(): string[] {
    const far = (n: number): number => Number(!seen(grid, place(n), el.scrollTop, height()));
    const order = [...drawn.items.keys()].sort((a, b) => far(a) - far(b)).map((n) => state.rows[place(n)]);
    return order.flatMap((row) => (row && row.seconds !== null && row.key !== null ? [row.key] : []));
  }

  function draw(again: boolean): void {
    frame = 0;
    const indices = nearby(grid, state.rows.length, el.scrollTop, height());
    if (state.active !== null) indices.add(place(state.active));
    drawn.keep(new Set([...indices].map((index) => state.rows[index]?.n)));
    for (const index of indices) {
      const { n } = state.rows[index] as { n: number };
      const item = drawn.items.get(n);
      if (!item || again) put(item ?? drawn.add(n), index);
    }
    drawn.trim();
    rest();
    rest = after(REST, signal, () => {
      sort();
      posters.want(wanted());
    });
  }

  el.addEventListener("scroll", () => {
    frame ||= requestAnimationFrame(() => draw(false));
  }, { passive: true, signal });
  const sizes = new ResizeObserver(() => {
    const same = width() === grid.width;
    if (!same) measure();
    draw(!same);
  });
  sizes.observe(el);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
  }, { once: true });

  return {
    get grid() {
      return grid;
    },
    height,
    measure,
    draw,
    sort,
    reveal(index) {
      const top = revealed(grid, index, el.scrollTop, height());
      if (top !== el.scrollTop) el.scrollTop = top;
    },
  };
}
