// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fills, mayFill, toggleFull } from "../../src/player/fullscreen";

let stage: HTMLElement;
let video: HTMLVideoElement & { webkitEnterFullscreen?: () => void };

function filled(element: Element | null): void {
  Object.defineProperty(document, "fullscreenElement", { value: element, configurable: true });
}

beforeEach(() => {
  stage = document.createElement("div");
  video = document.createElement("video");
  document.body.replaceChildren(stage);
  stage.requestFullscreen = vi.fn(() => Promise.resolve());
  document.exitFullscreen = vi.fn(() => Promise.resolve());
  filled(null);
});
afterEach(() => {
  filled(null);
  Object.defineProperty(document, "fullscreenEnabled", { value: true, configurable: true });
});

test("the stage with its controls fills the screen, and gives it back", async () => {
  await toggleFull(stage, video);
  expect(stage.requestFullscreen).toHaveBeenCalledTimes(1);
  filled(stage);
  expect(fills(stage)).toBe(true);
  await toggleFull(stage, video);
  expect(document.exitFullscreen).toHaveBeenCalledTimes(1);
});

test("an output whose page does not allow it offers nothing", () => {
  expect(mayFill(stage, video)).toBe(true);
  Object.defineProperty(document, "fullscreenEnabled", { value: false, configurable: true });
  expect(mayFill(stage, video)).toBe(false);
});

test("a telephone that gives it to a bare video only is asked for that", async () => {
  Object.assign(stage, { requestFullscreen: undefined });
  video.webkitEnterFullscreen = vi.fn();
  expect(mayFill(stage, video)).toBe(true);
  await toggleFull(stage, video);
  expect(video.webkitEnterFullscreen).toHaveBeenCalledTimes(1);
});

test("a refusal at the moment of asking is no error", async () => {
  stage.requestFullscreen = vi.fn(() => Promise.reject(new TypeError("not granted")));
  await expect(toggleFull(stage, video)).resolves.toBeUndefined();
});
