/** The gallery as Python tells it. The other side is `display/gallery/state.py`. */
import type { Row } from "./row";
import type { Whole } from "./whole";

/** What can be asked of a whole sweep. */
export type SweepAct = "start" | "pause" | "continue" | "stop" | "retry_failed";

/** What Python tells of all rows together. */
export interface Head {
  title: string;
  simulated: boolean;
  paused: boolean;
  actions: SweepAct[];
  /** What a click on these may cost. */
  hint: string | null;
  /** When it began (the kernel's Unix seconds), and how fast the service's time passes. */
  began: { at: number; speed: number } | null;
  /** The moments by which all are done as likely as not, and nine times in ten. */
  estimate: { median: number; p90: number } | null;
  /** USD so far and in all; null where the price is not known. */
  spent: number | null;
  cost: number | null;
  note: string | null;
}

/** The one synced value of a gallery. */
export interface GallerySnapshot extends Whole, Head {
  version: 1;
  view: "gallery";
  /** All films are opened side by side at once. */
  comparing: boolean;
  rows: Row[];
}
