import { beforeEach, expect, test } from "vitest";
import { followCards } from "../../src/card/follow_card";
import type { Card } from "../../src/protocol/card";
import { answer } from "../support/gallery_stage";
import { card, fakeEnvironment, type FakeEnvironment } from "../support/stage";

let place: FakeEnvironment;
let life: AbortController;
let looked: Set<string>;
let drawn: Card[];

const change = (number: number, key: string, fields: Partial<Card>): void =>
  place.say({ kind: "card", number, card: { key, ...fields }, at: Date.now() / 1000 });

beforeEach(() => {
  place = fakeEnvironment();
  life = new AbortController();
  looked = new Set(["s000"]);
  drawn = [];
  followCards(place, (key) => looked.has(key), (told) => void drawn.push(told), life.signal);
});

test("the first message tells all of a card, later ones what has changed", () => {
  place.say(answer("s000", "pending"));
  change(2, "s000", { state: "processing", note: "slow" });
  change(3, "s000", { note: null });
  const whole = card("pending", { key: "s000" });
  expect(drawn).toEqual([whole, { ...whole, state: "processing", note: "slow" }, { ...whole, state: "processing" }]);
  expect(place.sent).toEqual([]);
});

test("after a message that was lost the whole card is asked for, and half of one is never drawn", () => {
  place.say(answer("s000", "pending"));
  change(3, "s000", { state: "processing" });
  expect(drawn).toHaveLength(1);
  expect(place.sent).toEqual([{ kind: "card", key: "s000" }]);
  place.say(answer("s000", "processing"));
  change(2, "s000", { state: "saving" });
  expect(drawn.map(({ state }) => state)).toEqual(["pending", "processing", "saving"]);
});

test("a page that hears of a change before it has the card asks for it", () => {
  change(2, "s000", { state: "processing" });
  expect([drawn, place.sent]).toEqual([[], [{ kind: "card", key: "s000" }]]);
});

test("cards of others are neither drawn nor asked for nor kept", () => {
  place.say(answer("s001"));
  looked.add("s001");
  change(2, "s001", { state: "saving" });
  expect(drawn).toEqual([]);
  expect(place.sent).toEqual([{ kind: "card", key: "s001" }]);
});

test("a card's clock is right since the moment that its message was made", () => {
  const since: number[] = [];
  followCards(place, () => true, (_card, moment) => void since.push(moment), life.signal);
  const told = answer("s000", "pending");
  place.say({ ...told, at: told.card.clock.at + 5 });
  expect(Math.round((place.now() - (since[0] ?? 0)) / 1000)).toBe(5);
});

test("nothing listens after the end", () => {
  life.abort();
  expect(place.listening()).toBe(0);
});
