// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Preview } from "../../src/protocol/messages";
import type { Fields, StudioSnapshot } from "../../src/protocol/studio";
import { generateView } from "../../src/studio/generate";
import { fakeEnvironment, find, shown } from "../support/stage";
import { FIELDS, state } from "../support/studio_stage";

const PAID = { service: { simulated: false, name: "the service" }, price: 0.1 };

function open(fields: Partial<Fields> = {}, told: Partial<StudioSnapshot> = PAID, preview: Preview | null = null) {
  const [go, again, life, page] = [vi.fn<() => void>(), vi.fn<(yes: boolean) => void>(), new AbortController(), fakeEnvironment()];
  const view = generateView(page, "form", go, again, life.signal);
  document.body.replaceChildren(view.el);
  const show = (changes: Partial<Fields> = fields): void => view.show(state(told), { ...FIELDS, ...changes }, preview);
  show();
  return { view, go, again, life, page, show, button: find<HTMLButtonElement>(view.el, ".snb-go") };
}

const preview = (...reuses: (string | null)[]): Preview => ({ kind: "preview", request: 1, problem: null, reuses });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("the price stands before the click and describes the button", () => {
  const { view, button } = open({ duration: 8, takes: 2 });
  const cost = find(view.el, ".snb-cost");
  expect(cost.textContent).toBe("8 s × 2 takes · about $1.60");
  expect(button.getAttribute("aria-describedby")?.split(" ")).toContain(cost.parentElement?.id);
});

test("a button that waits for its answer asks nothing again, until the answer or ten seconds", () => {
  const { view, go, button, life } = open();
  button.click();
  view.asked();
  button.click();
  expect([go.mock.calls.length, button.textContent]).toEqual([1, "Asked…"]);
  vi.advanceTimersByTime(10_000);
  button.click();
  expect(go).toHaveBeenCalledTimes(2);
  view.asked();
  view.settle("1 film asked for: shown below.");
  expect([button.textContent, button.getAttribute("aria-disabled")]).toEqual(["Generate", null]);
  expect(view.el.textContent).toContain("1 film asked for");
  vi.advanceTimersByTime(20_000);
  expect(view.el.textContent).toContain("1 film asked for");
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
});

test("films that are there already are shown, not paid for, unless a person says so", () => {
  const { view, button, again, show } = open({}, PAID, preview("k7f3qa"));
  expect(button.textContent).toBe("Show");
  expect(find(view.el, ".snb-cost").textContent).toContain("no charge");
  const box = find<HTMLInputElement>(view.el, "input");
  expect(box.closest("label")?.textContent).toBe("Make it anew, and pay again");
  box.click();
  expect(again.mock.calls).toEqual([[true]]);
  show({ new: true });
  expect([button.textContent, find(view.el, ".snb-cost").textContent]).toEqual(["Generate", "4 s · about $0.40"]);
});

test("a budget that is not enough is said as that", () => {
  const limits = [{ name: "usd" as const, limit: 5, left: 0.3 }];
  const { view } = open({}, { ...PAID, budget: { period: "per day", limits } });
  const budget = find(view.el, ".snb-budget");
  expect(budget.textContent).toContain("not enough, it would be refused");
  expect(budget.dataset["tone"]).toBe("bad");
});

test("the simulator is marked, and has no balance to ask for", () => {
  const { view } = open({}, {});
  expect([...view.el.querySelectorAll("button")].filter(shown).map((el) => el.textContent)).toEqual(["Generate"]);
  expect(shown(find(view.el, ".snb-badge"))).toBe(true);
});

test("what is wrong with the request is words, whatever they hold, and goes again", () => {
  const { view } = open();
  view.blame("<img src=x> is no model");
  const wrong = find(view.el, "#form-refused");
  expect([wrong.textContent, shown(wrong), wrong.querySelector("img")]).toEqual(["<img src=x> is no model", true, null]);
  view.blame(null);
  expect(shown(wrong)).toBe(false);
});
