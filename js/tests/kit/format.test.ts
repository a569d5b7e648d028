import { describe, expect, test } from "vitest";
import { announcement, bytes, duration, length, prospect, saved, shortened, timecode } from "../../src/kit/format";
import { card } from "../support/stage";

const plain = (parts: ReturnType<typeof prospect>): string =>
  parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");

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

describe("the estimate", () => {
  const estimate = { median: 188, p90: 250, max: 330, source: "your last 23" };

  test("says when half and nine in ten are done", () => {
    expect(plain(prospect(estimate, 111))).toBe("half are done by 3:08, nine in ten by 4:10");
  });

  test("says past nine in ten that it takes longer, and promises nothing", () => {
    expect(plain(prospect(estimate, 250))).toContain("nine in ten by 4:10");
    expect(plain(prospect(estimate, 250.1))).toBe("longer than nine in ten");
  });

  test("never holds a percentage", () => {
    for (let age = 0; age < 400; age += 7) expect(plain(prospect(estimate, age))).not.toContain("%");
  });
});

test("saving tells the total only when it is known", () => {
  expect(saved({ received: 3_250_585, total: 5_452_595 })).toBe("saving the film: 3.3 MB of 5.5 MB");
  expect(saved({ received: 3_250_585, total: null })).toBe("saving the film: 3.3 MB so far");
});

test("shortening counts code points and never cuts one in two", () => {
  expect(shortened("🚤🚤🚤🚤", 3)).toBe("🚤🚤…");
  expect(shortened("🚤🚤🚤", 3)).toBe("🚤🚤🚤");
});

test("an announcement names the task, the state and the reason", () => {
  expect(announcement(card("failed_content"))).toBe(
    "Video task “A celebrity endorsing a toothbrush”: failed. The service refused the content.",
  );
});
