// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { frameBeside, playback, speedBeside, type Playback } from "../../src/player/playback";
import type { Film } from "../../src/protocol/card";
import { film, settle } from "../support/stage";

let video: HTMLVideoElement;
let said: string[];

function control(changes: Partial<Film> = {}): Playback {
  return playback(video, document.createElement("div"), film({ seconds: 8, fps: 24, ...changes }), (text) => said.push(text));
}

beforeEach(() => {
  video = document.createElement("video");
  said = [];
});

describe("one frame", () => {
  test.each([
    [0, 1, 1.5 / 24],
    [1.5 / 24, 1, 2.5 / 24],
    [1.5 / 24, -1, 0.5 / 24],
    [0, -1, 0.5 / 24],
    [3 / 24, -1, 2.5 / 24],
    [0.1249999, 1, 4.5 / 24],
    [8, -1, 190.5 / 24],
    [8, 1, 191.5 / 24],
    [100, 1, 191.5 / 24],
  ])("from %s by %s is the middle of frame at %s", (time, by, wanted) => {
    expect(frameBeside(time, by, 24, 8)).toBeCloseTo(wanted, 9);
  });

  test("forward and back again is the frame where it began, at any rate", () => {
    for (const fps of [10, 23.976, 24, 29.97, 30, 60]) {
      const here = frameBeside(2, 0, fps, 8);
      expect(frameBeside(frameBeside(here, 1, fps, 8), -1, fps, 8)).toBeCloseTo(here, 9);
    }
  });

  test("of a film without a length is its first", () => {
    expect(frameBeside(0, 1, 24, 0)).toBeCloseTo(0.5 / 24);
  });
});

test("a step pauses and moves by the film's own frames, or by 24 a second where they are unknown", () => {
  video.currentTime = 1;
  const pause = vi.spyOn(video, "pause");
  control({ fps: 10 }).act("later");
  expect(pause).toHaveBeenCalled();
  expect(video.currentTime).toBeCloseTo(1.15);
  video.currentTime = 1;
  control({ fps: null }).act("later");
  expect(video.currentTime).toBeCloseTo(25.5 / 24);
  expect(said).toEqual(["Frame at 0:01.1", "Frame at 0:01.0"]);
});

test("seeking goes by a second, to the ends, and never beyond them", () => {
  const { act, seek } = control();
  const at = (): number => video.currentTime;
  seek(3.5);
  act("forward");
  expect(at()).toBe(4.5);
  act("back");
  expect(at()).toBe(3.5);
  act("end");
  expect(at()).toBe(8);
  act("forward");
  expect(at()).toBe(8);
  act("start");
  act("back");
  expect(at()).toBe(0);
});

test("the speeds are walked through, from a quarter to double", () => {
  const { act } = control();
  const speeds: number[] = [];
  for (let press = 0; press < 4; press += 1) {
    act("faster");
    speeds.push(video.playbackRate);
  }
  expect(speeds).toEqual([1.25, 1.5, 2, 2]);
  for (let press = 0; press < 8; press += 1) act("slower");
  expect(video.playbackRate).toBe(0.25);
  expect(said.slice(0, 2)).toEqual(["Speed 1.25×", "Speed 1.5×"]);
  expect(speedBeside(1.1, 1)).toBe(1.25);
  expect(speedBeside(1.1, -1)).toBe(1);
});

test("a speed stays when the film comes from another address", () => {
  control().speed(2);
  expect([video.playbackRate, video.defaultPlaybackRate]).toEqual([2, 2]);
});

test("loop and sound go on and off, and say so", () => {
  const { act } = control();
  for (const name of ["loop", "loop", "mute", "mute"] as const) act(name);
  expect([video.loop, video.muted]).toEqual([false, false]);
  expect(said).toEqual(["Loop on", "Loop off", "Sound off", "Sound on"]);
});

test("a page that refuses to play is no error", async () => {
  vi.spyOn(video, "play").mockRejectedValue(new DOMException("not now", "NotAllowedError"));
  control().act("play");
  await settle();
  expect(video.paused).toBe(true);
});

test("the length is the video's own once it knows it", () => {
  const { length } = control();
  expect(length()).toBe(8);
  Object.defineProperty(video, "duration", { value: 8.04 });
  expect(length()).toBe(8.04);
});
