// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { etaView, type EtaView } from "../../src/card/eta";
import type { Card } from "../../src/protocol/card";
import { card, find, shown } from "../support/stage";

/** The moment (ms) at which a card of the fixtures was drawn: its clock was right some time before. */
const SINCE = 1_795_338_000_000;

function at(ms: number, what: Card): EtaView {
  const view = etaView(() => ms);
  view.show(what, what.clock.at === 0 ? 0 : what.clock.at * 1000 - SINCE);
  view.beat();
  return view;
}

const text = (view: EtaView): string => find(view.el, ".snb-say").textContent ?? "";
const width = (view: EtaView, part: string): number =>
  Number.parseFloat(find(view.el, part).style.getPropertyValue("inline-size"));
const place = (view: EtaView, part: string): number =>
  Number.parseFloat(find(view.el, part).style.getPropertyValue("inset-inline-start"));

test("it says how long so far, when such jobs end, and how that is known", () => {
  const slow = card("processing", { clock: { elapsed: 111, at: 0, speed: 1, running: true } });
  expect(text(at(0, slow))).toBe(
    "1:51 so far · half are done by 4:03, nine in ten by 5:00 (the service's documented times)",
  );
});

test("the time moves with the clock, by the speed of the service", () => {
  expect(text(at(500, card("processing")))).toMatch(/^2:41 so far/);
});

test("past nine in ten it says so, and the marker does not stick at the end", () => {
  const overdue = card("processing_overdue");
  expect(text(at(0, overdue))).toBe(
    "4:36 so far · longer than nine in ten (the service's documented times)",
  );
  const [early, late] = [at(60_000, overdue), at(600_000, overdue)];
  expect(place(late, ".snb-now")).toBeGreaterThan(place(early, ".snb-now") - 0.01);
  expect(place(late, ".snb-now")).toBeLessThan(100);
  expect(width(late, ".snb-usual")).toBeLessThan(width(early, ".snb-usual"));
});

test("the band lies between the ages of half and nine in ten, on a strip to the longest", () => {
  const view = at(0, card("pending"));
  expect(place(view, ".snb-usual")).toBeCloseTo((243.5 / 420) * 100, 1);
  expect(width(view, ".snb-usual")).toBeCloseTo((56.5 / 420) * 100, 1);
  expect(place(view, ".snb-now")).toBeCloseTo((14 / 420) * 100, 1);
});

test("without an estimate it says what happens, and draws no band", () => {
  const view = at(0, card("queued"));
  expect(text(view)).toBe("0:03 so far · waiting to be sent");
  expect(shown(find(view.el, ".snb-band"))).toBe(false);
});

test("while saving, the bar and the words hold the bytes that have arrived", () => {
  const view = at(0, card("saving"));
  expect(text(view)).toBe("3:02 so far · saving the film: 3.3 MB of 5.5 MB");
  const bar = find(view.el, "[role=progressbar]");
  expect(shown(bar)).toBe(true);
  expect(bar.getAttribute("aria-valuenow")).toBe("3250585");
  expect(width(view, ".snb-fill")).toBeCloseTo(59.62, 1);
});

test("an unknown total gives a bar without a value", () => {
  const bar = find(at(0, card("saving_trouble")).el, "[role=progressbar]");
  expect(bar.hasAttribute("aria-valuenow")).toBe(false);
  expect(bar.getAttribute("data-known")).toBe("false");
});

test("a stopped task says when watching ended and asks for no more beats", () => {
  const view = at(99_000, card("stopped"));
  expect(text(view)).toBe("1:13 when watching stopped");
  expect(view.beat()).toBeNull();
});

test("words that are the same are not written twice", () => {
  let now = 0;
  const view = etaView(() => now);
  view.show(card("processing_overdue"), card("processing_overdue").clock.at * 1000 - SINCE);
  view.beat();
  const node = find(view.el, ".snb-say > span").firstChild;
  now = 5000;
  view.beat();
  expect(find(view.el, ".snb-time").textContent).toBe("4:41");
  expect(find(view.el, ".snb-say > span").firstChild).toBe(node);
});
