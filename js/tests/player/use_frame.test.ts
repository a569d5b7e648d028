// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFrameView, type UseFrameView } from "../../src/player/use_frame";
import { fakeEnvironment, find, shown, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let life: AbortController;
let video: HTMLVideoElement;
let still: UseFrameView;

beforeEach(() => {
  vi.useFakeTimers();
  place = fakeEnvironment();
  life = new AbortController();
  video = document.createElement("video");
  still = useFrameView("k", video, place, life.signal);
  document.body.replaceChildren(still.button, still.answer);
});
afterEach(() => {
  life.abort();
  expect([vi.getTimerCount(), place.listening()]).toEqual([0, 0]);
  vi.useRealTimers();
});

const label = (): string | null => still.button.textContent;

test("a click pauses and asks for the frame that is shown, once", () => {
  const pause = vi.spyOn(video, "pause");
  video.currentTime = 3.1;
  still.button.click();
  still.button.click();
  expect(pause).toHaveBeenCalledTimes(1);
  expect(place.sent).toEqual([{ kind: "frame", key: "k", seconds: 3.1 }]);
  expect([label(), still.button.getAttribute("aria-disabled")]).toEqual(["Asked…", "true"]);
});

test("the answer says where the picture is and how Python gets it", () => {
  still.button.click();
  place.say({ kind: "frame", key: "k", seconds: 3.1, path: "sora_videos/boat_0003100ms.png" });
  expect(still.answer.textContent).toBe(
    'Frame at 0:03.1 saved as sora_videos/boat_0003100ms.pngIn Python: sora.get("k").video().frame()',
  );
  expect(still.answer.getAttribute("role")).toBe("status");
  expect([shown(still.answer), label(), still.button.hasAttribute("aria-disabled")]).toEqual([true, "Use this frame", false]);
  vi.advanceTimersByTime(20_000);
  expect(still.answer.textContent).toContain("saved as");
});

test("trouble is told in the kernel's words, without a path", () => {
  place.say({ kind: "frame", key: "k", seconds: 1, path: "a.png" });
  place.say({ kind: "frame", key: "k", seconds: 1, error: "The frame was not saved: the disk is full" });
  expect(find(still.answer, "span").textContent).toBe("The frame was not saved: the disk is full");
  expect([...still.answer.querySelectorAll("code")].some(shown)).toBe(false);
});

test("a silent kernel is named, and may be asked again", () => {
  still.button.click();
  vi.advanceTimersByTime(10_000);
  expect(still.answer.textContent).toMatch(/^The kernel is busy, or gone/);
  still.button.click();
  expect(place.sent).toHaveLength(2);
  place.say({ kind: "frame", key: "k", seconds: 0, path: "late.png" });
  expect(still.answer.textContent).toContain("late.png");
});

test("nothing is shown before, and other answers are not for this film", () => {
  expect(shown(still.answer)).toBe(false);
  for (const message of [
    null,
    "frame",
    { kind: "frame", key: "other", seconds: 1, path: "x.png" },
    { kind: "film", key: "k", request: 7, error: "gone" },
    { kind: "frame", key: "k", path: "x.png" },
  ]) {
    place.say(message);
  }
  expect(shown(still.answer)).toBe(false);
});

test("markup in an answer is text", () => {
  place.say({ kind: "frame", key: "k", seconds: 1, path: "<img src=x onerror=alert(1)>" });
  place.say({ kind: "frame", key: "k", seconds: 1, path: "<img src=x onerror=alert(1)>" });
  expect(still.answer.querySelector("img")).toBeNull();
  expect(still.answer.textContent).toContain("<img src=x");
});
