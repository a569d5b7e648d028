// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copy } from "../../src/kit/clipboard";

const clipboard = { writeText: vi.fn<(text: string) => Promise<void>>() };
const command = vi.fn<(name: string) => boolean>();
let near: HTMLButtonElement;

beforeEach(() => {
  vi.stubGlobal("navigator", { clipboard });
  Object.assign(document, { execCommand: command });
  clipboard.writeText.mockReset();
  command.mockReset();
  near = document.createElement("button");
  document.body.replaceChildren(near);
});
afterEach(() => void vi.unstubAllGlobals());

test("the clipboard is asked first", async () => {
  clipboard.writeText.mockResolvedValue();
  expect(await copy("id", near)).toBe(true);
  expect(clipboard.writeText).toHaveBeenCalledWith("id");
  expect(command).not.toHaveBeenCalled();
});

test("a refused clipboard falls back to a selection and gives the focus back", async () => {
  clipboard.writeText.mockRejectedValue(new Error("not allowed"));
  let selected: string | undefined;
  command.mockImplementation(() => {
    selected = document.querySelector("textarea")?.value;
    return true;
  });
  near.focus();
  expect(await copy("id", near)).toBe(true);
  expect(selected).toBe("id");
  expect(document.querySelector("textarea")).toBeNull();
  expect(document.activeElement).toBe(near);
});

test("where both ways are refused it says so", async () => {
  vi.stubGlobal("navigator", {});
  command.mockImplementation(() => {
    throw new Error("no");
  });
  expect(await copy("id", near)).toBe(false);
  expect(document.querySelector("textarea")).toBeNull();
});
