/** Where the rows of a list stand, and which of them are in view. Pure. */

export type Layout = "list" | "posters";

/** Pixels: the height of a line of the list, the least width of a picture, what stands below a picture. */
export const LINE = 52;
const TILE = 164;
const CAPTION = 66;
/** Lines beyond each edge that are drawn before they are scrolled to. */
const SPARE: Record<Layout, number> = { list: 6, posters: 2 };

/** Rows stand beside each other in columns; `height` is that of a line of them, in pixels. */
export interface Grid {
  kind: Layout;
  columns: number;
  width: number;
  height: number;
}

export function gridOf(kind: Layout, width: number): Grid {
  const columns = kind === "list" ? 1 : Math.max(1, Math.floor(width / TILE));
  return { kind, columns, width, height: kind === "list" ? LINE : Math.round((width / columns - 8) * 0.5625) + CAPTION };
}

/** Where a row's corner is, in pixels from the list's own. */
export function corner({ columns, width, height }: Grid, index: number): [number, number] {
  return [((index % columns) * width) / columns, Math.floor(index / columns) * height];
}

/** The lines from the first to before the last that are seen or nearly so. */
export function span(lines: number, height: number, top: number, view: number, spare: number): [number, number] {
  const first = Math.max(0, Math.floor(top / height) - spare);
  return [Math.min(first, lines), Math.min(lines, Math.ceil((top + view) / height) + spare)];
}

/** The rows that are seen or nearly so, of `count`. */
export function nearby({ kind, columns, height }: Grid, count: number, top: number, view: number): Set<number> {
  const [first, last] = span(Math.ceil(count / columns), height, top, view, SPARE[kind]);
  const from = first * columns;
  return new Set(Array.from({ length: Math.max(0, Math.min(count, last * columns) - from) }, (_, index) => from + index));
}

export function seen(grid: Grid, index: number, top: number, view: number): boolean {
  const below = corner(grid, index)[1] - top;
  return below > -grid.height && below < view;
}

/** How far to scroll so that the whole row is seen: no further than it needs. */
export function revealed(grid: Grid, index: number, top: number, view: number): number {
  const at = corner(grid, index)[1];
  return Math.min(at, Math.max(top, at + grid.height - view));
}
