/** The time of a row: whether it runs, and what it shows at a moment. Pure. */
import type { Row, RowState } from "../protocol/row";

const MOVING: ReadonlySet<RowState> = new Set(["queued", "submitting", "pending", "processing", "saving"]);

/** Whether the row's clock runs. */
export function runs(row: Row): boolean {
  return MOVING.has(row.state);
}

/** Service seconds of a row's clock at a moment of the kernel's own clock (Unix seconds). */
export function elapsed({ clock: [seconds, at, speed], state }: Row, moment: number): number {
  return MOVING.has(state) ? seconds + Math.max(0, moment - at) * speed : seconds;
}
