// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GallerySnapshot } from "../../src/protocol/gallery";
import type { Row } from "../../src/protocol/row";
import type { PanelSnapshot } from "../../src/protocol/whole";
import widget from "../../src/widget";
import { answer, gallery, galleryNames } from "../support/gallery_stage";
import { button, FakeModel, find, settle, shown } from "../support/stage";

let cleanups: (() => void)[];
let model: FakeModel;
let el: HTMLElement;
let number = 100;

function open(state: GallerySnapshot): void {
  model = new FakeModel(state as unknown as PanelSnapshot);
  el = document.createElement("div");
  document.body.append(el);
  cleanups.push(widget.render({ model, el }));
}

/** A patch as Python sends it. */
function patch(items: Partial<Row>[], set: object = {}): void {
  number += 1;
  model.say({ kind: "patch", number, at: Date.now() / 1000, items, set }, []);
}

const running = (): GallerySnapshot => ({ ...gallery("gallery_running"), number });
const rows = (): HTMLElement[] => [...el.querySelectorAll<HTMLElement>(".snb-row")];
const row = (index: number): HTMLElement => {
  const found = rows().find((each) => each.getAttribute("aria-rowindex") === String(index + 1));
  if (!found) throw new Error(`no row ${index}`);
  return found;
};
const check = (index: number): void => void find(row(index), ".snb-check").dispatchEvent(new MouseEvent("click", { bubbles: true }));
const press = (key: string): void =>
  void (document.activeElement as Element).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const spoken = (): string => find(el, "[aria-live]").textContent ?? "";
const asked = (kind: string): object[] => model.sent.filter((command) => command.kind === kind);

