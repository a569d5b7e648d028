// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { playerView, sameFilm, type PlayerView } from "../src/player";
import type { Film } from "../src/snapshot";
import { button, film, find, settle, shown, world, type FakeWorld } from "./stage";

let place: FakeWorld;
let life: AbortController;

async function play(changes: Partial<Film> = {}): Promise<PlayerView> {
  const view = playerView("k", film({ server_path: null, url: null, ...changes }), "Film", place, life.signal);
  document.body.replaceChildren(view.screen, view.facts);
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
  place = world();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("the player has the browser's controls and makes no sound by itself", async () => {
  await play();
  expect([video().controls, video().playsInline, video().preload]).toEqual([true, true, "metadata"]);
  expect([video().autoplay, video().loop]).toEqual([false, false]);
});

test("its place has the film's shape before anything is loaded", async () => {
  const { screen } = await play({ width: 720, height: 1280 });
  expect(screen.style.getPropertyValue("--snb-shape")).toBe("0.5625");
  expect(status()).toBe("Loading film…");
  expect(shown(cover())).toBe(true);
});

test("a film without known sides gets an ordinary frame", async () => {
  const { screen } = await play({ width: 0, height: 0 });
  expect(Number(screen.style.getPropertyValue("--snb-shape"))).toBeCloseTo(16 / 9);
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

test("when no road is left a plain sentence says where the film is", async () => {
  await play({ url: "https://cdn.example.com/x.mp4" });
  await kernelSays({ error: "gone" });
  video().dispatchEvent(new Event("error"));
  await settle();
  expect(status()).toBe(
    "The film cannot be shown here. It is saved as sora_videos/2026-11-22_paper-boat_k7f3qa.mp4",
  );
  expect(video().hasAttribute("src")).toBe(false);
  expect(shown(download())).toBe(false);
});

test("loading can be tried again, and asks the kernel anew", async () => {
  await play();
  await kernelSays({ error: "gone" });
  button(document, "Load again").click();
  await settle();
  expect(place.sent).toHaveLength(2);
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
