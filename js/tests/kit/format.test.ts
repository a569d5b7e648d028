import { expect, test } from "vitest";
import { bytes, duration, length, shortened, timecode } from "../../src/kit/format";

test.each([
  [0, "0:00"],
  [59.99, "0:59"],
  [111.6, "1:51"],
  [3725, "1:02:05"],
  [-4, "0:00"],
])("%d seconds are written %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [0, "0:00.0"],
  [3.14, "0:03.1"],
  [0.1 + 0.2, "0:00.3"],
  [3.0999999, "0:03.1"],
  [59.99, "0:59.9"],
  [600, "10:00.0"],
  [3725.5, "1:02:05.5"],
  [-1, "0:00.0"],
])("the moment %d is written %s", (seconds, text) => expect(timecode(seconds)).toBe(text));

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [5_452_595, "5.5 MB"],
  [99_960_000, "100 MB"],
  [5_000_000_000, "5.0 GB"],
])("%d bytes are written %s", (count, text) => expect(bytes(count)).toBe(text));

test("the length of a film drops decimals that say nothing", () => {
  expect([length(8), length(8.04), length(7.5)]).toEqual(["8 s", "8 s", "7.5 s"]);
});

test("shortening counts code points and never cuts one in two", () => {
  expect(shortened("🚤🚤🚤🚤", 3)).toBe("🚤🚤…");
  expect(shortened("🚤🚤🚤", 3)).toBe("🚤🚤🚤");
});