beforeEach(() => {
  vi.useFakeTimers({ now: gallery("gallery_running").at * 1000 });
  vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new Error("no network here"))));
  document.body.replaceChildren();
  cleanups = [];
  number += 1;
});
afterEach(async () => {
  for (const cleanup of cleanups) cleanup();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test.each(galleryNames)("%s is drawn: its rows, its counts, every control with a name", (name) => {
  const state = gallery(name);
  open({ ...state, number });
  expect(rows().map((each) => each.dataset["state"])).toEqual(state.rows.map((each) => each.state));
  for (const control of el.querySelectorAll("button, a, input, select")) {
    expect(`${control.textContent}${control.getAttribute("aria-label") ?? ""}`).not.toBe("");
  }
  for (const drawing of el.querySelectorAll("svg")) expect(drawing.getAttribute("aria-hidden")).toBe("true");
  const roles = rows().flatMap((each) => [...each.children].map((cell) => cell.getAttribute("role")));
  expect(new Set(roles)).toEqual(new Set(["gridcell"]));
});

test("markup in any string becomes text", async () => {
  open({ ...gallery("gallery_hostile"), number });
  for (let index = 0; index < 4; index += 1) {
    find(row(index), ".snb-rowprompt").click();
    await settle();
  }
  expect(el.querySelectorAll("script, iframe, object, embed, i")).toHaveLength(0);
  for (const picture of el.querySelectorAll("img")) expect(picture.className).toBe("snb-poster");
  expect((globalThis as { pwned?: string }).pwned).toBeUndefined();
});

describe("opening", () => {
  test("asks for the card of that row alone, and draws it in its place", async () => {
    open(running());
    find(row(0), ".snb-rowprompt").click();
    expect(asked("card")).toEqual([{ kind: "card", key: "s000" }]);
    model.say(answer("s000"), []);
    await settle();
    const detail = find(el, ".snb-detail");
    expect(shown(detail)).toBe(true);
    expect(find(detail, "article").dataset["state"]).toBe("ready");
    expect(detail.querySelectorAll("video").length).toBeGreaterThan(0);
  });

  test("a second time closes it, and ends the player", async () => {
    open(running());
    find(row(0), ".snb-rowprompt").click();
    model.say(answer("s000"), []);
    await settle();
    find(row(0), ".snb-rowprompt").click();
    expect(shown(find(el, ".snb-detail"))).toBe(false);
    expect(el.querySelector("article, video")).toBeNull();
  });

  test("a silent kernel is said", () => {
    open(running());
    find(row(3), ".snb-rowprompt").click();
    vi.advanceTimersByTime(3000);
    expect(find(el, ".snb-detail > .snb-quiet").textContent).toContain("busy, or gone");
  });

  test("a row that nothing was asked for says why", () => {
    open(running());
    find(row(12), ".snb-rowprompt").click();
    expect(asked("card")).toEqual([]);
    expect(find(el, ".snb-detail > .snb-quiet").textContent).toContain("duration 7");
  });

  test("the next one follows the order that is shown, and Escape leads back to the list", async () => {
    open(running());
    find<HTMLButtonElement>(el, '.snb-only[data-state="queued"]').click();
    find(row(0), ".snb-rowprompt").click();
    const next = button(find(el, ".snb-detail"), "Next film");
    next.click();
    expect(asked("card").at(-1)).toEqual({ kind: "card", key: "s010" });
    next.focus();
    press("Escape");
    await settle();
    expect(document.activeElement?.getAttribute("role")).toBe("row");
  });

  test("a new card of the same task changes it in place; a task that took its place is asked for", async () => {
    open(running());
    find(row(3), ".snb-rowprompt").click();
    model.say(answer("s003", "processing"), []);
    await settle();
    const article = find(el, "article");
    model.say(answer("s003", "saving"), []);
    expect(find(el, "article")).toBe(article);
    expect(article.dataset["state"]).toBe("saving");
    patch([{ n: 3, key: "r1", state: "queued" }]);
    expect(asked("card").at(-1)).toEqual({ kind: "card", key: "r1" });
  });

  test("Try again in the card leaves the focus in the card of the new task", async () => {
    open(running());
    find(row(2), ".snb-rowprompt").click();
    model.say(answer("s002", "failed_retryable"), []);
    await settle();
    const again = [...el.querySelectorAll("button")].find((each) => each.textContent === "Try again");
    again?.focus();
    expect(document.activeElement).toBe(again);
    patch([{ n: 2, key: "r1", state: "queued" }]);
    model.say(answer("r1", "queued"), []);
    await settle();
    expect(document.activeElement).toBe(find(el, "article"));
  });
});

describe("changes", () => {
  test("draw a row in place and keep the focus", () => {
    open(running());
    row(3).focus();
    patch([{ n: 3, state: "ready", seconds: 8 }]);
    expect(document.activeElement).toBe(row(3));
    expect(row(3).dataset["state"]).toBe("ready");
    expect(find(el, '.snb-only[data-state="ready"]').textContent).toBe("ready 3");
  });

  test("are said together, not one by one, and the end at once", () => {
    open(running());
    expect(spoken()).toBe("");
    patch([{ n: 3, state: "ready", seconds: 8 }]);
    expect(spoken()).toBe("13 films: 3 ready, 1 failed, 1 unsure, 1 stopped.");
    for (const n of [4, 5, 6]) patch([{ n, state: "ready", seconds: 8 }]);
    expect(spoken()).toContain("3 ready");
    vi.advanceTimersByTime(15_000);
    expect(spoken()).toContain("6 ready");
    for (const n of [9, 10, 11]) patch([{ n, state: "stopped" }]);
    expect(spoken()).toContain("4 stopped");
  });

  test("of a thousand rows are drawn a few times a second", () => {
    const many = running();
    const first = many.rows[0] as Row;
    many.rows = Array.from({ length: 1000 }, (_, n) => ({ ...first, n, key: `k${n}`, state: "processing" as const }));
    open(many);
    patch([{ n: 0, state: "ready", seconds: 4 }]);
    expect(row(0).dataset["state"]).toBe("processing");
    vi.advanceTimersByTime(400);
    expect(row(0).dataset["state"]).toBe("ready");
  });
});

describe("picks", () => {
  test("go to Python from the list and from the card, and come back as what Python says", async () => {
    open(running());
    find(row(0), ".snb-star").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    expect(asked("pick")).toEqual([{ kind: "pick", key: "s000", picked: true }]);
    expect(row(0).dataset["picked"]).toBe("false");
    patch([{ n: 0, picked: true }]);
    expect(row(0).dataset["picked"]).toBe("true");
    find(row(0), ".snb-rowprompt").click();
    button(find(el, ".snb-detail"), "Picked").click();
    expect(asked("pick").at(-1)).toEqual({ kind: "pick", key: "s000", picked: false });
    await settle();
  });
});

describe("comparing", () => {
  test("is offered for two to nine films, and says what is missing", () => {
    open(running());
    expect(shown(find(el, ".snb-selection button"))).toBe(false);
    check(0);
    expect(button(el, "Compare 1").getAttribute("aria-disabled")).toBe("true");
    check(3);
    expect(find(el, ".snb-selection .snb-hint").textContent).toBe("2 selected, 1 without a film yet · two to nine films can be compared");
    check(1);
    button(el, "Compare 2").click();
    expect(el.querySelectorAll(".snb-seat")).toHaveLength(2);
    expect(asked("card")).toEqual([{ kind: "card", key: "s000" }, { kind: "card", key: "s001" }]);
  });

  test("opens by itself where Python asked for it", () => {
    open({ ...gallery("gallery_comparing"), number });
    expect(el.querySelectorAll(".snb-seat")).toHaveLength(3);
  });

  test("a film is picked and left out there; with one left it is over", () => {
    open({ ...gallery("gallery_comparing"), number });
    const slots = (): HTMLElement[] => [...el.querySelectorAll<HTMLElement>(".snb-seat")];
    button(slots()[1] as HTMLElement, "Pick").click();
    expect(asked("pick")).toEqual([{ kind: "pick", key: "s001", picked: true }]);
    patch([{ n: 1, picked: true }]);
    expect(slots()[1]?.dataset["picked"]).toBe("true");
    button(slots()[0] as HTMLElement, "Leave it out").click();
    expect(slots()).toHaveLength(2);
    expect(find(el, ".snb-compare .snb-total").textContent).toBe("2 films, played as one");
    button(slots()[0] as HTMLElement, "Leave it out").click();
    expect(slots()).toHaveLength(0);
  });
});

test("a person who uses it is told to the kernel now and then", () => {
  open(running());
  row(0).focus();
  for (let time = 0; time < 61; time += 1) {
    press("ArrowDown");
    vi.advanceTimersByTime(1000);
  }
  expect(asked("used")).toHaveLength(3);
});

test("what is not found is said, and the list comes back", () => {
  open(running());
  const search = find<HTMLInputElement>(el, "input[type=search]");
  search.value = "zebra";
  search.dispatchEvent(new Event("input"));
  expect([shown(find(el, ".snb-none")), shown(find(el, ".snb-rows"))]).toEqual([true, false]);
  search.value = "";
  search.dispatchEvent(new Event("input"));
  expect(rows()).toHaveLength(13);
});

test("the last row of a state goes elsewhere: who was in the list is not left nowhere", () => {
  open(running());
  find(el, '.snb-only[data-state="failed"]').click();
  expect(rows()).toHaveLength(1);
  rows()[0]?.focus();
  patch([{ n: 2, key: "r1", state: "queued" }]);
  expect(shown(find(el, ".snb-rows"))).toBe(false);
  expect(document.activeElement?.classList.contains("snb-only")).toBe(true);
});

test("the end of a view leaves no listener behind", async () => {
  open({ ...gallery("gallery_comparing"), number });
  await settle();
  cleanups.pop()?.();
  await settle();
  expect(el.children).toHaveLength(0);
  expect(model.listeners()).toBe(0);
});
