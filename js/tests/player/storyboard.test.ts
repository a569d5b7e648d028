// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi, type Mock } from "vitest";
import type { Playback } from "../../src/player/playback";
import { moments, PICTURES, storyboard, type Storyboard } from "../../src/player/storyboard";
import { find, settle } from "../support/stage";

const FILM = "https://cdn.example.com/x.mp4";
let video: HTMLVideoElement;
let root: HTMLElement;
let life: AbortController;
let board: Storyboard;
let seek: Mock<(seconds: number) => void>;
let drawn: Mock<(...what: unknown[]) => void>;
/** Every video that was made for drawing. */
let sources: HTMLVideoElement[];

beforeEach(() => {
  life = new AbortController();
  drawn = vi.fn();
  seek = vi.fn((seconds: number) => void (video.currentTime = seconds));
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({ drawImage: drawn } as never);
  video = document.createElement("video");
  video.src = FILM;
  root = document.createElement("div");
  const control = { seek, time: () => video.currentTime, length: () => 6 } as unknown as Playback;
  board = storyboard(video, root, control, () => true, life.signal);
  root.append(video, board.button, board.strip);
  document.body.replaceChildren(root);
  sources = [];
  const made = document.createElement.bind(document);
  vi.spyOn(document, "createElement").mockImplementation(((tag: string) => {
    const el = made(tag);
    if (tag === "video") {
      Object.defineProperties(el, {
        duration: { value: 6 },
        videoWidth: { value: 1280 },
        videoHeight: { value: 720 },
      });
      sources.push(el as HTMLVideoElement);
    }
    return el;
  }) as typeof document.createElement);
});
afterEach(() => {
  life.abort();
  vi.restoreAllMocks();
});

async function told(event: string): Promise<void> {
  sources.at(-1)?.dispatchEvent(new Event(event));
  await settle();
}

const pictures = (): HTMLButtonElement[] => [...board.strip.querySelectorAll("button")];

function press(key: string, target: Element = root): boolean {
  return target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("nothing is loaded before it is opened; then each picture is sought and drawn in turn", async () => {
  expect([board.strip.hidden, sources.length, pictures().length]).toEqual([true, 0, 0]);
  board.button.click();
  await settle();
  expect(sources).toHaveLength(1);
  const [source] = sources as [HTMLVideoElement];
  expect([source.src, source.muted, source.isConnected, source.crossOrigin ?? null]).toEqual([FILM, true, false, null]);
  await told("loadedmetadata");
  for (const at of moments(6)) {
    expect(source.currentTime).toBeCloseTo(at);
    await told("seeked");
  }
  expect(drawn).toHaveBeenCalledTimes(PICTURES);
  expect(drawn).toHaveBeenLastCalledWith(source, 0, 0, 240, 135);
  expect(source.hasAttribute("src")).toBe(false);
});

test("closing calls the drawing off, opening begins anew", async () => {
  board.button.click();
  await told("loadedmetadata");
  await told("seeked");
  press("s");
  await settle();
  expect([board.strip.hidden, sources[0]?.hasAttribute("src")]).toEqual([true, false]);
  await told("seeked");
  expect(drawn).toHaveBeenCalledTimes(1);
  press("s");
  expect([board.strip.hidden, sources.length]).toEqual([false, 2]);
  expect(board.button.getAttribute("aria-expanded")).toBe("true");
});

test("a film that breaks down leaves the moments, which still lead there", async () => {
  board.button.click();
  await told("error");
  expect(sources[0]?.hasAttribute("src")).toBe(false);
  pictures()[3]?.click();
  expect(seek).toHaveBeenCalledWith(1.75);
  expect(pictures()[3]?.textContent).toBe("Go to 0:01.7");
});

test("a film that comes from another source is drawn from there", async () => {
  board.button.click();
  video.src = "blob:film";
  video.dispatchEvent(new Event("loadedmetadata"));
  await settle();
  expect(sources.map((source) => source.getAttribute("src"))).toEqual([null, "blob:film"]);
});

test("one picture is where the film is; arrows go along them and the player does not hear those keys", () => {
  board.button.click();
  video.currentTime = 3.1;
  video.dispatchEvent(new Event("seeked"));
  const current = (): number[] => pictures().flatMap((el, i) => (el.getAttribute("aria-current") ? [i] : []));
  expect(current()).toEqual([6]);
  expect(pictures().flatMap((el, i) => (el.tabIndex === 0 ? [i] : []))).toEqual([6]);
  const heard = vi.fn();
  root.addEventListener("keydown", heard);
  pictures()[6]?.focus();
  for (const [key, at] of [["ArrowRight", 7], ["ArrowLeft", 6], ["End", 11], ["ArrowRight", 11], ["Home", 0]] as const) {
    press(key, document.activeElement ?? root);
    expect(document.activeElement).toBe(pictures()[at]);
    expect(seek).toHaveBeenLastCalledWith(moments(6)[at]);
  }
  expect(heard).not.toHaveBeenCalled();
  press("k", find(board.strip, "button"));
  expect(heard).toHaveBeenCalledTimes(1);
});

test("its end stops the drawing", async () => {
  board.button.click();
  await told("loadedmetadata");
  life.abort();
  await settle();
  expect(sources[0]?.hasAttribute("src")).toBe(false);
});
