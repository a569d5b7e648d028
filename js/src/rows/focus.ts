/** Which row has the focus next. Pure. */
import type { Row } from "../protocol/row";
import type { Grid } from "./layout";

/** Where a key leads from the row at `index`; it may lie beyond the ends. */
export function destination(key: string, index: number, count: number, { kind, columns, height }: Grid, view: number): number | undefined {
  const page = Math.max(1, Math.floor(view / height) - 1) * columns;
  const moves: Record<string, number> = {
    ArrowUp: index - columns,
    ArrowDown: index + columns,
    Home: 0,
    End: count - 1,
    PageUp: index - page,
    PageDown: index + page,
    ...(kind === "posters" ? { ArrowLeft: index - 1, ArrowRight: index + 1 } : {}),
  };
  return moves[key];
}

/** The row had the focus at index `before`; if it is filtered away, its neighbour takes it. */
export function heir(active: number | null, before: number, rows: readonly Row[], places: ReadonlyMap<number, number>): number | null {
  if (active !== null && places.has(active)) return active;
  return rows[Math.min(before, rows.length - 1)]?.n ?? null;
}
