/**
 * A list of tasks of any length: only the rows that are seen are in the page.
 *
 * An ARIA grid whose rows have the focus: arrows, Home, End and the Page keys move it, Enter opens,
 * Space selects, P picks. The row with the focus stays in the page wherever the list is scrolled to.
 */
import { untilNextSecond, type Ticker } from "../kit/clock";
import { attribute, focused, make } from "../kit/dom";
import type { Environment } from "../kit/environment";
import type { Row } from "../protocol/row";
import { drawnRows, type DrawnRows } from "./drawn_rows";
import { destination, heir } from "./focus";
import { rowItem, type RowItem } from "./item";
import { corner, type Layout } from "./layout";
import type { ListState } from "./list_state";
import type { Posters } from "./posters";
import { elapsed, runs } from "./row_clock";
import { viewport, type Viewport } from "./viewport";

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

function elements({ label, select }: RowListOptions): [HTMLElement, HTMLElement] {
  const space = make("div", "snb-space");
  space.setAttribute("role", "rowgroup");
  const el = make("div", "snb-rows", [space]);
  el.setAttribute("role", "grid");
  el.setAttribute("aria-label", label);
  if (select) el.setAttribute("aria-multiselectable", "true");
  return [el, space];
}

export function rowList(
  env: Pick<Environment, "wall">,
  clock: Ticker,
  posters: Posters,
  options: RowListOptions,
  signal: AbortSignal,
): RowList {
  const { select, pick } = options;
  const [el, space] = elements(options);
  const state: ListState = { rows: [], places: new Map(), ahead: 0, active: null, opened: null, chosen: new Set() };
  const drawn = drawnRows(space, () => rowItem(select !== undefined, pick !== undefined));
  const view = viewport(el, space, state, drawn, put, posters, signal);
  const activeIndex = (): number => state.places.get(state.active ?? -1) ?? 0;
  const seconds = (row: Row): number => elapsed(row, env.wall() - state.ahead);
  const takeFocus = (): void => drawn.items.get(state.active ?? -1)?.el.focus({ preventScroll: true });

  function put(item: RowItem, index: number): void {
    const row = state.rows[index] as Row;
    item.move(...corner(view.grid, index));
    item.show(row, index, {
      active: row.n === state.active,
      opened: row.n === state.opened,
      selected: select ? state.chosen.has(row.n) : null,
      pickable: pick !== undefined && row.seconds !== null,
      poster: row.key === null || row.seconds === null ? null : posters.get(row.key),
    });
    item.tick(seconds(row));
  }

  /** Takes over what changed, and draws it. */
  function set(changes: Partial<ListState>): void {
    Object.assign(state, changes);
    view.draw(true);
  }

  function go(index: number): void {
    const at = Math.min(state.rows.length - 1, Math.max(0, index));
    const row = state.rows[at];
    if (!row) return;
    view.reveal(at);
    set({ active: row.n });
    takeFocus();
  }

  posters.arrived((key) => {
    for (const [n, item] of drawn.items) {
      const index = state.places.get(n) ?? -1;
      if (state.rows[index]?.key === key) put(item, index);
    }
  });
  clock.add(() => tick(drawn.items, state, seconds), signal);
  listen(el, state, options, view, set, go, signal);

  return {
    el,
    show(rows, ahead) {
      const inside = el.contains(focused(el));
      const places = new Map(rows.map((row, index) => [row.n, index]));
      const active = heir(state.active, activeIndex(), rows, places);
      const lost = state.active !== null && active !== state.active;
      Object.assign(state, { rows, ahead, places, active });
      attribute(el, "aria-rowcount", String(rows.length));
      view.measure();
      view.draw(true);
      view.sort();
      if (lost && inside) takeFocus();
    },
    layout(kind) {
      view.measure(kind);
      view.draw(true);
      if (state.active !== null) view.reveal(activeIndex());
    },
    mark: (opened) => set({ opened }),
    choose: (chosen) => set({ chosen }),
    focus: () => go(activeIndex()),
  };
}

/** Moves the clocks that run; returns the ms until one of them shows something else. */
function tick(items: DrawnRows["items"], { rows, places }: ListState, seconds: (row: Row) => number): number | null {
  let next = Infinity;
  for (const [n, item] of items) {
    const row = rows[places.get(n) ?? -1];
    if (!row || !runs(row)) continue;
    const [now, speed] = [seconds(row), row.clock[2]];
    item.tick(now);
    next = Math.min(next, untilNextSecond({ elapsed: 0, at: 0, speed, running: true }, now) ?? Infinity);
  }
  return next < Infinity ? next : null;
}

/** What a person does in the list, by pointer and by key. */
function listen(
  el: HTMLElement,
  state: Readonly<ListState>,
  { open, select, pick }: RowListOptions,
  view: Viewport,
  set: (changes: Partial<ListState>) => void,
  go: (index: number) => void,
  signal: AbortSignal,
): void {
  function rowOf(target: EventTarget | null): Row | undefined {
    const at = (target as Element | null)?.closest?.("[aria-rowindex]")?.getAttribute("aria-rowindex");
    return at ? state.rows[Number(at) - 1] : undefined;
  }

  function toggle(row: Row): void {
    const chosen = new Set(state.chosen);
    if (!chosen.delete(row.n)) chosen.add(row.n);
    set({ chosen });
    select?.(chosen);
  }

  el.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    set({ active: row.n });
    const part = (event.target as Element).closest("[data-part]")?.getAttribute("data-part");
    if (part === "check") toggle(row);
    else if (part === "pick") pick?.(row);
    else open(row);
  }, { signal });

  el.addEventListener("keydown", (event) => {
    const index = state.places.get(state.active ?? -1) ?? -1;
    const row = state.rows[index];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = destination(event.key, index, state.rows.length, view.grid, view.height());
    if (to !== undefined) go(to);
    else if (event.key === "Enter") open(row);
    else if (event.key === " " && select) toggle(row);
    else if (event.key.toLowerCase() === "p" && pick && row.seconds !== null) pick(row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  el.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row && row.n !== state.active) set({ active: row.n });
  }, { signal });
}
