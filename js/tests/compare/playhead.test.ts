import { expect, test } from "vitest";
import { AT_START, changed, isPlaying, timeAt, type Playhead } from "../../src/compare/playhead";

const playing: Playhead = { mode: "playing", rate: 2, at: 1, since: 1000 };

test("it moves with the clock and the speed, and not beyond the end", () => {
  expect([1000, 2000, 9000].map((now) => timeAt(playing, now, 8))).toEqual([1, 3, 8]);
});

test("it stands while it pauses, waits or has ended", () => {
  for (const mode of ["paused", "waiting", "ended"] as const) expect(timeAt({ ...playing, mode }, 5000, 8)).toBe(1);
});

test("who waits still plays", () => {
  const modes = ["paused", "playing", "waiting", "ended"] as const;
  expect(modes.map((mode) => isPlaying({ ...AT_START, mode }))).toEqual([false, true, true, false]);
});

test("another speed is counted from now on, and does not move it", () => {
  const slower = changed(playing, { rate: 0.5 }, 2000, 8);
  expect([timeAt(slower, 2000, 8), timeAt(slower, 4000, 8)]).toEqual([3, 4]);
});

test("nobody seeks before the beginning or beyond the end", () => {
  expect([-1, 5, 99].map((at) => changed(playing, { at }, 2000, 8).at)).toEqual([0, 5, 8]);
});
