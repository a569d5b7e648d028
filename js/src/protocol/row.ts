/** One row of a list of tasks, as Python tells it. */
import type { State } from "./card";

export type RowState = State | "planned" | "invalid";

/** What Python tells of one task (`display/gallery.py`). */
export interface Row {
  /** Tells rows apart, and is the order in which they came. */
  n: number;
  /** Null for a row that nothing was asked for. */
  key: string | null;
  prompt: string;
  facts: string;
  frame: "landscape" | "portrait";
  state: RowState;
  /** Service seconds since the submit; the kernel's Unix seconds when they were so many; speed. */
  clock: [number, number, number];
  error: string | null;
  /** The film's length, or null while there is none. */
  seconds: number | null;
  picked: boolean;
}

export type Layout = "list" | "posters";

const MOVING: ReadonlySet<RowState> = new Set(["queued", "submitting", "pending", "processing", "saving"]);

/** Whether the row's clock runs. */
export function runs(row: Row): boolean {
  return MOVING.has(row.state);
}

/** Service seconds of a row's clock at a moment of the kernel's own clock (Unix seconds). */
export function elapsed({ clock: [seconds, at, speed], state }: Row, moment: number): number {
  return MOVING.has(state) ? seconds + Math.max(0, moment - at) * speed : seconds;
}

/** The lines from the first to before the last that are seen or nearly so. */
export function span(lines: number, height: number, top: number, view: number, spare: number): [number, number] {
  const first = Math.max(0, Math.floor(top / height) - spare);
  return [Math.min(first, lines), Math.min(lines, Math.ceil((top + view) / height) + spare)];
}
