// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { filmCover, LOADING, percent } from "../../src/player/cover";

test("the cover is there while it has something to say", () => {
  const cover = filmCover();
  cover.say(LOADING, true);
  expect([cover.el.hidden, cover.el.textContent, cover.el.dataset["busy"]]).toEqual([false, LOADING, "true"]);
  cover.say("", false);
  expect([cover.el.hidden, cover.el.textContent, cover.el.dataset["busy"]]).toEqual([true, "", "false"]);
});

test("what has arrived is told in whole percents, never more than there is", () => {
  expect([null, 0, 0.999, 1].map(percent)).toEqual(["", "0 %", "99 %", "100 %"]);
});
