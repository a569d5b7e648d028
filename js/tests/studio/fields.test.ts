import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fields } from "../../src/protocol/studio";
import { formFields, type FormFields, type Name } from "../../src/studio/fields";
import { FakeTraits, FIELDS } from "../support/studio_stage";

let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open(fields: Partial<Fields> = {}): { model: FakeTraits; fields: FormFields; heard: Name[][] } {
  const model = new FakeTraits(fields);
  const opened = formFields(model, FIELDS, () => Date.now(), life.signal);
  const heard: Name[][] = [];
  opened.changed((names) => void heard.push([...names]));
  return { model, fields: opened, heard };
}

test("typing goes to Python once, when it pauses", () => {
  const { model, fields, heard } = open();
  for (const prompt of ["a", "a b", "a bo"]) {
    fields.edit({ prompt });
    vi.advanceTimersByTime(100);
  }
  expect(model.saved).toEqual([]);
  vi.advanceTimersByTime(150);
  expect(model.saved).toEqual([{ prompt: "a bo" }]);
  expect(heard).toEqual([["prompt"], ["prompt"], ["prompt"]]);
});

test("what is set elsewhere arrives, and is not sent back", () => {
  const { model, fields, heard } = open({ prompt: "before" });
  model.arrive("prompt", "from Python");
  model.arrive("extra", { seed: 1 });
  model.arrive("extra", { seed: 1 });
  expect(fields.now.prompt).toBe("from Python");
  expect(heard).toEqual([["prompt"], ["extra"]]);
  vi.advanceTimersByTime(1_000);
  expect(model.saved).toEqual([]);
});

test("what is being typed is not overwritten, and then stands everywhere", () => {
  const { model, fields } = open();
  fields.edit({ prompt: "mine" });
  model.arrive("prompt", "theirs");
  expect(fields.now.prompt).toBe("mine");
  vi.advanceTimersByTime(150);
  expect(model.get("prompt")).toBe("mine");
});

test("a late echo of what was typed before changes nothing, and is put right", () => {
  const { model, fields } = open();
  for (const prompt of ["a", "a boat"]) {
    fields.edit({ prompt });
    fields.flush();
  }
  model.arrive("prompt", "a");
  expect(fields.now.prompt).toBe("a boat");
  vi.advanceTimersByTime(150);
  expect(model.get("prompt")).toBe("a boat");
});

test("after the echoes the same text from elsewhere is a change as any other", () => {
  const { model, fields } = open();
  for (const prompt of ["a", "a boat"]) {
    fields.edit({ prompt });
    fields.flush();
  }
  vi.advanceTimersByTime(3_000);
  model.arrive("prompt", "a");
  expect(fields.now.prompt).toBe("a");
});

test("a value of another type is no value", () => {
  const { model, fields } = open({ duration: 8 });
  for (const value of [null, "12", undefined]) model.arrive("duration", value);
  expect(fields.now.duration).toBe(8);
});

test("after the end nothing is listened to and nothing sent", () => {
  const { model, fields } = open();
  fields.edit({ prompt: "late" });
  life.abort();
  fields.flush();
  expect(model.listeners()).toBe(0);
  expect(model.saved).toEqual([]);
});
