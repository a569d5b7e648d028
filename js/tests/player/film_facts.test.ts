// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { filmFacts, SILENT } from "../../src/player/film_facts";
import { button, film, settle } from "../support/stage";

let life: AbortController;
const copy = vi.fn<(text: string, near: Element) => Promise<boolean>>();
const announce = vi.fn<(text: string) => void>();

function facts(changes: Parameters<typeof film>[0] = {}): HTMLElement {
  const still = { button: document.createElement("button"), answer: document.createElement("p") };
  const el = filmFacts(film(changes), document.createElement("a"), still, { copy, announce }, life.signal);
  document.body.replaceChildren(el);
  return el;
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  copy.mockReset();
  announce.mockReset();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("a path that does not end with the name is told as well", () => {
  expect(facts({ name: "a.mp4", path: "elsewhere/b.mp4" }).textContent).toContain("elsewhere/b.mp4");
});

test("the path is copied as it is read, and the button says so for a while", async () => {
  copy.mockResolvedValue(true);
  const copier = button(facts(), "Copy path");
  copier.click();
  await settle();
  expect(copy).toHaveBeenCalledWith("sora_videos/2026-11-22_paper-boat_k7f3qa.mp4", copier);
  expect([copier.textContent, announce.mock.calls.flat()]).toEqual(["Copied", ["Path copied."]]);
  vi.advanceTimersByTime(2_000);
  expect(copier.textContent).toBe("Copy path");
});

test("a page that may not copy says where the path stands", async () => {
  copy.mockResolvedValue(false);
  const copier = button(facts(), "Copy path");
  copier.click();
  await settle();
  expect(copier.textContent).toBe("The path is above");
});

test("a copy that ends after the view does changes nothing", async () => {
  copy.mockResolvedValue(true);
  const copier = button(facts(), "Copy path");
  copier.click();
  life.abort();
  await settle();
  expect([copier.textContent, announce.mock.calls]).toEqual(["Copy path", []]);
});

test("a host that plays no sound is named beside the film", () => {
  expect(facts({ silent: true }).textContent).toContain(SILENT);
  expect(facts({ silent: false }).textContent).not.toContain(SILENT);
});
