/**
 * A list of tasks of any length: only the rows that are seen are in the page.
 *
 * An ARIA grid whose rows have the focus: arrows, Home, End and the Page keys move it, Enter opens,
 * Space selects, P picks. The row with the focus stays in the page wherever the list is scrolled to.
 */
import { untilNextSecond, type Ticker } from "../kit/clock";
import { attribute, focused, make } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { after } from "../kit/lifetime";
import type { Row } from "../protocol/row";
import { rowItem, type RowItem } from "./item";
import { span, type Layout } from "./layout";
import type { Posters } from "./posters";
import { elapsed, runs } from "./row_clock";

export interface RowListOptions {
  label: string;
  /** A person opened a row. */
  open(row: Row): void;
  /** Rows can be selected; called with the `n` of all that are. */
  select?(chosen: ReadonlySet<number>): void;
  /** Rows with a film can be picked. */
  pick?(row: Row): void;
}

export interface RowList {
  el: HTMLElement;
  /** `ahead`: by how many seconds this machine's clock is ahead of the kernel's. */
  show(rows: readonly Row[], ahead: number): void;
  layout(kind: Layout): void;
  /** Marks the row that is opened; null for none. */
  mark(n: number | null): void;
  /** Selects exactly these. */
  choose(chosen: ReadonlySet<number>): void;
  /** Gives the focus to the row that had it last, or the first. */
  focus(): void;
}

const LINE = 52;
const TILE = 164;
const NARROW = 520;
const CAPTION = 66;
/** Rows beyond each edge that are drawn before they are scrolled to. */
const SPARE = 6;
/** Pictures are asked for once the list has stood still for so many ms. */
const REST = 150;

