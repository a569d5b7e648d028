// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { posters, type Posters } from "../../src/rows/posters";
import { fakeEnvironment, settle, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let life: AbortController;
let pictures: Posters;
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}`);
const asked = (): string[] => place.sent.flatMap((command) => (command.kind === "poster" ? [command.key] : []));

async function answer(key: string, good = true): Promise<void> {
  const told = { kind: "poster", key };
  if (good) place.say({ ...told, type: "image/jpeg" }, [new DataView(new ArrayBuffer(8))]);
  else place.say({ ...told, error: "none" });
  await settle();
}

beforeEach(() => {
  place = fakeEnvironment();
  life = new AbortController();
  pictures = posters(place, life.signal);
});
afterEach(() => life.abort());

test("few are asked for at once, each only once, the next when one has come", async () => {
  pictures.want(keys(10));
  expect(asked()).toEqual(["k0", "k1", "k2", "k3"]);
  const arrived = vi.fn();
  pictures.arrived(arrived);
  await answer("k1");
  expect(pictures.get("k1")).toMatch(/^blob:/);
  expect(arrived).toHaveBeenCalledWith("k1");
  expect(asked().at(-1)).toBe("k4");
  pictures.want(keys(10));
  expect(asked().filter((key) => key === "k1")).toHaveLength(1);
});

test("what is no longer looked at is not asked for", async () => {
  pictures.want(keys(10));
  pictures.want(["k8"]);
  await answer("k0");
  expect(asked()).toEqual(["k0", "k1", "k2", "k3", "k8"]);
});

test("a film without a picture is not asked for again", async () => {
  pictures.want(["k0"]);
  await answer("k0", false);
  pictures.want(["k0"]);
  expect([asked(), pictures.get("k0")]).toEqual([["k0"], null]);
});

test("a question that nobody answers holds up the others only for a while", () => {
  vi.useFakeTimers();
  pictures.want(keys(6));
  vi.advanceTimersByTime(10_001);
  expect(asked()).toEqual(keys(6));
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("only so many are kept, and what is dropped is given back", async () => {
  const revoked = vi.spyOn(URL, "revokeObjectURL");
  const all = keys(300);
  for (let start = 0; start < 300; start += 50) {
    const window = all.slice(start, start + 50);
    pictures.want(window);
    for (const key of window) await answer(key);
  }
  expect(revoked).toHaveBeenCalledTimes(60);
  expect([pictures.get("k0"), pictures.get("k299")]).toEqual([null, expect.stringMatching(/^blob:/)]);
  revoked.mockRestore();
});
