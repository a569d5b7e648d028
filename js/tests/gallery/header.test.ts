// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi, type Mock } from "vitest";
import { headerView, type HeaderView } from "../../src/gallery/header";
import type { Head } from "../../src/protocol/gallery";
import type { Command } from "../../src/protocol/messages";
import { gallery } from "../support/gallery_stage";
import { button, find, shown } from "../support/stage";

let send: Mock<(command: Command) => void>;
let life: AbortController;
let view: HeaderView;
let wall: number;

function open(name: string, changes: Partial<Head> = {}): void {
  const state = { ...gallery(name), ...changes };
  view.show(state, state.rows, 0);
}
const when = (): string | null => find(view.el, ".snb-when").textContent;

beforeEach(() => {
  vi.useFakeTimers();
  wall = gallery("gallery_running").at;
  life = new AbortController();
  send = vi.fn();
  view = headerView({ wall: () => wall, random: () => 0.5, send }, life.signal);
  document.body.replaceChildren(view.el);
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("says how long all takes, honestly: as likely as not, and nine times in ten", () => {
  open("gallery_running");
  expect(when()).toMatch(/^2:35 so far · all done by \d+:\d\d as likely as not, by \d+:\d\d nine times in ten$/);
  wall += 60;
  expect(view.beat()).toBe(1000);
  expect(when()).toMatch(/^3:35 so far/);
  wall += 3600;
  view.beat();
  expect(when()).toMatch(/longer than nine in ten$/);
});

test("in the service's own time, which may pass faster", () => {
  open("gallery_running", { began: { at: wall - 2, speed: 60 }, estimate: { median: wall + 1, p90: wall + 2 } });
  expect(when()).toBe("2:00 so far · all done by 3:00 as likely as not, by 4:00 nine times in ten");
});

test("says that it is paused, and nothing about time once all rest", () => {
  open("gallery_paused");
  expect(when()).toMatch(/^Paused/);
  open("gallery_done");
  expect(when()).toBe("");
  expect(view.beat()).toBeNull();
});

test("money is told as far as it is known", () => {
  const money = (): string | null => find(view.el, ".snb-money").textContent;
  open("gallery_running");
  expect(money()).toBe("about $5.20 of $7.20 so far");
  open("gallery_running", { cost: null });
  expect(money()).toBe("");
  open("gallery_done");
  expect([money(), shown(find(view.el, ".snb-badge"))]).toEqual(["no charge", true]);
});

test("each button asks once, says so, and comes back when something has changed", () => {
  open("gallery_running");
  const pause = button(view.el, "Pause");
  pause.focus();
  pause.click();
  pause.click();
  expect(send.mock.calls).toEqual([[{ kind: "sweep", act: "pause" }]]);
  expect(pause.textContent).toBe("Asked…");
  open("gallery_paused");
  expect(button(view.el, "Continue")).toBe(document.activeElement);
  open("gallery_running");
  expect(button(view.el, "Pause").getAttribute("aria-disabled")).toBeNull();
});

test("what stopping and trying again may cost is seen without a hover, and read with the buttons", () => {
  open("gallery_running");
  const hint = find(view.el, ".snb-hint");
  expect(hint.textContent).toMatch(/^Stop the rest: .*Films at the service go on, and may be charged\. Try failed again: as new tasks, which may be charged\.$/);
  for (const label of ["Stop the rest", "Try failed again"]) {
    expect(button(view.el, label).getAttribute("aria-describedby")).toBe(hint.id);
  }
  expect(view.el.querySelectorAll("[title]")).toHaveLength(0);
  open("gallery_planned");
  expect(shown(hint)).toBe(false);
});

test("a click that nothing answered may be repeated", () => {
  open("gallery_planned");
  button(view.el, "Start").click();
  vi.advanceTimersByTime(10_000);
  button(view.el, "Start").click();
  expect(send).toHaveBeenCalledTimes(2);
});

test("the plan and trouble stand above the rows", () => {
  open("gallery_planned");
  expect(find(view.el, ".snb-plan").textContent).toContain("12 films to make");
  open("gallery_running", { note: null });
  expect(shown(find(view.el, ".snb-plan"))).toBe(false);
});

test("the strip has a part for each state, as wide as it is common", () => {
  open("gallery_running");
  const parts = [...view.el.querySelectorAll<HTMLElement>(".snb-part")];
  expect(parts.map((part) => [part.dataset["state"], part.style.flexGrow])).toContainEqual(["queued", "3"]);
  expect(parts[0]?.dataset["state"]).toBe("ready");
  expect(find(view.el, ".snb-strip").getAttribute("aria-hidden")).toBe("true");
});

test("an act that this page does not know is no button", () => {
  open("gallery_running", { actions: ["pause", "explode" as "pause"] });
  expect(view.el.querySelectorAll("button")).toHaveLength(1);
});
