import { describe, expect, test } from "vitest";
import { announcement, prospect, saved, stateNews } from "../../src/card/words";
import { card } from "../support/stage";

const plain = (parts: ReturnType<typeof prospect>): string =>
  parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");

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

test("an announcement names the task, the state and the reason", () => {
  expect(announcement(card("failed_content"))).toBe(
    "Video task “A celebrity endorsing a toothbrush”: failed. The service refused the content.",
  );
});

test("what is there at the start is no news", () => {
  expect(stateNews()([card("processing")])).toBe("");
});

test("a change of state is said once, a tick or a note never", () => {
  const news = stateNews();
  news([card("queued")]);
  expect(news([card("processing")])).toMatch(/^Video task “A slow dolly.*: processing\.$/);
  expect(news([card("processing", { note: "The network is down." })])).toBe("");
});

test("two tasks that change together are said together", () => {
  const news = stateNews();
  news([card("queued"), card("unsure", { state: "submitting" })]);
  expect(news([card("processing"), card("unsure")])).toMatch(
    /processing\. Video task .*: unsure\. The answer to the submit was lost\./,
  );
});
