// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { announcer } from "../../src/kit/announcer";
import { card } from "../support/stage";

test("what is there at the start is not read aloud", () => {
  const live = announcer();
  live.compare([card("processing")]);
  expect(live.el.getAttribute("aria-live")).toBe("polite");
  expect(live.el.textContent).toBe("");
});

test("a change of state is said once, a tick or a note never", () => {
  const live = announcer();
  live.compare([card("queued")]);
  live.compare([card("processing")]);
  expect(live.el.textContent).toMatch(/^Video task “A slow dolly.*: processing\.$/);
  const said = live.el.firstChild;
  live.compare([card("processing", { note: "The network is down." })]);
  expect(live.el.firstChild).toBe(said);
});

test("two tasks that change together are said together", () => {
  const live = announcer();
  const [a, b] = [card("queued"), card("unsure", { state: "submitting" })];
  live.compare([a, b]);
  live.compare([card("processing"), card("unsure")]);
  expect(live.el.textContent).toMatch(/processing\. Video task .*: unsure\. The answer to the submit was lost\./);
});
