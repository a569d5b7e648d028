import { describe, expect, test, vi } from "vitest";
import { addressTrouble, checkPicture } from "../src/imagecheck";

const life = new AbortController().signal;
const SEEN = Promise.resolve({ width: 1280, height: 720 });

function host(answer: Response | null): { fetch: ReturnType<typeof vi.fn<(url: string, init: RequestInit) => Promise<Response>>> } {
  return { fetch: vi.fn(() => (answer ? Promise.resolve(answer) : Promise.reject(new TypeError("blocked by CORS")))) };
}

function head(type: string, length?: number, status = 200): Response {
  return new Response(null, { status, headers: { "content-type": type, ...(length ? { "content-length": String(length) } : {}) } });
}

test.each(["boat.png", "file:///boat.png", "data:image/png;base64,AA==", "javascript:alert(1)", "https://", "ftp://a.example/b.png"])(
  "%s is refused without asking anybody",
  (address) => {
    expect(addressTrouble(address)).toMatch(/\.$/);
  },
);

test("an http(s) address is none of these", () => {
  for (const address of ["https://a.example/b.png?c=d", "http://127.0.0.1:8000/x"]) expect(addressTrouble(address)).toBeNull();
});

test("the host is asked for the head alone, without cookies and without saying who asks", async () => {
  const world = host(head("image/webp", 5_400_000));
  const verdict = await checkPicture("https://a.example/b", SEEN, world, life);
  expect(verdict).toEqual({ wrong: false, text: "WebP · 1280 × 720 · 5.4 MB" });
  expect(world.fetch).toHaveBeenCalledOnce();
  expect(world.fetch.mock.calls[0]?.[1]).toMatchObject({ method: "HEAD", credentials: "omit", referrerPolicy: "no-referrer" });
});

describe("what the service would refuse is wrong", () => {
  test.each([
    [head("image/gif", 100), "image/gif is not a JPG, PNG or WebP."],
    [head("text/html; charset=utf-8"), "text/html is not a JPG, PNG or WebP."],
    [head("image/png", 10_000_001), "10.0 MB is above the service's 10 MB."],
    [head("image/png", 100, 404), "Its host answers 404: the service would not get it either."],
  ])("case %#", async (answer, text) => {
    expect(await checkPicture("https://a.example/b.png", SEEN, host(answer), life)).toEqual({ wrong: true, text });
  });

  test("also by its ending where the host says nothing", async () => {
    const verdict = await checkPicture("https://a.example/b.SVG?x=.png", SEEN, host(null), life);
    expect(verdict).toEqual({ wrong: true, text: ".svg is not a JPG, PNG or WebP." });
  });
});

test("what cannot be checked is said and is not held against it", async () => {
  const verdict = await checkPicture("https://a.example/photo.jpeg", Promise.resolve(null), host(null), life);
  expect(verdict.wrong).toBe(false);
  expect(verdict.text).toBe("JPG · size could not be checked (at most 10 MB) · its host does not let this page show it");
  const bare = await checkPicture("https://a.example/photo", Promise.resolve(null), host(null), life);
  expect(bare.text).toContain("format could not be checked");
});
