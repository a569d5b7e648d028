// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { compareView, type Comparison } from "../../src/compare/compare";
import { SILENT } from "../../src/player/film_facts";
import type { Row } from "../../src/protocol/row";
import { answer, gallery } from "../support/gallery_stage";
import { button, fakeEnvironment, find, settle, shown, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let life: AbortController;
let view: Comparison;
let tools: { announce: ReturnType<typeof vi.fn>; pick: ReturnType<typeof vi.fn>; leave: ReturnType<typeof vi.fn>; close: ReturnType<typeof vi.fn> };

const rows: Row[] = gallery("gallery_comparing").rows;
const slots = (): HTMLElement[] => [...view.el.querySelectorAll<HTMLElement>(".snb-seat")];
const films = (): HTMLVideoElement[] => [...view.el.querySelectorAll<HTMLVideoElement>("video")];
const muted = (): boolean[] => films().map((video) => video.muted);
const press = (key: string): void =>
  void find(view.el, ".snb-seek").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

async function arrive(): Promise<void> {
  for (const { key } of rows) place.say(answer(key ?? ""));
  await settle();
  for (const { key } of rows) place.say({ kind: "film", key, request: 7, error: "gone" });
  await settle();
  for (const video of films()) video.dispatchEvent(new Event("loadedmetadata"));
}

beforeEach(() => {
  vi.useFakeTimers();
  place = fakeEnvironment();
  life = new AbortController();
  tools = { announce: vi.fn(), pick: vi.fn(), leave: vi.fn(), close: vi.fn() };
  view = compareView(rows, place, tools as unknown as Parameters<typeof compareView>[2], life.signal);
  document.body.replaceChildren(view.el);
});
afterEach(async () => {
  life.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("each film has its place, and one bar drives all", async () => {
  await arrive();
  expect([slots().length, view.el.querySelectorAll(".snb-bar").length]).toEqual([3, 1]);
  const played = films().map((video) => vi.spyOn(video, "play").mockResolvedValue());
  for (const video of films()) Object.defineProperty(video, "readyState", { value: 4 });
  press("k");
  vi.advanceTimersByTime(50);
  for (const play of played) expect(play).toHaveBeenCalled();
  expect(place.sent).toContainEqual({ kind: "playing", key: "s000", seconds: 8 });
  press("k");
  expect(place.sent).toContainEqual({ kind: "playing", key: "s000", seconds: 0 });
});

test("seeking, speed and loop hold for all", async () => {
  await arrive();
  press("ArrowRight");
  press("ArrowRight");
  press(">");
  press("l");
  expect(films().map((video) => video.currentTime)).toEqual([2, 2, 2]);
  expect(films().map((video) => video.playbackRate)).toEqual([1.25, 1.25, 1.25]);
  await settle();
  expect(button(view.el, "Loop").getAttribute("aria-pressed")).toBe("true");
});

test("one film at most is heard; another one is heard when asked for, M silences all", async () => {
  await arrive();
  expect(muted()).toEqual([false, true, true]);
  button(slots()[2] as HTMLElement, "Hear this film").click();
  expect(muted()).toEqual([true, true, false]);
  press("m");
  expect(muted()).toEqual([true, true, true]);
});

test("the film that was heard is left out: the first one is heard", () => {
  view.show(rows.slice(1));
  expect(slots()).toHaveLength(2);
  expect(muted()).toEqual([false, true]);
});

test("a film whose task has changed stays where it is; its pick is shown", () => {
  const before = films();
  view.show(rows.map((row, index) => ({ ...row, picked: index === 0 })));
  expect(films()).toEqual(before);
  expect(slots().map((slot) => slot.dataset["picked"])).toEqual(["true", "false", "false"]);
  expect(button(slots()[0] as HTMLElement, "Picked").getAttribute("aria-pressed")).toBe("true");
});

test("a film that is gone from the disk says so, and the others play", async () => {
  const film = { ...answer("s001").card.film };
  place.say({ ...answer("s001"), card: answer("s001", "ready", { film: { ...film, url: null, server_path: null } as never }).card });
  await settle();
  place.say({ kind: "film", key: "s001", request: 7, error: "the film's file is not there any more" });
  await settle();
  expect(slots()[1]?.textContent).toContain("cannot be shown here: the film's file is not there any more. It was saved as");
});

test("in a host without sound the comparison says it in one line", () => {
  const said = (): (string | null)[] => [...view.el.querySelectorAll(".snb-note")].filter(shown).map((note) => note.textContent);
  place.say(answer("s000"));
  expect(said()).toEqual([]);
  for (const key of ["s001", "s002"]) {
    const told = answer(key);
    place.say({ ...told, card: { ...told.card, film: { ...told.card.film, silent: true } } });
  }
  expect(said()).toEqual([SILENT]);
});

test("Escape closes it", () => {
  press("Escape");
  expect(tools.close).toHaveBeenCalledTimes(1);
});
