/** One row of a list of tasks, as Python tells it. */
import type { State } from "./card";

export type RowState = State | "planned" | "invalid";

/** What Python tells of one task (`display/rows/snapshot.py`). */
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
