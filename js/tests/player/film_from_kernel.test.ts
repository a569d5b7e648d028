import { expect, test, vi } from "vitest";
import { filmFromKernel } from "../../src/player/film_from_kernel";
import { fakeEnvironment, film, type FakeEnvironment } from "../support/stage";

const bytes = new TextEncoder().encode("a film of 24 plain bytes");
const what = film({ size: bytes.length });
const message = { kind: "film", key: "k", request: 7, count: 3, type: "video/mp4" };

interface Asked {
  place: FakeEnvironment;
  life: AbortController;
  arrived: ReturnType<typeof vi.fn<(share: number) => void>>;
  blob: Promise<Blob>;
}

function ask(size = bytes.length): Asked {
  const place = fakeEnvironment();
  const life = new AbortController();
  const arrived = vi.fn<(share: number) => void>();
  const blob = filmFromKernel("k", { ...what, size }, place, life.signal, arrived);
  return { place, life, arrived, blob };
}

const text = async (blob: Blob): Promise<string> => new TextDecoder().decode(await blob.arrayBuffer());

test("the request names the card and a number of its own", () => {
  const { place } = ask();
  expect(place.sent).toEqual([{ kind: "film", key: "k", request: 7 }]);
});

test("parts of every kind of buffer, in any order and twice, make one film", async () => {
  const { place, blob, arrived } = ask();
  const whole = bytes.slice().buffer;
  place.say({ ...message, index: 2 }, [new Uint8Array(whole, 20)]);
  place.say({ ...message, index: 0 }, [new DataView(whole, 0, 10)]);
  place.say({ ...message, index: 0 }, [new DataView(whole, 0, 10)]);
  place.say({ ...message, index: 1 }, [whole.slice(10, 20)]);
  expect(await text(await blob)).toBe("a film of 24 plain bytes");
  expect((await blob).type).toBe("video/mp4");
  expect(arrived.mock.calls.flat()).toEqual([1 / 3, 2 / 3, 2 / 3, 1]);
  expect(place.listening()).toBe(0);
});

test("answers to other views, other cards and other questions are not taken", async () => {
  const { place, blob, arrived } = ask();
  for (const other of [null, "film", { ...message, request: 8 }, { ...message, key: "z" }, { kind: "x" }]) {
    place.say(other, [bytes]);
  }
  expect(arrived).not.toHaveBeenCalled();
  place.say({ ...message, index: 0, count: 1 }, [bytes]);
  expect((await blob).size).toBe(bytes.length);
});

test("the kernel's trouble ends the wait in its own words", async () => {
  const { place, blob } = ask();
  place.say({ kind: "film", key: "k", request: 7, error: "The file is gone." });
  await expect(blob).rejects.toThrow("The file is gone.");
  expect(place.listening()).toBe(0);
});

test.each([
  ["no buffer", { ...message, index: 0 }, []],
  ["a buffer that is text", { ...message, index: 0 }, ["x"]],
  ["an index outside", { ...message, index: 3 }, [bytes]],
  ["an index that is no number", { ...message, index: "0" }, [bytes]],
  ["a count without bound", { ...message, index: 0, count: 1e12 }, [bytes]],
])("an answer with %s is trouble, not a film", async (_what, answer, buffers) => {
  const { place, blob } = ask();
  place.say(answer, buffers);
  await expect(blob).rejects.toThrow("held no film");
});

test("a film of another size than the one on disk is not shown", async () => {
  const { place, blob } = ask(bytes.length + 1);
  place.say({ ...message, index: 0, count: 1 }, [bytes]);
  await expect(blob).rejects.toThrow("another size");
});

test("a view that ends listens no more", () => {
  const { place, life } = ask();
  expect(place.listening()).toBe(1);
  life.abort();
  expect(place.listening()).toBe(0);
});
