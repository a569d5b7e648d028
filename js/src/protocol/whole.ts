/** The whole state of a view, which Python keeps in the one synced trait, `snapshot`. */
import type { Card } from "./card";

/** `number` counts the patches; `at` is the kernel's clock (Unix seconds) when it was sent. */
export interface Whole {
  number: number;
  at: number;
}

/** The state of a panel. */
export interface PanelSnapshot extends Whole {
  version: 1;
  view: "panel";
  cards: Card[];
}
