/** Where several films are as one: a playhead moves with the clock, and stands while they pause or wait. */

export interface Playhead {
  /** `waiting`: it plays, but stands until every film has a picture to show. */
  readonly mode: "paused" | "playing" | "waiting" | "ended";
  readonly rate: number;
  /** Seconds from the beginning, at the moment `since` (ms). */
  readonly at: number;
  readonly since: number;
}

export const AT_START: Playhead = { mode: "paused", rate: 1, at: 0, since: 0 };

/** A person who pressed play sees no pause button go while films are waited for. */
export const isPlaying = ({ mode }: Playhead): boolean => mode === "playing" || mode === "waiting";

/** `end`: seconds of the longest film. */
export function timeAt(head: Playhead, now: number, end: number): number {
  return head.mode === "playing" ? Math.min(end, head.at + ((now - head.since) / 1000) * head.rate) : head.at;
}

/** The same playhead with these changes, counted from now on; without `at` it stays where it is. */
export function changed(
  head: Playhead,
  changes: Partial<Pick<Playhead, "mode" | "rate" | "at">>,
  now: number,
  end: number,
): Playhead {
  const at = Math.min(end, Math.max(0, changes.at ?? timeAt(head, now, end)));
  return { ...head, ...changes, at, since: now };
}
