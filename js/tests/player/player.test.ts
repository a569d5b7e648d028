// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi, type Mock } from "vitest";
import { playerView, sameFilm, type PlayerView } from "../../src/player/player";
import type { Film } from "../../src/protocol/card";
import { button, fakeEnvironment, film, find, settle, shown, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let tools: { copy: Mock<(text: string) => Promise<boolean>>; announce: Mock<(text: string) => void> };
let life: AbortController;

async function play(changes: Partial<Film> = {}): Promise<PlayerView> {
  const view = playerView("k", film({ server_path: null, url: null, ...changes }), "Film", place, tools, life.signal);
  document.body.replaceChildren(view.stage, view.facts);
  await settle();
  return view;
}

const video = (): HTMLVideoElement => find<HTMLVideoElement>(document, "video");
const cover = (): HTMLElement => find(document, ".snb-cover");
const status = (): string | null => find(document, ".snb-status").textContent;
const download = (): HTMLAnchorElement => find<HTMLAnchorElement>(document, "a");

async function kernelSays(message: object): Promise<void> {
  place.say({ kind: "film", key: "k", request: 7, ...message });
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  place = fakeEnvironment();
  tools = { copy: vi.fn(() => Promise.resolve(true)), announce: vi.fn() };
  life = new AbortController();
});
afterEach(async () => {
  life.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function ready(): Promise<PlayerView> {
  const view = await play({ url: "https://cdn.example.com/x.mp4" });
  await kernelSays({ error: "gone" });
  video().dispatchEvent(new Event("loadedmetadata"));
  return view;
}

function press(key: string, target: Element = video()): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

const bar = (): HTMLElement => find(document, ".snb-bar");

test("the controls are there once the film can be played, and gone while it cannot", async () => {
  await ready();
  expect(bar().dataset["ready"]).toBe("true");
  video().dispatchEvent(new Event("error"));
  await settle();
  expect([video().controls, bar().dataset["ready"]]).toEqual([false, "false"]);
});

test("before the film is there no key does anything, and no frame can be asked for", async () => {
  await play();
  const started = vi.spyOn(video(), "play");
  press("k");
  press("l");
  video().click();
  expect(started).not.toHaveBeenCalled();
  expect(video().loop).toBe(false);
  expect(shown(button(document, "Use this frame"))).toBe(false);
});

test("a click on the film plays it, keys work on the film and on every control of it", async () => {
  const { stage } = await ready();
  const started = vi.spyOn(video(), "play");
  video().click();
  expect(started).toHaveBeenCalledTimes(1);
  for (const target of [video(), find(stage, "input"), find(stage, "select"), find(stage, "button")]) {
    const before = video().loop;
    press("l", target);
    expect(video().loop).toBe(!before);
  }
});

test("speed, loop and sound are kept when the film comes from another source", async () => {
  const view = await play({ url: "https://cdn.example.com/x.mp4", size: 4 });
  place.say({ kind: "film", key: "k", request: 7, index: 0, count: 1, type: "video/mp4" }, [new Uint8Array(4)]);
  await settle();
  video().dispatchEvent(new Event("loadedmetadata"));
  for (const key of [">", "l", "m"]) press(key);
  video().dispatchEvent(new Event("error"));
  await settle();
  expect(video().getAttribute("src")).toBe("https://cdn.example.com/x.mp4");
  expect([video().defaultPlaybackRate, video().loop, video().muted]).toEqual([1.25, true, true]);
  expect(view.stage.querySelectorAll("video")).toHaveLength(1);
});

test("paths, moments and keys read from left to right in every page", async () => {
  const { stage, facts } = await ready();
  const lines = [find(facts, ".snb-filmfacts"), find(facts, ".snb-still"), find(stage, ".snb-keys"), bar()];
  expect(lines.map((line) => line.dir)).toEqual(["ltr", "ltr", "ltr", "ltr"]);
});

test("the player is one named group, and the film itself can have the focus", async () => {
  const { stage } = await ready();
  expect([stage.getAttribute("role"), stage.getAttribute("aria-label")]).toEqual(["group", "Player"]);
  expect(video().tabIndex).toBe(0);
});

test("the player makes no sound by itself", async () => {
  await play();
  expect([video().playsInline, video().preload]).toEqual([true, "metadata"]);
  expect([video().autoplay, video().loop]).toEqual([false, false]);
});

test("its place has the film's shape before anything is loaded", async () => {
  const { stage } = await play({ width: 720, height: 1280 });
  expect(stage.style.getPropertyValue("--snb-shape")).toBe("0.5625");
  expect(status()).toBe("Loading film…");
  expect(shown(cover())).toBe(true);
});

test("a film without known sides gets an ordinary frame", async () => {
  const { stage } = await play({ width: 0, height: 0 });
  expect(Number(stage.style.getPropertyValue("--snb-shape"))).toBeCloseTo(16 / 9);
});

test("the facts are on one line: path with name, size, seconds, the start of the hash", async () => {
  const { facts } = await play();
  expect([...find(facts, "p").children].map((fact) => fact.textContent)).toEqual([
    "sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
    "5.5 MB",
    "8 s",
    "sha256 3f9a1c2be07d",
  ]);
});

test("a loaded film uncovers the video and can be downloaded under its name", async () => {
  await play({ url: "https://cdn.example.com/x.mp4" });
  expect(shown(download())).toBe(false);
  await kernelSays({ error: "gone" });
  expect(video().getAttribute("src")).toBe("https://cdn.example.com/x.mp4");
  video().dispatchEvent(new Event("loadedmetadata"));
  expect(shown(cover())).toBe(false);
  expect(shown(download())).toBe(true);
  expect([download().href, download().download]).toEqual([
    "https://cdn.example.com/x.mp4",
    "2026-11-22_paper-boat_k7f3qa.mp4",
  ]);
});

test("how much has arrived is shown, but not read aloud again and again", async () => {
  await play();
  place.say({ kind: "film", key: "k", request: 7, index: 0, count: 3, type: "video/mp4" }, [new Uint8Array(4)]);
  expect(status()).toBe("Loading film…");
  expect(find(document, ".snb-share").textContent).toBe("33 %");
  expect(find(document, ".snb-share").getAttribute("aria-hidden")).toBe("true");
});

test("when no source is left a plain sentence says where the film is", async () => {
  vi.stubGlobal("URL", Object.assign(class extends URL {}, { createObjectURL: () => "blob:film", revokeObjectURL: () => undefined }));
  await play({ size: 3 });
  place.say({ kind: "film", key: "k", request: 7, index: 0, count: 1, type: "video/mp4" }, [new Uint8Array(3)]);
  await settle();
  video().dispatchEvent(new Event("error"));
  await settle();
  expect(status()).toBe(
    "The film cannot be shown here. It is saved as sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
  );
  vi.unstubAllGlobals();
});

test("a film that was deleted is not said to be saved: the kernel's own words say it, as text", async () => {
  await play({ url: "https://cdn.example.com/x.mp4" });
  await kernelSays({ error: "the film's file is not there any more <img src=x>" });
  video().dispatchEvent(new Event("error"));
  await settle();
  expect(status()).toBe(
    "The film cannot be shown here: the film's file is not there any more <img src=x>. " +
      "It was saved as sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
  );
  expect(document.querySelector("img")).toBeNull();
  expect(video().hasAttribute("src")).toBe(false);
  expect(shown(download())).toBe(false);
});

test("loading can be tried again, and asks the kernel anew", async () => {
  await play();
  await kernelSays({ error: "gone" });
  button(document, "Load again").click();
  await settle();
  expect(place.sent.map(({ kind }) => kind)).toEqual(["poster", "film", "film"]);
  expect(status()).toBe("Loading film…");
});

test("a silent kernel is named as the reason for waiting", async () => {
  await play();
  vi.advanceTimersByTime(10_000);
  await settle();
  expect(status()).toMatch(/^The kernel is busy, or gone: .*sora_videos/);
});

test("a film that breaks down on the way goes on where it was", async () => {
  await play({ url: "https://cdn.example.com/x.mp4", size: 4 });
  const parts = { kind: "film", key: "k", request: 7, index: 0, count: 1, type: "video/mp4" };
  place.say(parts, [new Uint8Array(4)]);
  await settle();
  video().dispatchEvent(new Event("loadedmetadata"));
  video().currentTime = 3;
  video().dispatchEvent(new Event("error"));
  await settle();
  expect(video().getAttribute("src")).toBe("https://cdn.example.com/x.mp4");
  video().currentTime = 0;
  video().dispatchEvent(new Event("loadedmetadata"));
  expect(video().currentTime).toBe(3);
});

test("a player that ends lets the video go and listens no more", async () => {
  await play({ url: "https://cdn.example.com/x.mp4" });
  await kernelSays({ error: "gone" });
  const load = vi.spyOn(video(), "load");
  life.abort();
  await settle();
  expect(video().hasAttribute("src")).toBe(false);
  expect(load).toHaveBeenCalledTimes(1);
  expect(place.listening()).toBe(0);
});

test("films are the same when their bytes and place are, whatever address they have", () => {
  expect(sameFilm(film(), film({ url: null }))).toBe(true);
  expect(sameFilm(film(), film({ sha256: "0" }))).toBe(false);
});

test("the kernel hears that somebody watches, for how long at most, and when it is over", async () => {
  await play({ seconds: 8 });
  const asked = place.sent.length;
  video().currentTime = 3;
  video().dispatchEvent(new Event("play"));
  video().dispatchEvent(new Event("pause"));
  video().dispatchEvent(new Event("ended"));
  expect(place.sent.slice(asked)).toEqual([
    { kind: "playing", key: "k", seconds: 5 },
    { kind: "playing", key: "k", seconds: 0 },
    { kind: "playing", key: "k", seconds: 0 },
  ]);
});

test("the picture of the film stands in the frame before the film, and where it cannot be shown", async () => {
  await play();
  await kernelSays({ error: "gone" });
  place.say({ kind: "poster", key: "k", type: "image/jpeg" }, [new Uint8Array([255, 216])]);
  await settle();
  expect(video().poster).toMatch(/^blob:/);
  expect(find(document, ".snb-screen").dataset["poster"]).toBe("true");
  expect(status()).toMatch("The film cannot be shown here");
});

test("the storyboard can be opened once the film can be played", async () => {
  const { stage } = await play({ url: "https://cdn.example.com/x.mp4" });
  const strip = find(stage, ".snb-board");
  press("s");
  expect(shown(strip)).toBe(false);
  await kernelSays({ error: "gone" });
  video().dispatchEvent(new Event("loadedmetadata"));
  press("s");
  expect(shown(strip)).toBe(true);
  expect(find(stage, ".snb-keys").textContent).toContain("storyboard");
});

test("a mark says that a click plays the film, until it has been played or moved", async () => {
  await play({ url: "https://cdn.example.com/x.mp4" });
  const mark = find(document, ".snb-begin");
  expect(shown(mark)).toBe(false);
  await kernelSays({ error: "gone" });
  video().dispatchEvent(new Event("loadedmetadata"));
  expect(shown(mark)).toBe(true);
  video().dispatchEvent(new Event("seeking"));
  expect(shown(mark)).toBe(false);
});
