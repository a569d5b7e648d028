import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reading, ticker, untilNextSecond } from "../../src/kit/clock";
import type { Clock } from "../../src/protocol/card";

const clock = (changes: Partial<Clock> = {}): Clock => ({ elapsed: 10, at: 0, speed: 1, running: true, ...changes });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a running clock goes on from where the snapshot left it", () => {
  expect(reading(clock(), 1000, 3500)).toBe(12.5);
});

test("service seconds pass faster by the simulator's speed", () => {
  expect(reading(clock({ speed: 100 }), 1000, 1500)).toBe(60);
});

test("a stopped clock stands still", () => {
  expect(reading(clock({ running: false }), 1000, 99_000)).toBe(10);
});

test("a clock never goes back behind its snapshot", () => {
  expect(reading(clock(), 5000, 4000)).toBe(10);
});

test("the next beat is where the whole second changes", () => {
  expect(untilNextSecond(clock(), 10.25)).toBe(750);
  expect(untilNextSecond(clock({ speed: 100 }), 10.25)).toBeCloseTo(7.5);
  expect(untilNextSecond(clock({ running: false }), 10)).toBeNull();
  expect(untilNextSecond(clock({ speed: 0 }), 10)).toBeNull();
});

test("a ticker beats at most four times a second, however fast the service runs", () => {
  const life = new AbortController();
  const beat = vi.fn(() => 1);
  const tick = ticker(life.signal);
  tick.add(beat, life.signal);
  tick.wake();
  vi.advanceTimersByTime(1000);
  expect(beat).toHaveBeenCalledTimes(5);
  life.abort();
});

test("a ticker sleeps when nothing moves, and wakes when asked", () => {
  const life = new AbortController();
  let wish: number | null = null;
  const beat = vi.fn(() => wish);
  const tick = ticker(life.signal);
  tick.add(beat, life.signal);
  tick.wake();
  expect(vi.getTimerCount()).toBe(0);
  wish = 1000;
  tick.wake();
  tick.wake();
  expect(vi.getTimerCount()).toBe(1);
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
});

test("a beat whose card is gone is not drawn again", () => {
  const life = new AbortController();
  const card = new AbortController();
  const beat = vi.fn(() => 1000);
  const tick = ticker(life.signal);
  tick.add(beat, card.signal);
  tick.wake();
  card.abort();
  vi.advanceTimersByTime(5000);
  expect(beat).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
