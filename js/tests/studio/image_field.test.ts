// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { imageField, type ImageField } from "../../src/studio/image_field";
import { button, find, settle, shown } from "../support/stage";

let life: AbortController;
let field: ImageField;
const typed = vi.fn<(address: string) => void>();
const fetch = vi.fn(() => Promise.resolve(new Response(null, { headers: { "content-type": "image/png", "content-length": "2000" } })));
const words = (): string => find(field.el, "[role=status]").textContent ?? "";
const picture = (): HTMLImageElement => find<HTMLImageElement>(field.el, "img");

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  life = new AbortController();
  field = imageField("i", { fetch }, typed, life.signal);
  document.body.replaceChildren(field.el);
});
afterEach(() => {
  life.abort();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** What comes of each try to draw it, in turn. */
async function look(address: string, ...events: ("load" | "error")[]): Promise<void> {
  field.show(address);
  vi.advanceTimersByTime(500);
  for (const event of events) picture().dispatchEvent(new Event(event));
  await settle();
}

test("no host is asked while a person types, and each address once", async () => {
  for (const address of ["https://a.example/b", "https://a.example/bo", "https://a.example/boat.png"]) field.show(address);
  expect(fetch).not.toHaveBeenCalled();
  await look("https://a.example/boat.png", "load");
  expect(fetch).toHaveBeenCalledOnce();
  expect(words()).toContain("PNG");
});

test("the picture is shown once it is there, and asked for without cookies or referrer", async () => {
  expect(shown(picture())).toBe(false);
  await look("https://a.example/boat.png", "load");
  expect(shown(picture())).toBe(true);
  expect([picture().crossOrigin, picture().referrerPolicy]).toEqual(["anonymous", "no-referrer"]);
});

test("a picture of a host without CORS headers is shown all the same, its size unknown", async () => {
  fetch.mockRejectedValueOnce(new TypeError("blocked by CORS"));
  await look("https://a.example/boat.png", "error", "load");
  expect(shown(picture())).toBe(true);
  expect([picture().hasAttribute("crossorigin"), picture().referrerPolicy]).toEqual([false, "no-referrer"]);
  expect(picture().src).toBe("https://a.example/boat.png");
  expect(field.wrong()).toBeNull();
  expect(words()).toMatch(/^PNG · \d+ × \d+ · size could not be checked/);
});

test("the next picture is asked for without cookies again", async () => {
  await look("https://a.example/boat.png", "error", "load");
  await look("https://a.example/ship.png", "load");
  expect(picture().crossOrigin).toBe("anonymous");
});

test("a picture that cannot be shown is asked for twice, and is not called wrong", async () => {
  await look("https://a.example/boat.png", "error", "error");
  expect(shown(picture())).toBe(false);
  expect(field.wrong()).toBeNull();
  expect(words()).toContain("this page could not show it");
});

test("a wrong address is said beside the field, without asking anybody", () => {
  field.show("file:///boat.png");
  vi.advanceTimersByTime(1_000);
  expect(fetch).not.toHaveBeenCalled();
  expect(field.wrong()).toContain("Only http(s) works");
  const input = find(field.el, "input");
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(input.getAttribute("aria-describedby")).toBe(find(field.el, "[role=status]").id);
  field.show("");
  expect([field.wrong(), words(), input.hasAttribute("aria-invalid")]).toEqual([null, "", false]);
});

test("an answer about a picture that was replaced meanwhile is not heard", async () => {
  field.show("https://a.example/boat.png");
  vi.advanceTimersByTime(500);
  field.show("");
  await settle();
  expect(words()).toBe("");
});

test("Remove takes the picture out and leaves the focus in the field", () => {
  field.show("https://a.example/boat.png");
  button(field.el, "Remove").click();
  expect(typed).toHaveBeenLastCalledWith("");
  expect(document.activeElement).toBe(find(field.el, "input"));
});
