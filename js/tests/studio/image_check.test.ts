import { describe, expect, test, vi } from "vitest";
import { addressTrouble, checkPicture } from "../../src/studio/image_check";

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
  const env = host(head("image/webp", 5_400_000));
  const verdict = await checkPicture("https://a.example/b", SEEN, env, life);
  expect(verdict).toEqual({ wrong: false, text: "WebP · 1280 × 720 · 5.4 MB" });
  expect(env.fetch).toHaveBeenCalledOnce();
  expect(env.fetch.mock.calls[0]?.[1]).toMatchObject({ method: "HEAD", credentials: "omit", referrerPolicy: "no-referrer" });
});

describe("what the service would refuse is wrong", () => {
  test.each([
    [head("image/gif", 100), "image/gif is not a JPG, PNG or WebP."],
    [head("image/svg+xml"), "image/svg+xml is not a JPG, PNG or WebP."],
    [head("image/png", 10_000_001), "10.0 MB is above the service's 10 MB."],
    [head("image/png", 100, 404), "Its host answers 404: the service would not get it either."],
    [head("text/html", 100, 410), "Its host answers 410: the service would not get it either."],
  ])("case %#", async (answer, text) => {
    expect(await checkPicture("https://a.example/b.png", SEEN, host(answer), life)).toEqual({ wrong: true, text });
  });

  test("also by its ending where the host says nothing", async () => {
    const verdict = await checkPicture("https://a.example/b.SVG?x=.png", SEEN, host(null), life);
    expect(verdict).toEqual({ wrong: true, text: ".svg is not a JPG, PNG or WebP." });
  });
});

test.each([403, 405, 500])("a picture that the page draws is not wrong because HEAD is answered with %i", async (status) => {
  const verdict = await checkPicture("https://a.example/b.png?sig=x", SEEN, host(head("application/xml", 20_000_000, status)), life);
  expect(verdict).toEqual({ wrong: false, text: "PNG · 1280 × 720 · size could not be checked (at most 10 MB)" });
  const unseen = await checkPicture("https://a.example/b.png?sig=x", Promise.resolve(null), host(head("image/png", 100, status)), life);
  expect(unseen).toEqual({ wrong: true, text: `Its host answers ${status}: the service would not get it either.` });
});

test.each([
  ["image/jpg", "b", "JPG"],
  ["image/jpg", "b.gif", "JPG"],
  ["application/octet-stream", "b.png", "PNG"],
  ["binary/octet-stream", "B.WEBP", "WebP"],
  ["text/plain", "b.jpeg", "JPG"],
  ["application/octet-stream", "b", "format could not be checked"],
  ["application/octet-stream", "b.v2", "format could not be checked"],
  ["", "b.constructor", "format could not be checked"],
  ["", "image.php", "format could not be checked"],
])("a type of %j at the name %s is %s", async (type, name, format) => {
  const verdict = await checkPicture(`https://a.example/${name}`, SEEN, host(head(type, 2_000)), life);
  expect(verdict).toEqual({ wrong: false, text: `${format} · 1280 × 720 · 2 kB` });
});

test("a web page is no picture, and what is too large stays wrong however it is called", async () => {
  const page = await checkPicture("https://a.example/b.png", Promise.resolve(null), host(head("text/html; charset=utf-8")), life);
  expect(page).toEqual({ wrong: true, text: "text/html is not a JPG, PNG or WebP." });
  const large = await checkPicture("https://a.example/b", SEEN, host(head("application/octet-stream", 10_000_001)), life);
  expect(large).toEqual({ wrong: true, text: "10.0 MB is above the service's 10 MB." });
});

test("what cannot be checked is said and is not held against it", async () => {
  const verdict = await checkPicture("https://a.example/photo.jpeg", Promise.resolve(null), host(null), life);
  expect(verdict.wrong).toBe(false);
  expect(verdict.text).toBe("JPG · size could not be checked (at most 10 MB) · this page could not show it");
  const bare = await checkPicture("https://a.example/photo", Promise.resolve(null), host(null), life);
  expect(bare.text).toContain("format could not be checked");
});
