/** Which films are compared, whose sound is heard, and for how long they are watched. */
import type { Row } from "../protocol/row";

export interface Compared {
  rows: readonly Row[];
  /** The `n` of the one whose sound is heard. */
  heard: number | null;
}

/** Rows without a film go; where the film that was heard is gone, the first one is. */
export function comparedOf(rows: readonly Row[], heard: number | null): Compared {
  const there = rows.filter((row) => row.seconds !== null);
  return { rows: there, heard: there.some((row) => row.n === heard) ? heard : (there[0]?.n ?? null) };
}

export const longestOf = (rows: readonly Row[]): number => Math.max(...rows.map((row) => row.seconds ?? 0));

/** Seconds for which the films are watched from now on: in a loop, as long as anybody would look. */
export function watchedSeconds(event: "play" | "pause", longest: number, loop: boolean): number {
  const seconds = event === "play" ? longest : 0;
  return loop ? 3600 * Math.sign(seconds) : seconds;
}
