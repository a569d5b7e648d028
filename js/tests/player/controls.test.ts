// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { playerControls } from "../../src/player/controls";
import { playback, SPEEDS } from "../../src/player/playback";
import { film, find, settle, shown } from "../support/stage";

let video: HTMLVideoElement;
let stage: HTMLElement;
let bar: HTMLElement;
let life: AbortController;

function named(name: string): HTMLButtonElement {
  const found = [...bar.querySelectorAll("button")].find((el) => el.textContent === name);
  if (!found) throw new Error(`no button is named ${name}`);
  return found;
}

/** As a browser would: the property and its event. */
function playing(yes: boolean): void {
  Object.defineProperty(video, "paused", { value: !yes, configurable: true });
  video.dispatchEvent(new Event(yes ? "play" : "pause"));
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  video = document.createElement("video");
  stage = document.createElement("div");
  stage.requestFullscreen = vi.fn(() => Promise.resolve());
  const control = playback(video, stage, film({ seconds: 8 }), () => undefined);
  bar = playerControls(video, stage, control, document.createElement("i"), life.signal);
  stage.append(video, bar);
  document.body.replaceChildren(stage);
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const time = (): string | null => find(bar, ".snb-time").textContent;
const seek = (): HTMLInputElement => find<HTMLInputElement>(bar, "input");

function at(seconds: number): void {
  video.currentTime = seconds;
  video.dispatchEvent(new Event("timeupdate"));
}

test("where the film is and how long it is stand in tenths of a second", () => {
  expect(time()).toBe("0:00.0 / 0:08.0");
  at(3.14);
  expect(time()).toBe("0:03.1 / 0:08.0");
  expect([seek().value, seek().getAttribute("max")]).toEqual(["3.14", "8"]);
  expect(seek().getAttribute("aria-valuetext")).toBe("0:03.1 of 0:08.0");
});

test("the slider seeks", () => {
  seek().value = "5.5";
  seek().dispatchEvent(new Event("input"));
  expect(video.currentTime).toBe(5.5);
});

test("while it plays the time follows every drawn frame, and a screen reader is left in peace", () => {
  playing(true);
  video.currentTime = 1.25;
  vi.advanceTimersToNextFrame();
  expect(time()).toBe("0:01.2 / 0:08.0");
  expect(seek().getAttribute("aria-valuetext")).toBe("0:00.0 of 0:08.0");
  playing(false);
  expect(seek().getAttribute("aria-valuetext")).toBe("0:01.2 of 0:08.0");
  expect(vi.getTimerCount()).toBe(0);
});

test("the first button says what it will do", () => {
  const act = vi.spyOn(video, "play");
  named("Play").click();
  expect(act).toHaveBeenCalledTimes(1);
  playing(true);
  expect(named("Pause").title).toBe("Pause (K)");
});

test("loop and mute show whether they are on, whoever changed them", async () => {
  const pressed = (): (string | null)[] => ["Loop", "Mute"].map((name) => named(name).getAttribute("aria-pressed"));
  expect(pressed()).toEqual(["false", "false"]);
  named("Loop").click();
  named("Mute").click();
  video.dispatchEvent(new Event("volumechange"));
  await settle();
  await vi.advanceTimersByTimeAsync(0);
  expect(pressed()).toEqual(["true", "true"]);
});

test("the speeds reach from a quarter to double, and the list follows the keys", () => {
  const list = find<HTMLSelectElement>(bar, "select");
  expect([...list.options].map((option) => Number(option.value))).toEqual([...SPEEDS]);
  expect([SPEEDS[0], SPEEDS.at(-1)]).toEqual([0.25, 2]);
  list.value = "0.5";
  list.dispatchEvent(new Event("change"));
  expect(video.playbackRate).toBe(0.5);
  video.playbackRate = 1.5;
  video.dispatchEvent(new Event("ratechange"));
  expect(list.value).toBe("1.5");
});

test("everything that can be used has a name, also for those who see no picture", () => {
  expect([...bar.querySelectorAll("button")].map((el) => el.textContent)).toEqual([
    "Play",
    "One frame back",
    "One frame on",
    "Loop",
    "Mute",
    "Full screen",
  ]);
  for (const el of bar.querySelectorAll("input, select")) expect(el.getAttribute("aria-label")).toBeTruthy();
});

test("time runs from left to right in every script", () => {
  expect(bar.dir).toBe("ltr");
});

test("where nothing may fill the screen no button says so", () => {
  Object.assign(stage, { requestFullscreen: undefined });
  video.dispatchEvent(new Event("loadedmetadata"));
  expect(shown(named("Full screen"))).toBe(false);
});

test("a bar that ended follows nothing", async () => {
  playing(true);
  life.abort();
  at(5);
  video.loop = true;
  await vi.advanceTimersByTimeAsync(0);
  expect(named("Loop").getAttribute("aria-pressed")).toBe("false");
  expect(time()).toBe("0:00.0 / 0:08.0");
});
