// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Environment } from "../../src/kit/environment";
import { tellUse } from "../../src/kit/usage";

function used(): { told: unknown[]; at: (ms: number) => void; root: HTMLElement; life: AbortController } {
  const told: unknown[] = [];
  let now = 0;
  const env = { now: () => now, send: (command: unknown) => told.push(command) } as unknown as Environment;
  const [root, life] = [document.createElement("div"), new AbortController()];
  tellUse(root, env, life.signal);
  return { told, at: (ms) => (now = ms), root, life };
}

test.each(["pointerdown", "keydown", "wheel", "click", "focusin"])("a person's %s is told", (event) => {
  const { told, root } = used();
  root.append(document.createElement("button"));
  root.firstElementChild?.dispatchEvent(new Event(event, { bubbles: true }));
  expect(told).toEqual([{ kind: "used" }]);
});

test("someone who goes on is told again after half a minute, not with each key", () => {
  const { told, at, root } = used();
  for (const ms of [0, 10, 29_999]) {
    at(ms);
    root.dispatchEvent(new Event("keydown"));
  }
  expect(told).toHaveLength(1);
  at(30_000);
  root.dispatchEvent(new Event("keydown"));
  expect(told).toHaveLength(2);
});

test("nothing is told once the view is gone", () => {
  const { told, root, life } = used();
  life.abort();
  root.dispatchEvent(new Event("click"));
  expect(told).toEqual([]);
});

test("what the page does by itself is no use", () => {
  const { told, root } = used();
  for (const event of ["mousemove", "timeupdate", "scroll"]) root.dispatchEvent(new Event(event));
  expect(told).toEqual([]);
});
