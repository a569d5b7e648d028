// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PanelSnapshot } from "../../src/protocol/whole";
import widget from "../../src/widget";
import { button, card, FakeModel, find, fixture, fixtureNames, settle, shown } from "../support/stage";

let cleanups: (() => void)[];

function open(snapshot: PanelSnapshot | null, signal?: AbortSignal): { model: FakeModel; el: HTMLElement } {
  const model = new FakeModel(snapshot);
  return { model, el: view(model, signal) };
}

function view(model: FakeModel, signal?: AbortSignal): HTMLElement {
  const el = document.createElement("div");
  document.body.append(el);
  cleanups.push(widget.render(signal ? { model, el, signal } : { model, el }));
  return el;
}

let number = 1;
const one = (...cards: PanelSnapshot["cards"]): PanelSnapshot => {
  number += 1;
  return { version: 1, view: "panel", number, at: Date.now() / 1000, cards };
};
const said = (el: HTMLElement): string => find(el, ".snb-say").textContent ?? "";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_338_000_000 });
  vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new Error("no network here"))));
  document.body.replaceChildren();
  cleanups = [];
});
afterEach(async () => {
  for (const cleanup of cleanups) cleanup();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test.each(fixtureNames)("%s is drawn: each card with its prompt, state and buttons", async (name) => {
  const { cards } = fixture(name);
  const { el } = open(fixture(name));
  await settle();
  const articles = [...el.querySelectorAll("article")];
  expect(articles.map((article) => article.dataset["state"])).toEqual(cards.map((item) => item.state));
  articles.forEach((article, index) => {
    const item = cards[index];
    expect(find(article, ".snb-prompt").textContent).toBe(item?.prompt);
    expect(find(article, ".snb-facts").textContent?.split(" · ")).toContain(item?.key);
    expect(article.querySelectorAll(".snb-actions .snb-buttons button")).toHaveLength(item?.actions.length ?? -1);
    expect(article.querySelector("video") !== null).toBe(item?.film !== null);
  });
});

test.each(fixtureNames)("in %s every button and link has a name and every drawing is hidden from readers", (name) => {
  const { el } = open(fixture(name));
  for (const control of el.querySelectorAll("button, a, summary")) expect(control.textContent).not.toBe("");
  for (const named of el.querySelectorAll("article, video, ol, [role=group]")) {
    expect(named.getAttribute("aria-label")).toBeTruthy();
  }
  for (const drawing of el.querySelectorAll("svg")) expect(drawing.getAttribute("aria-hidden")).toBe("true");
});

test("markup in any string becomes text: no element, no handler, no address comes out of the data", async () => {
  const { el } = open(fixture("hostile"));
  await settle();
  for (const button of el.querySelectorAll("button")) button.click();
  await settle();
  expect(el.querySelectorAll("img, script, i, iframe, object, embed")).toHaveLength(0);
  for (const element of el.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      expect(name.startsWith("on")).toBe(false);
      if (name === "src" || name === "href") expect(value).toMatch(/^(https?|blob):/);
    }
  }
  expect((globalThis as { pwned?: string }).pwned).toBeUndefined();
  expect(find(el, ".snb-facts").textContent).toContain('<img src=x onerror="globalThis.pwned=\'fact\'">');
});

describe("time", () => {
  const running = card("processing_overdue", { note: null });

  test("passes in the browser, once a second, without a message", () => {
    const { el } = open(one(running));
    expect(said(el)).toMatch(/^4:36 so far/);
    vi.advanceTimersByTime(2000);
    expect(said(el)).toMatch(/^4:38 so far/);
  });

  test("is counted from when the snapshot was made, for a view that is opened later", () => {
    vi.advanceTimersByTime(60_000);
    const { el } = open(one(running));
    expect(said(el)).toMatch(/^5:36 so far/);
  });

  test("is right once the kernel has answered, however far its clock is off", () => {
    const off = { ...running, clock: { ...running.clock, at: running.clock.at + 3600 } };
    const state = one(off);
    const { model, el } = open(state);
    expect(model.sent).toContainEqual({ kind: "connect", number: state.number });
    model.say({ kind: "patch", number: state.number, at: Date.now() / 1000 + 3600 }, []);
    expect(said(el)).toMatch(/^4:36 so far/);
  });

  test("stands still once the task has ended", () => {
    open(one(card("failed_content")));
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a new snapshot", () => {
  test("leaves a film that is watched alone: where it is, its speed, its loop, the focus", async () => {
    const { model, el } = open(fixture("ready"));
    await settle();
    const video = find<HTMLVideoElement>(el, "video");
    video.currentTime = 3;
    video.playbackRate = 1.5;
    video.loop = true;
    video.focus();
    const bar = find(el, ".snb-bar");
    const load = vi.spyOn(video, "load");
    const pause = vi.spyOn(video, "pause");
    model.put(one(card("ready", { note: "something else has changed" })));
    await settle();
    expect([find(el, "video"), find(el, ".snb-bar")]).toEqual([video, bar]);
    expect([video.currentTime, video.playbackRate, video.loop]).toEqual([3, 1.5, true]);
    expect(document.activeElement).toBe(video);
    expect([load.mock.calls.length, pause.mock.calls.length]).toEqual([0, 0]);
  });

  test("changes the card in place: the same elements, the focus where it was", () => {
    const { model, el } = open(fixture("pending"));
    const article = find(el, "article");
    const stop = button(el, "Stop watching");
    stop.focus();
    model.put(fixture("processing"));
    expect(find(el, "article")).toBe(article);
    expect(document.activeElement).toBe(stop);
    expect(article.dataset["state"]).toBe("processing");
  });

  test("without the focused button keeps the focus in the card", () => {
    const { model, el } = open(fixture("queued"));
    button(el, "Stop watching").focus();
    model.put(fixture("submitting"));
    expect(document.activeElement).toBe(find(el, "article"));
  });

  test("of the same film never makes the video anew", async () => {
    const { model, el } = open(fixture("ready"));
    await settle();
    const video = find(el, "video");
    const again = card("ready");
    model.put(one({ ...again, badges: [], film: again.film && { ...again.film, url: null } }));
    expect(find(el, "video")).toBe(video);
    const removed = vi.spyOn(video, "remove");
    model.put(one(card("queued", { key: "first" }), card("ready")));
    expect(find(el, "video")).toBe(video);
    expect(removed).not.toHaveBeenCalled();
    expect(find(el, "article").dataset["state"]).toBe("queued");
  });

  test("of another film takes a new player, and without one the frame comes back", async () => {
    const { model, el } = open(fixture("ready"));
    const video = find(el, "video");
    const again = card("ready");
    model.put(one({ ...again, film: again.film && { ...again.film, sha256: "0".repeat(64) } }));
    expect(find(el, "video")).not.toBe(video);
    model.put(fixture("saving"));
    expect(el.querySelector("video")).toBeNull();
    expect(shown(find(el, ".snb-frame"))).toBe(true);
    await settle();
  });

  test("lays the card out by the film's own sides, whatever was asked for", async () => {
    const asked = card("ready_reused");
    const { model, el } = open(one({ ...asked, film: null }));
    expect(find(el, "article").dataset["frame"]).toBe("portrait");
    model.put(one({ ...asked, film: asked.film && { ...asked.film, width: 1280, height: 720 } }));
    expect(find(el, "article").dataset["frame"]).toBe("landscape");
    await settle();
  });

  test("without a card takes it away with all that it started", () => {
    const { model, el } = open(fixture("many"));
    model.put(one());
    expect(el.querySelectorAll("article")).toHaveLength(0);
    expect(el.textContent).toContain("Nothing to show yet.");
    expect(model.listeners()).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is announced once by state, and the first is silent", () => {
    const { model, el } = open(fixture("pending"));
    const live = find(el, "[aria-live]");
    expect(live.textContent).toBe("");
    model.put(fixture("processing"));
    expect(live.textContent).toMatch(/: processing\.$/);
    const node = live.firstChild;
    vi.advanceTimersByTime(5000);
    expect(live.firstChild).toBe(node);
  });
});

test("a click goes to Python as a small command", () => {
  const { model, el } = open(fixture("processing"));
  button(el, "Stop watching").click();
  expect(model.sent.slice(1)).toEqual([{ kind: "used" }, { kind: "stop", key: "k7f3qa" }]);
});

test("a film is asked of the kernel with a number that each view has for itself", async () => {
  const { model } = open(fixture("ready_reused"));
  view(model);
  await settle();
  const requests = model.sent.flatMap((command) => ("request" in command ? [command.request] : []));
  expect(requests).toHaveLength(2);
  expect(new Set(requests).size).toBe(2);
});

test("a model without a snapshot yet shows that, and then the first card", () => {
  const { model, el } = open(null);
  expect(el.textContent).toContain("Nothing to show yet.");
  model.put(fixture("queued"));
  expect(shown(find(el, ".sora-nb > .snb-quiet"))).toBe(false);
});

describe("the end of a view", () => {
  test("leaves no listener, timer or element behind, and the other views alone", async () => {
    const { model, el } = open(fixture("many"));
    const other = view(model);
    await settle();
    cleanups[0]?.();
    await settle();
    expect(el.children).toHaveLength(0);
    model.put(fixture("pending"));
    expect(find(other, "article").dataset["state"]).toBe("pending");
    cleanups[1]?.();
    await settle();
    expect(model.listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("comes by the host's signal as well", async () => {
    const host = new AbortController();
    const { model, el } = open(fixture("many"), host.signal);
    await settle();
    host.abort();
    await settle();
    expect(el.children).toHaveLength(0);
    expect(model.listeners()).toBe(0);
  });
});