export function rowList(
  env: Pick<Environment, "wall">,
  clock: Ticker,
  posters: Posters,
  options: RowListOptions,
  signal: AbortSignal,
): RowList {
  const space = make("div", "snb-space");
  space.setAttribute("role", "rowgroup");
  const el = make("div", "snb-rows", [space]);
  el.setAttribute("role", "grid");
  el.setAttribute("aria-label", options.label);
  if (options.select) el.setAttribute("aria-multiselectable", "true");

  let rows: readonly Row[] = [];
  let ahead = 0;
  let kind: Layout = "list";
  let [columns, height, width] = [1, LINE, 0];
  let active: number | null = null;
  let opened: number | null = null;
  let chosen: ReadonlySet<number> = new Set();
  let places = new Map<number, number>();
  const items = new Map<number, RowItem>();
  const spareItems: RowItem[] = [];
  let frame = 0;
  let rest: () => void = () => undefined;

  const view = (): number => el.clientHeight || 10 * LINE;

  function measure(): void {
    width = el.clientWidth || 640;
    columns = kind === "list" ? 1 : Math.max(1, Math.floor(width / TILE));
    height = kind === "list" ? LINE : Math.round((width / columns - 8) * 0.5625) + CAPTION;
    space.style.blockSize = `${Math.ceil(rows.length / columns) * height}px`;
    space.style.setProperty("--snb-wide", `${width / columns}px`);
    space.style.setProperty("--snb-high", `${height}px`);
    attribute(el, "data-layout", kind);
    // Not a container query: those cost a style pass for each row that comes into view.
    attribute(el, "data-narrow", String(width <= NARROW));
  }

  function put(item: RowItem, row: Row, index: number): void {
    const column = index % columns;
    item.move((column * width) / columns, Math.floor(index / columns) * height);
    item.show(row, index, {
      active: row.n === active,
      opened: row.n === opened,
      selected: options.select ? chosen.has(row.n) : null,
      pickable: options.pick !== undefined && row.seconds !== null,
      poster: row.key === null || row.seconds === null ? null : posters.get(row.key),
    });
    item.tick(elapsed(row, env.wall() - ahead));
  }

  /** Screen readers read in the page's order. The element with the focus is never moved: it would lose it. */
  function sort(): void {
    const order = [...items].sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0)).map(([, item]) => item.el);
    if (order.every((element, index) => space.children[index] === element)) return;
    const held = order.find((element) => element === focused(el));
    const pivot = held ? order.indexOf(held) : -1;
    order.forEach((element, index) => {
      if (index < pivot) space.insertBefore(element, held as Element);
      else if (index > pivot) space.append(element);
    });
  }

  /** The films that are seen come first. */
  function wanted(): string[] {
    const seen = ([n]: [number, RowItem]): number => {
      const top = Math.floor((places.get(n) ?? 0) / columns) * height - el.scrollTop;
      return top > -height && top < view() ? 0 : 1;
    };
    const order = [...items].sort((a, b) => seen(a) - seen(b)).map(([n]) => rows[places.get(n) ?? -1]);
    return order.flatMap((row) => (row && row.seconds !== null && row.key !== null ? [row.key] : []));
  }

  /** Brings the page to what is to be seen now; `again` draws rows that are there already anew. */
  function place(again: boolean): void {
    frame = 0;
    if (active === null || !places.has(active)) active = rows[0]?.n ?? null;
    const lines = Math.ceil(rows.length / columns);
    const [first, last] = span(lines, height, el.scrollTop, view(), kind === "list" ? SPARE : 2);
    const indices = new Set<number>();
    for (let index = first * columns; index < Math.min(rows.length, last * columns); index += 1) indices.add(index);
    if (active !== null) indices.add(places.get(active) ?? 0);
    const keep = new Set([...indices].map((index) => rows[index]?.n));
    for (const [n, item] of items) {
      if (keep.has(n)) continue;
      items.delete(n);
      spareItems.push(item);
    }
    for (const index of indices) {
      const row = rows[index] as Row;
      let item = items.get(row.n);
      if (item && !again) continue;
      if (!item) {
        // Taken over where it stands in the page: moving elements is what would make scrolling slow.
        item = spareItems.pop() ?? rowItem(options.select !== undefined, options.pick !== undefined);
        if (item.el.parentNode !== space) space.append(item.el);
        items.set(row.n, item);
      }
      put(item, row, index);
    }
    for (const { el } of spareItems) el.remove();
    rest();
    rest = after(REST, signal, () => {
      sort();
      posters.want(wanted());
    });
  }

  function beat(): number | null {
    let next = Infinity;
    for (const [n, item] of items) {
      const row = rows[places.get(n) ?? -1];
      if (!row || !runs(row)) continue;
      const [seconds, speed] = [elapsed(row, env.wall() - ahead), row.clock[2]];
      item.tick(seconds);
      next = Math.min(next, untilNextSecond({ elapsed: 0, at: 0, speed, running: true }, seconds) ?? Infinity);
    }
    return next < Infinity ? next : null;
  }

  function reveal(index: number): void {
    const top = Math.floor(index / columns) * height;
    if (top < el.scrollTop) el.scrollTop = top;
    else if (top + height > el.scrollTop + view()) el.scrollTop = top + height - view();
  }

  function go(index: number): void {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    active = row.n;
    reveal(places.get(row.n) ?? 0);
    place(true);
    items.get(row.n)?.el.focus({ preventScroll: true });
  }

  function toggle(row: Row): void {
    const next = new Set(chosen);
    if (!next.delete(row.n)) next.add(row.n);
    chosen = next;
    place(true);
    options.select?.(chosen);
  }

  function rowOf(target: EventTarget | null): Row | undefined {
    const at = (target as Element | null)?.closest?.("[aria-rowindex]")?.getAttribute("aria-rowindex");
    return at ? rows[Number(at) - 1] : undefined;
  }

  el.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    active = row.n;
    place(true);
    const part = (event.target as Element).closest("[data-part]")?.getAttribute("data-part");
    if (part === "check") toggle(row);
    else if (part === "pick") options.pick?.(row);
    else options.open(row);
  }, { signal });

  el.addEventListener("keydown", (event) => {
    const index = active === null ? -1 : (places.get(active) ?? -1);
    const row = rows[index];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(view() / height) - 1) * columns;
    const moves: Record<string, number> = {
      ArrowUp: index - columns,
      ArrowDown: index + columns,
      Home: 0,
      End: rows.length - 1,
      PageUp: index - page,
      PageDown: index + page,
      ...(kind === "posters" ? { ArrowLeft: index - 1, ArrowRight: index + 1 } : {}),
    };
    const to = moves[event.key];
    if (to !== undefined) go(to);
    else if (event.key === "Enter") options.open(row);
    else if (event.key === " " && options.select) toggle(row);
    else if (event.key.toLowerCase() === "p" && options.pick && row.seconds !== null) options.pick(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  el.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row && row.n !== active) {
      active = row.n;
      place(true);
    }
  }, { signal });

  el.addEventListener("scroll", () => {
    frame ||= requestAnimationFrame(() => place(false));
  }, { passive: true, signal });

  const sizes = new ResizeObserver(() => {
    if ((el.clientWidth || 640) === width) return place(false);
    measure();
    place(true);
  });
  sizes.observe(el);
  posters.arrived((key) => {
    for (const [n, item] of items) {
      const index = places.get(n) ?? -1;
      if (rows[index]?.key === key) put(item, rows[index] as Row, index);
    }
  });
  clock.add(beat, signal);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
  }, { once: true });

  return {
    el,
    show(next, seconds) {
      const before = active === null ? 0 : (places.get(active) ?? 0);
      const inside = el.contains(focused(el));
      rows = next;
      ahead = seconds;
      places = new Map(rows.map((row, index) => [row.n, index]));
      // The row that had the focus may be filtered away: its neighbour takes it.
      const lost = active !== null && !places.has(active);
      if (lost) active = rows[Math.min(before, rows.length - 1)]?.n ?? null;
      attribute(el, "aria-rowcount", String(rows.length));
      measure();
      place(true);
      sort();
      if (lost && inside && active !== null) items.get(active)?.el.focus({ preventScroll: true });
    },
    layout(next) {
      kind = next;
      measure();
      place(true);
      if (active !== null) reveal(places.get(active) ?? 0);
    },
    mark(n) {
      opened = n;
      place(true);
    },
    choose(next) {
      chosen = next;
      place(true);
    },
    focus() {
      go(active === null ? 0 : (places.get(active) ?? 0));
    },
  };
}
