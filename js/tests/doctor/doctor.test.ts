// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { show, type Finding, type Question } from "../../src/doctor/doctor";
import type { Model } from "../../src/kit/host";
import { fakeEnvironment, find, settle, type FakeEnvironment } from "../support/stage";

const FILM = { path: "films/a boat.mp4", size: 1234 };

let life: AbortController;
let around: FakeEnvironment;

/** As a page of JupyterLab tells where its server is. */
function serve(baseUrl: string): void {
  const script = document.createElement("script");
  script.id = "jupyter-config-data";
  script.type = "application/json";
  script.textContent = JSON.stringify({ baseUrl });
  document.head.append(script);
}

function plays(...types: string[]): void {
  vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockImplementation((type) =>
    types.some((part) => type.includes(part)) ? "probably" : "",
  );
}

function open(file: Question["file"]): HTMLElement {
  const question: Question = { version: 1, view: "doctor", file };
  const model = { get: () => question, on: vi.fn(), off: vi.fn(), set: vi.fn(), save_changes: vi.fn(), send: vi.fn() } satisfies Model;
  const el = document.createElement("div");
  document.body.append(el);
  show({ model, el, signal: life.signal }, around);
  return el;
}

/** What the page tells the kernel once the kernel has answered. */
async function told(): Promise<Record<string, Finding>> {
  await settle();
  around.say({ kind: "pong" });
  await settle();
  const last = around.sent.at(-1);
  if (last?.kind !== "findings") throw new Error("the page has told nothing");
  return Object.fromEntries(last.findings.map((finding) => [finding.name, finding as Finding]));
}

function answer(status: number, headers: Record<string, string>): void {
  around.fetch.mockResolvedValue(new Response(null, { status, headers }));
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_338_000_000 });
  document.head.replaceChildren();
  document.body.replaceChildren();
  life = new AbortController();
  around = fakeEnvironment();
  plays("avc1", "mp4a");
});
afterEach(async () => {
  life.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(around.listening()).toBe(0);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("all is well where the server gives out the film and the kernel answers", async () => {
  serve("/user/ada/");
  answer(206, { "content-range": "bytes 0-0/1234" });
  const el = open(FILM);
  expect(el.textContent).toContain("Looking at this page");
  const found = await told();
  expect(Object.values(found).map(({ mark }) => mark)).toEqual(["ok", "ok", "ok", "ok"]);
  expect(around.fetch.mock.calls[0]?.[0]).toMatch(/\/user\/ada\/files\/films\/a%20boat\.mp4$/);
  expect(found["messages"]?.words).toBe("the kernel answers in 0 ms");
  expect([...el.querySelectorAll("li")]).toHaveLength(4);
  expect(find(el, ".sora-nb").getAttribute("role")).toBe("status");
});

test("a page without the codecs says so, with what to do", async () => {
  plays();
  const el = open(null);
  const found = await told();
  expect(found["picture"]?.mark).toBe("bad");
  expect(found["sound"]?.mark).toBe("look");
  expect(find(el, 'li[data-mark="bad"]').textContent).toContain("fix: open the notebook in Chrome");
});

test("a page that is silent, as VS Code's, is no worse than that", async () => {
  plays("avc1");
  open(null);
  const found = await told();
  expect([found["picture"]?.mark, found["sound"]?.mark]).toEqual(["ok", "look"]);
});

test.each([
  ["another file's size", 206, { "content-range": "bytes 0-0/99" }],
  ["a refusal", 403, {}],
])("a server that answers with %s is no source", async (_name, status, headers) => {
  serve("/");
  answer(status, headers as Record<string, string>);
  open(FILM);
  const found = await told();
  expect(found["files"]?.mark).toBe("look");
  expect(found["files"]?.fix).toContain("embed=True");
});

test("without a server or without a film nothing is asked for", async () => {
  open(FILM);
  expect((await told())["files"]?.words).toContain("no Jupyter server");
  serve("/");
  open(null);
  expect((await told())["files"]?.words).toContain("not tried");
  expect(around.fetch).not.toHaveBeenCalled();
});

test("a kernel that does not answer is busy", async () => {
  const el = open(null);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(el.textContent).toContain("has not answered this page within 5 s");
});

test("a view that was closed tells nothing", async () => {
  const el = open(null);
  life.abort();
  around.say({ kind: "pong" });
  await settle();
  expect(around.sent).toEqual([{ kind: "ping" }]);
  expect(el.childElementCount).toBe(0);
});
