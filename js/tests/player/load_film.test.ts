// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadFilm, type LoadEvents } from "../../src/player/load_film";
import { MUCH } from "../../src/player/sources";
import type { Film } from "../../src/protocol/card";
import { fakeEnvironment, film, settle, type FakeEnvironment } from "../support/stage";

const SERVED = "http://localhost:8888/files/films/x.mp4";
const REMOTE = "https://cdn.example.com/x.mp4";
const bytes = new Uint8Array(24);

let place: FakeEnvironment;
let life: AbortController;
let played: string[];
let breakDown: () => void;
let finished: boolean;
let trouble: string | null;
const progress = vi.fn<LoadEvents["progress"]>();
const waiting = vi.fn<LoadEvents["waiting"]>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, "location", "get").mockReturnValue(new URL("http://localhost:8888/lab") as never);
  vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:film");
  vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
  document.body.dataset["baseUrl"] = "/";
  place = fakeEnvironment();
  life = new AbortController();
  played = [];
  finished = false;
  progress.mockClear();
  waiting.mockClear();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  expect(place.listening()).toBe(0);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function start(changes: Partial<Film> = {}): Promise<void> {
  const what = film({ size: bytes.length, server_path: "films/x.mp4", url: REMOTE, ...changes });
  const play = (address: string): Promise<void> => {
    played.push(address);
    return new Promise((resolve) => (breakDown = resolve));
  };
  void loadFilm("k", what, place, { progress, waiting, play }, life.signal).then((said) => {
    trouble = said;
    finished = true;
  });
  await settle();
}

async function broken(): Promise<void> {
  breakDown();
  await settle();
}

async function kernelSends(): Promise<void> {
  place.say({ kind: "film", key: "k", request: 7, index: 0, count: 1, type: "video/mp4" }, [bytes]);
  await settle();
}

async function kernelFails(): Promise<void> {
  place.say({ kind: "film", key: "k", request: 7, error: "gone" });
  await settle();
}

function serverHasIt(): void {
  const headers = new Headers({ "content-range": `bytes 0-0/${bytes.length}` });
  place.fetch.mockResolvedValue({ status: 206, headers } as Response);
}

test("a file that the Jupyter server gives out is played from there, and nothing else is asked", async () => {
  serverHasIt();
  await start();
  expect(played).toEqual([SERVED]);
  expect(place.sent).toEqual([]);
});

test("outside the server's root the kernel sends the film", async () => {
  await start({ server_path: null });
  expect(place.fetch).not.toHaveBeenCalled();
  await kernelSends();
  expect(played).toEqual(["blob:film"]);
});

test("a source that breaks down falls to the next, to the last, and then it ends", async () => {
  serverHasIt();
  await start();
  await broken();
  await kernelSends();
  await broken();
  expect(played).toEqual([SERVED, "blob:film", REMOTE]);
  expect(finished).toBe(false);
  await broken();
  expect([finished, trouble]).toEqual([true, null]);
});

test("a kernel that cannot send it leaves the film's own address", async () => {
  await start();
  await kernelFails();
  expect(played).toEqual([REMOTE]);
});

test("a large film is asked of its own address before the kernel", async () => {
  await start({ size: MUCH + 1 });
  expect(played).toEqual([REMOTE]);
  expect(place.sent).toEqual([]);
  await broken();
  expect(place.sent).toHaveLength(1);
  await kernelFails();
  expect([finished, trouble]).toEqual([true, "gone"]);
});

test("an address that may not be loaded is no source", async () => {
  await start({ url: "javascript:alert(1)" });
  await kernelFails();
  expect(played).toEqual([]);
  expect(finished).toBe(true);
});

test("while the kernel is silent the film's own address is tried, and the kernel stays the last hope", async () => {
  await start();
  vi.advanceTimersByTime(10_000);
  await settle();
  expect(played).toEqual([REMOTE]);
  await broken();
  expect(finished).toBe(false);
  await kernelSends();
  expect(played).toEqual([REMOTE, "blob:film"]);
  expect(place.sent).toHaveLength(1);
});

test("parts that come late do not speak over a film that plays", async () => {
  await start();
  vi.advanceTimersByTime(10_000);
  await settle();
  progress.mockClear();
  await kernelSends();
  expect(progress).not.toHaveBeenCalled();
});

test("parts that keep coming are waited for, however long they take", async () => {
  await start();
  for (let index = 0; index < 4; index += 1) {
    vi.advanceTimersByTime(9_000);
    const part = bytes.slice(index * 6, index * 6 + 6);
    place.say({ kind: "film", key: "k", request: 7, index, count: 4, type: "video/mp4" }, [part]);
    await settle();
  }
  expect(played).toEqual(["blob:film"]);
  expect(progress.mock.calls.flat()).toEqual([null, 0.25, 0.5, 0.75, 1]);
});

test("with the kernel as the only source it says that it waits, and goes on waiting", async () => {
  await start({ url: null });
  vi.advanceTimersByTime(10_000);
  await settle();
  expect(waiting).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(600_000);
  await kernelSends();
  expect(played).toEqual(["blob:film"]);
});

test("the object URL is given back when the view ends, also if the film arrives after that", async () => {
  await start();
  await kernelSends();
  expect(URL.revokeObjectURL).not.toHaveBeenCalled();
  life.abort();
  expect(URL.revokeObjectURL).toHaveBeenCalledExactlyOnceWith("blob:film");
});

test("a view that ends while it waits asks no further source", async () => {
  await start();
  life.abort();
  await settle();
  expect(played).toEqual([]);
  expect(finished).toBe(true);
});
