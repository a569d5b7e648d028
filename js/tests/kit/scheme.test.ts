// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import widget from "../../src/widget";
import { FakeModel, find, fixture, settle } from "../support/stage";

let el: HTMLElement;
let scheme: string;
let end: () => void;

const marked = (): string | undefined => find(el, ".sora-nb").dataset["scheme"];

function draw(signal?: AbortSignal): void {
  const model = new FakeModel(fixture("queued"));
  end = widget.render(signal ? { model, el, signal } : { model, el });
}

beforeEach(() => {
  el = document.createElement("div");
  document.body.replaceChildren(el);
  scheme = "normal";
  vi.stubGlobal("getComputedStyle", vi.fn(() => ({ colorScheme: scheme })));
});
afterEach(() => {
  end();
  document.body.className = "";
  vi.unstubAllGlobals();
});

test.each([
  ["light", "light"],
  ["dark", "dark"],
  ["normal", undefined],
  ["light dark", undefined],
  ["", undefined],
])("in a page whose colour scheme is %j the mark is %s", (said, mark) => {
  scheme = said;
  draw();
  expect(marked()).toBe(mark);
  expect(getComputedStyle).toHaveBeenCalledWith(el);
});

test("before it is in the page the page itself is asked", () => {
  el.remove();
  scheme = "dark";
  draw();
  expect(getComputedStyle).toHaveBeenCalledWith(document.body);
  expect(marked()).toBe("dark");
});

test("a page that changes its theme is followed until the view ends, by the host's signal as well", async () => {
  const host = new AbortController();
  const disconnect = vi.spyOn(MutationObserver.prototype, "disconnect");
  scheme = "light";
  draw(host.signal);
  scheme = "dark";
  document.body.className = "dark";
  await vi.waitFor(() => expect(marked()).toBe("dark"));
  host.abort();
  expect(disconnect).toHaveBeenCalledTimes(1);
  await settle();
});
