// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fileAddress, MUCH, order, remoteAddress, serverBase, serves } from "../../src/player/sources";
import { fakeEnvironment, film } from "../support/stage";

const base = new URL("http://localhost:8888/user/ada/");

/** A page as far as the sources look at it. */
function page(config: string | null, data: Record<string, string> = {}, href = `${base.href}lab`): Document {
  return {
    body: { dataset: data },
    location: new URL(href),
    getElementById: () => (config === null ? null : { textContent: config }),
  } as unknown as Document;
}

describe("the server's base address", () => {
  test("is read from the page's configuration, with a hub's prefix", () => {
    expect(serverBase(page('{"baseUrl":"/user/ada/"}'))?.href).toBe(base.href);
  });

  test("gets the slash that it lacks", () => {
    expect(serverBase(page('{"baseUrl":"/user/ada"}'))?.href).toBe(base.href);
  });

  test("is read from the body in the classic Notebook", () => {
    expect(serverBase(page(null, { baseUrl: "/user/ada/" }))?.href).toBe(base.href);
  });

  test.each([
    ["there is none", null],
    ["the configuration is broken", "{"],
    ["the configuration is not an object", "null"],
    ["it is no text", '{"baseUrl":5}'],
    ["it is another host", '{"baseUrl":"https://elsewhere.example/"}'],
    ["it is another host without a scheme", '{"baseUrl":"//elsewhere.example/"}'],
    ["it is no address of a server", '{"baseUrl":"javascript:alert(1)"}'],
  ])("is missing when %s", (_why, config) => expect(serverBase(page(config))).toBeNull());
});

describe("the address of a file", () => {
  test("is encoded name by name", () => {
    expect(fileAddress(base, "my films/a#b?c%d.mp4")).toBe(
      "http://localhost:8888/user/ada/files/my%20films/a%23b%3Fc%25d.mp4",
    );
  });

  test.each(["../x.mp4", "a/../../x.mp4", "./x.mp4", "/etc/x.mp4", "a//b.mp4", "\ud800.mp4", ""])(
    "is refused for %j",
    (path) => expect(fileAddress(base, path)).toBeNull(),
  );

  test("needs a server and a path", () => {
    expect(fileAddress(null, "x.mp4")).toBeNull();
    expect(fileAddress(base, null)).toBeNull();
  });
});

describe("the film's own address", () => {
  const secure = page(null, {}, "https://hub.example/lab");

  test("may be https anywhere, and http only on a page that is http", () => {
    expect(remoteAddress("https://cdn.example.com/a.mp4", secure)).toBe("https://cdn.example.com/a.mp4");
    expect(remoteAddress("http://127.0.0.1:9/a.mp4", page(null))).toBe("http://127.0.0.1:9/a.mp4");
    expect(remoteAddress("http://127.0.0.1:9/a.mp4", secure)).toBeNull();
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "a.mp4", "", null])(
    "is never %j",
    (url) => expect(remoteAddress(url, secure)).toBeNull(),
  );
});

describe("the probe", () => {
  const address = `${base.href}files/x.mp4`;

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  async function probe(status: number, headers: Record<string, string>, size = 100): Promise<boolean> {
    const place = fakeEnvironment();
    place.fetch.mockResolvedValue({ status, headers: new Headers(headers) } as Response);
    return serves(address, size, place, new AbortController().signal);
  }

  test("asks for one byte, with the page's own credentials, and ends the body", async () => {
    const place = fakeEnvironment();
    let signal: AbortSignal | null | undefined;
    place.fetch.mockImplementation((_url, init) => {
      signal = init.signal;
      const headers = new Headers({ "content-range": "bytes 0-0/100" });
      return Promise.resolve({ status: 206, headers } as Response);
    });
    expect(await serves(address, 100, place, new AbortController().signal)).toBe(true);
    expect(place.fetch).toHaveBeenCalledWith(
      address,
      expect.objectContaining({ headers: { Range: "bytes=0-0" }, credentials: "same-origin" }),
    );
    expect(signal?.aborted).toBe(true);
  });

  test("takes a whole reply of the right length too", async () => {
    expect(await probe(200, { "content-length": "100" })).toBe(true);
  });

  test.each([
    [206, { "content-range": "bytes 0-0/99" }],
    [206, { "content-range": "bytes 0-0/*" }],
    [206, {}],
    [200, { "content-length": "4711" }],
    [200, {}],
    [404, { "content-length": "100" }],
    [403, { "content-range": "bytes 0-0/100" }],
  ])("refuses a reply %d %j", async (status, headers) => expect(await probe(status, headers)).toBe(false));

  test("refuses a network that fails, and one that never answers", async () => {
    const place = fakeEnvironment();
    const signal = new AbortController().signal;
    expect(await serves(address, 100, place, signal)).toBe(false);
    place.fetch.mockImplementation(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    );
    const slow = serves(address, 100, place, signal);
    vi.advanceTimersByTime(8_000);
    expect(await slow).toBe(false);
  });
});

test("the kernel goes before the film's own address, unless the film is large", () => {
  expect(order(film({ size: MUCH }))).toEqual(["server", "kernel", "remote"]);
  expect(order(film({ size: MUCH + 1 }))).toEqual(["server", "remote", "kernel"]);
});
