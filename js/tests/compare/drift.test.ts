import { expect, test } from "vitest";
import { correction, isOver, known, lacksPicture, placeIn } from "../../src/compare/drift";

test("a film's length is known once it is a number above zero", () => {
  expect([NaN, Infinity, 0, 4].map((duration) => known({ duration }))).toEqual([false, false, false, true]);
});

test("a shorter film stays at its last picture, one of unknown length goes along", () => {
  expect([placeIn({ duration: 4 }, 6), placeIn({ duration: 8 }, 6), placeIn({ duration: NaN }, 6)]).toEqual([4, 6, 6]);
});

test("a film is over from its end on, less the margin", () => {
  expect([3.8, 3.9, 4].map((at) => isOver({ duration: 4 }, at, 0.1))).toEqual([false, true, true]);
  expect(isOver({ duration: NaN }, 99, 0.1)).toBe(false);
});

test("a film lacks a picture while it loads, but not when it is broken, over, or all are at the end", () => {
  const loading = { duration: 4, readyState: 2, error: null };
  expect(lacksPicture(loading, 1, 8)).toBe(true);
  expect(lacksPicture({ ...loading, readyState: 3 }, 1, 8)).toBe(false);
  expect(lacksPicture({ ...loading, error: {} as MediaError }, 1, 8)).toBe(false);
  expect(lacksPicture(loading, 3.95, 8)).toBe(false);
  expect(lacksPicture({ ...loading, duration: NaN }, 7.95, 8)).toBe(false);
});

test("less than a frame is let be, a little is made good by speed, and much by a jump", () => {
  expect([0.03, -0.03].map((drift) => correction(drift, 2))).toEqual(Array(2).fill({ jump: false, rate: 2 }));
  expect(correction(0.1, 1)).toEqual({ jump: false, rate: 0.93 });
  expect(correction(-0.3, 1)).toEqual({ jump: false, rate: 1.07 });
  expect([0.31, -0.31].map((drift) => correction(drift, 2))).toEqual(Array(2).fill({ jump: true, rate: 2 }));
});
