import { expect, test } from "vitest";
import { follow, patched } from "../../src/kit/feed";
import type { Command } from "../../src/protocol/messages";
import type { Whole } from "../../src/protocol/whole";
import { fakeEnvironment, FakeModel } from "../support/stage";

interface Row {
  n: number;
  state: string;
  note: string | null;
}
interface State extends Whole {
  title: string;
  rows: Row[];
}

const SHAPE = { name: "rows", by: "n" };
const row = (n: number, state = "queued"): Row => ({ n, state, note: null });
const state = (...rows: Row[]): State => ({ number: 4, at: 100, title: "boats", rows });

function open(first: State | null): { seen: (State | null)[]; ahead: number[]; hear(message: unknown): void; sent: Command[]; end(): void } {
  const life = new AbortController();
  const stage = { ...fakeEnvironment(), wall: () => 130 };
  const seen: (State | null)[] = [];
  const ahead: number[] = [];
  const model = new FakeModel(first as never);
  follow<State>(model, stage, SHAPE, (now, by) => {
    seen.push(now);
    ahead.push(by);
  }, life.signal);
  return { seen, ahead, hear: (message) => stage.say(message), sent: stage.sent, end: () => life.abort() };
}

test("a patch changes the fields that it names and leaves every other item the same object", () => {
  const before = state(row(1), row(2));
  const after = patched(before, { kind: "patch", number: 5, at: 101, set: { title: "ships" }, items: [{ n: 2, state: "ready" }] }, SHAPE);
  expect(after).toEqual({ number: 5, at: 101, title: "ships", rows: [row(1), row(2, "ready")] });
  expect(after.rows[0]).toBe(before.rows[0]);
  expect(before.rows[1]?.state).toBe("queued");
});

test("an order takes items away, adds new ones and moves the others", () => {
  const after = patched(state(row(1), row(2)), { kind: "patch", number: 5, at: 1, items: [{ ...row(3) }], order: [3, 1] }, SHAPE);
  expect(after.rows).toEqual([row(3), row(1)]);
});

test("what is there is drawn at once, and the kernel is asked whether it is the newest", () => {
  const { seen, sent } = open(state(row(1)));
  expect(seen).toEqual([state(row(1))]);
  expect(sent).toEqual([{ kind: "connect", number: 4 }]);
});

test("patches in order are drawn one by one, and an older one is not", () => {
  const { seen, hear, sent } = open(state(row(1)));
  hear({ kind: "patch", number: 5, at: 100, items: [{ n: 1, state: "pending" }] });
  hear({ kind: "patch", number: 6, at: 100, items: [{ n: 1, state: "ready" }] });
  hear({ kind: "patch", number: 5, at: 100, items: [{ n: 1, state: "pending" }] });
  expect(seen.map((now) => now?.rows[0]?.state)).toEqual(["queued", "pending", "ready"]);
  expect(sent).toHaveLength(1);
});

test("after a lost patch the next one still holds, and the whole state is asked for and taken", () => {
  const { seen, hear, sent } = open(state(row(1), row(2)));
  hear({ kind: "patch", number: 7, at: 100, items: [{ n: 1, state: "ready" }] });
  expect(seen.at(-1)?.rows[0]?.state).toBe("ready");
  expect(sent.at(-1)).toEqual({ kind: "connect", number: -1 });
  hear({ kind: "whole", snapshot: { ...state(row(1, "ready"), row(2, "failed")), number: 7 } });
  expect(seen.at(-1)?.rows[1]?.state).toBe("failed");
});

test("an item that a lost patch had added is not drawn in part, but once the whole state is there", () => {
  const { seen, hear } = open(state(row(1)));
  hear({ kind: "patch", number: 6, at: 100, items: [{ n: 2, state: "ready" }, { n: 1, state: "ready" }], order: [2, 1] });
  expect(seen.at(-1)?.rows).toEqual([row(1, "ready")]);
  hear({ kind: "whole", snapshot: { ...state(row(2, "ready"), row(1, "ready")), number: 6 } });
  expect(seen.at(-1)?.rows).toEqual([row(2, "ready"), row(1, "ready")]);
});

test("the answer to the connecting says how far the kernel's clock is off", () => {
  const { ahead, hear } = open(state(row(1)));
  hear({ kind: "patch", number: 4, at: 70 });
  expect(ahead).toEqual([0, 60]);
});

test("a model without a state draws nothing, and takes the whole one when it comes", () => {
  const { seen, hear, sent } = open(null);
  hear({ kind: "patch", number: 1, at: 100 });
  expect(seen).toEqual([null]);
  expect(sent).toEqual([{ kind: "connect", number: -1 }]);
  hear({ kind: "whole", snapshot: state(row(1)) });
  expect(seen.at(-1)).toEqual(state(row(1)));
});

test("messages of other kinds and those after the end change nothing", () => {
  const { seen, hear, end } = open(state(row(1)));
  for (const message of [null, 5, "patch", {}, { kind: "film", key: "k" }]) hear(message);
  end();
  hear({ kind: "patch", number: 5, at: 100, items: [{ n: 1, state: "ready" }] });
  expect(seen).toHaveLength(1);
});
