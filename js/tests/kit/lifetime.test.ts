import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { after, childOf, ended } from "../../src/kit/lifetime";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a child ends with its parent, and a parent outlives its child", () => {
  const parent = new AbortController();
  const [first, second] = [childOf(parent.signal), childOf(parent.signal)];
  first.abort();
  expect([parent.signal.aborted, second.signal.aborted]).toEqual([false, false]);
  parent.abort();
  expect(second.signal.aborted).toBe(true);
  expect(childOf(parent.signal).signal.aborted).toBe(true);
});

test("what is planned happens once, unless called off or over", () => {
  const life = new AbortController();
  const act = vi.fn();
  after(100, life.signal, act);
  after(100, life.signal, act)();
  vi.advanceTimersByTime(100);
  expect(act).toHaveBeenCalledTimes(1);
  after(100, life.signal, act);
  life.abort();
  after(100, life.signal, act);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(act).toHaveBeenCalledTimes(1);
});

test("the end can be awaited, also when it has passed", async () => {
  const life = new AbortController();
  const end = ended(life.signal);
  life.abort();
  await end;
  await ended(life.signal);
});
