/** The comparison that stands beside or below a list, while there is one. */
import type { Environment } from "../kit/environment";
import { childOf } from "../kit/lifetime";
import type { Row } from "../protocol/row";
import { compareView, FEWEST, MOST, type Comparison } from "./compare";

export interface DockOptions {
  announce(text: string): void;
  pick(row: Row): void;
  /** The row of that `n` as it is now. */
  find(n: number): Row | null;
  /** A person closed it, or left out all but one. */
  leave(): void;
}

export interface ComparisonDock {
  /** Opens these films in `side`; false where they are too few or too many. */
  start(rows: readonly Row[]): boolean;
  end(): void;
  /** Shows the rows as they are now. */
  draw(): void;
}

export function comparisonDock(side: Element, env: Environment, options: DockOptions, signal: AbortSignal): ComparisonDock {
  let open: { view: Comparison; life: AbortController; rows: number[] } | null = null;

  function draw(): void {
    open?.view.show(open.rows.flatMap((n) => options.find(n) ?? []));
  }

  function end(): void {
    open?.life.abort();
    open = null;
  }

  function leaveOut(row: Row): void {
    if (!open) return;
    open.rows = open.rows.filter((n) => n !== row.n);
    if (open.rows.length < FEWEST) options.leave();
    else draw();
  }

  return {
    start(rows) {
      if (rows.length < FEWEST || rows.length > MOST) return false;
      end();
      const life = childOf(signal);
      const { announce, pick } = options;
      const view = compareView(rows, env, { announce, pick, leave: leaveOut, close: options.leave }, life.signal);
      open = { view, life, rows: rows.map((row) => row.n) };
      side.append(view.el);
      announce(`${rows.length} films side by side.`);
      view.el.scrollIntoView?.({ block: "nearest" });
      return true;
    },
    end,
    draw,
  };
}
