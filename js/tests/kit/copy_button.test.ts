// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyButton, type Copying } from "../../src/kit/copy_button";
import { settle } from "../support/stage";

let life: AbortController;
const tools = { copy: vi.fn<(text: string, near: Element) => Promise<boolean>>(), announce: vi.fn() };
const ended = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  for (const spy of [tools.copy, tools.announce, ended]) spy.mockReset();
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function press(copied: boolean, changes: Partial<Copying> = {}): Promise<HTMLButtonElement> {
  tools.copy.mockResolvedValue(copied);
  const how: Copying = { label: "Copy path", text: () => "a/b.mp4", copied: "Path copied.", refused: "It is above.", ended, ...changes };
  const el = copyButton(how, tools, life.signal);
  el.click();
  await settle();
  return el;
}

test("what was copied is said aloud, and on the button for two seconds", async () => {
  const el = await press(true);
  expect(tools.copy).toHaveBeenCalledWith("a/b.mp4", el);
  expect([el.textContent, tools.announce.mock.calls.flat(), ended.mock.calls]).toEqual(["Copied", ["Path copied."], [[true, "a/b.mp4"]]]);
  vi.advanceTimersByTime(1_999);
  expect(el.textContent).toBe("Copied");
  vi.advanceTimersByTime(1);
  expect(el.textContent).toBe("Copy path");
});

test("where the page may not copy, the button says what to do, or stays as it is", async () => {
  expect((await press(false, { instead: "Above" })).textContent).toBe("Above");
  expect((await press(false)).textContent).toBe("Copy path");
  expect(tools.announce).toHaveBeenLastCalledWith("It is above.");
  expect(ended).toHaveBeenLastCalledWith(false, "a/b.mp4");
});

test("nothing is copied where there is no text", async () => {
  const el = await press(true, { text: () => null });
  expect([el.textContent, tools.copy.mock.calls, tools.announce.mock.calls]).toEqual(["Copy path", [], []]);
});

test("a copy that ends after the view does changes nothing", async () => {
  let answer: (copied: boolean) => void = () => undefined;
  const el = await press(true, { text: () => null });
  tools.copy.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  const late = copyButton({ label: "Copy", text: () => "x", copied: "", refused: "", ended }, tools, life.signal);
  late.click();
  life.abort();
  answer(true);
  await settle();
  expect([el.textContent, late.textContent, ended.mock.calls]).toEqual(["Copy path", "Copy", []]);
});
