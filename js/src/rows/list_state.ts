/** What a list shows, and which of its rows are marked. */
import type { Row } from "../protocol/row";

/** Rows are named by their `n`. */
export interface ListState {
  rows: readonly Row[];
  /** The index of each row. */
  places: ReadonlyMap<number, number>;
  ahead: number;
  /** Null only while there are no rows. */
  active: number | null;
  opened: number | null;
  chosen: ReadonlySet<number>;
}
