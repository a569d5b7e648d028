// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { posterFromKernel, showPoster } from "../../src/player/poster";
import { fakeEnvironment, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let life: AbortController;
const JPEG = new Uint8Array([255, 216, 255]);

beforeEach(() => {
  place = fakeEnvironment();
  life = new AbortController();
});

test("a picture is asked for once and gets an address, which is given back at the end", async () => {
  const back = vi.spyOn(URL, "revokeObjectURL");
  const asked = posterFromKernel("k", place, life.signal);
  expect(place.sent).toEqual([{ kind: "poster", key: "k" }]);
  place.say({ kind: "poster", key: "another", type: "image/jpeg" }, [JPEG]);
  place.say({ kind: "poster", key: "k", type: "image/jpeg" }, [new DataView(JPEG.buffer)]);
  const address = await asked;
  expect(address).toMatch(/^blob:/);
  expect(place.listening()).toBe(0);
  life.abort();
  expect(back).toHaveBeenCalledWith(address);
});

test.each([
  ["trouble", { error: "there is no picture of this film" }, []],
  ["no bytes", { type: "image/jpeg" }, []],
  ["words for bytes", { type: "image/jpeg" }, ["<svg>"]],
])("%s in the answer is no picture", async (_name, told, buffers) => {
  const asked = posterFromKernel("k", place, life.signal);
  place.say({ kind: "poster", key: "k", ...told }, buffers);
  expect(await asked).toBeNull();
});

test("a view that ends listens no more", () => {
  void posterFromKernel("k", place, life.signal);
  life.abort();
  expect(place.listening()).toBe(0);
});

test("the picture stands in the film's frame, unless the view has ended meanwhile", async () => {
  const video = document.createElement("video");
  const shown = showPoster(video, "k", place, life.signal);
  place.say({ kind: "poster", key: "k", type: "image/jpeg" }, [JPEG]);
  expect([await shown, video.poster.slice(0, 5)]).toEqual([true, "blob:"]);
  const late = showPoster(video, "k", place, life.signal);
  video.removeAttribute("poster");
  place.say({ kind: "poster", key: "k", type: "image/jpeg" }, [JPEG]);
  life.abort();
  expect([await late, video.hasAttribute("poster")]).toEqual([false, false]);
});
