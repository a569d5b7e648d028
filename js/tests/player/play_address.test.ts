// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { playAddress, unload } from "../../src/player/play_address";
import { settle } from "../support/stage";

function start() {
  const video = document.createElement("video");
  const life = new AbortController();
  const told: string[] = [];
  const on = { ready: () => void told.push("ready"), over: () => void told.push("over") };
  void playAddress(video, "https://cdn.example.com/x.mp4", on, life.signal).then(() => told.push("resolved"));
  return { video, life, told };
}

test("it plays until it breaks down, and listens no more then", async () => {
  const { video, told } = start();
  expect(video.src).toBe("https://cdn.example.com/x.mp4");
  for (const event of ["loadedmetadata", "error", "loadedmetadata", "error"]) video.dispatchEvent(new Event(event));
  await settle();
  expect(told).toEqual(["ready", "over", "resolved"]);
});

test("the end of its life is the end of the film, at once", async () => {
  const { life, told } = start();
  life.abort();
  expect(told).toEqual(["over"]);
  await settle();
  expect(told).toEqual(["over", "resolved"]);
});

test("a film that is unloaded has no address, and loads nothing", () => {
  const { video } = start();
  const load = vi.spyOn(video, "load");
  unload(video);
  expect([video.hasAttribute("src"), load.mock.calls.length]).toEqual([false, 1]);
});
