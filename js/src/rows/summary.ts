/** What became of many films, said aloud together instead of one by one. */
import { after } from "../kit/lifetime";
import type { Row, RowState } from "../protocol/row";

/** Said at most once in so many ms. */
const GATHER = 15_000;

/** How many rows there are in each state. */
export function counted(rows: readonly Row[]): Map<RowState, number> {
  const found = new Map<RowState, number>();
  for (const { state } of rows) found.set(state, (found.get(state) ?? 0) + 1);
  return found;
}

function films(count: number): string {
  return count === 1 ? "1 film" : `${count} films`;
}

/** How many are ready, and what needs a person; one sentence. */
export function summary(rows: readonly Row[]): string {
  const counts = counted(rows);
  const parts = (["ready", "failed", "unsure", "stopped"] as const).flatMap((state) => {
    const count = counts.get(state);
    return count ? [`${count} ${state}`] : [];
  });
  return `${films(rows.length)}: ${parts.join(", ") || "none ready yet"}.`;
}

/**
 * A function to call after each change: says what `news` then gives (or nothing for ""), now or
 * together with what follows; `ended`: nothing follows, which is said at once.
 */
export function gathered(
  news: () => string,
  say: (text: string) => void,
  signal: AbortSignal,
): (ended: boolean) => void {
  let waiting: (() => void) | null = null;

  return function tell(ended) {
    if (waiting !== null && !ended) return;
    const text = news();
    if (text === "") return;
    say(text);
    waiting?.();
    waiting = after(GATHER, signal, () => {
      waiting = null;
      tell(false);
    });
  };
}
