/** Time that passes in the browser between two snapshots. */
import type { Clock } from "../protocol/card";
import { after } from "./lifetime";

/** No element is written more often than this, however fast the service runs. */
const FASTEST_BEAT = 250;

/** Service seconds at `now`, for a clock that was right at `since` (both ms of the same clock). */
export function reading(clock: Clock, since: number, now: number): number {
  if (!clock.running) return clock.elapsed;
  return clock.elapsed + (Math.max(0, now - since) / 1000) * clock.speed;
}

/** Milliseconds until the whole seconds of a reading change; null when they never will. */
export function untilNextSecond(clock: Clock, elapsed: number): number | null {
  if (!clock.running || !(clock.speed > 0)) return null;
  return ((Math.floor(elapsed) + 1 - elapsed) / clock.speed) * 1000;
}

/** Draws what depends on the time; says in how many ms it wants to be drawn again, or null. */
export type Beat = () => number | null;

export interface Ticker {
  /** Joins the beats until `signal` aborts. */
  add(beat: Beat, signal: AbortSignal): void;
  /** Draws everything now and plans the next beat. */
  wake(): void;
}

/** One timer for a whole panel, running only while something moves. */
export function ticker(signal: AbortSignal): Ticker {
  const beats = new Set<Beat>();
  let callOff: () => void = () => undefined;

  function wake(): void {
    callOff();
    let next = Infinity;
    for (const beat of beats) next = Math.min(next, beat() ?? Infinity);
    if (next < Infinity) callOff = after(Math.max(FASTEST_BEAT, Math.ceil(next)), signal, wake);
  }

  return {
    add(beat, life) {
      beats.add(beat);
      life.addEventListener("abort", () => beats.delete(beat), { once: true });
    },
    wake,
  };
}
