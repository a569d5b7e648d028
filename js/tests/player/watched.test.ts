// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { secondsLeft, tellWatched } from "../../src/player/watched";
import { fakeEnvironment, film } from "../support/stage";

test("a film is watched until its end, and for one second at least", () => {
  expect([secondsLeft(8, 0), secondsLeft(8, 5), secondsLeft(8, 8)]).toEqual([8, 3, 1]);
});

test("the kernel hears when it plays, and when that is over", () => {
  const place = fakeEnvironment();
  const life = new AbortController();
  const video = document.createElement("video");
  tellWatched(video, "k", film({ seconds: 8 }), place, life.signal);
  video.currentTime = 2;
  for (const event of ["play", "pause", "ended"]) video.dispatchEvent(new Event(event));
  expect(place.sent).toEqual([6, 0, 0].map((seconds) => ({ kind: "playing", key: "k", seconds })));
  life.abort();
  video.dispatchEvent(new Event("play"));
  expect(place.sent).toHaveLength(3);
});
