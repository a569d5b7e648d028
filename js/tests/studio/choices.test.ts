// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { listView, radioView, type Choice, type ChoiceView } from "../../src/studio/choices";
import { find } from "../support/stage";

const LENGTHS: Choice<number>[] = [4, 8, 12].map((value) => ({ value, label: `${value} s` }));
const FRAMES: Choice<string>[] = [
  { value: "landscape", label: "landscape", shape: "landscape" },
  { value: "portrait", label: "portrait", shape: "portrait" },
];

function on<T extends string | number>(make: (chosen: (value: T) => void, signal: AbortSignal) => ChoiceView<T>) {
  const [chosen, life] = [vi.fn<(value: T) => void>(), new AbortController()];
  const view = make(chosen, life.signal);
  document.body.replaceChildren(view.el);
  return { chosen, life, view };
}

const lengths = () => on<number>((chosen, signal) => radioView("Length", "length", chosen, signal));
const models = () => on<string>((chosen, signal) => listView("Model", "model", chosen, signal));
const radios = (root: ParentNode): HTMLInputElement[] => [...root.querySelectorAll("input")];

test("radio buttons have one name, a legend and a label each, and show what is chosen", () => {
  const { view } = lengths();
  view.show(LENGTHS, 8);
  expect(find(view.el, "legend").textContent).toBe("Length");
  expect(radios(view.el).map((one) => [one.name, one.checked, one.labels?.[0]?.textContent])).toEqual([
    ["length", false, "4 s"],
    ["length", true, "8 s"],
    ["length", false, "12 s"],
  ]);
});

test("a choice is told with its value, and showing one tells nothing", () => {
  const { chosen, life, view } = lengths();
  view.show(LENGTHS, 4);
  view.show(LENGTHS, 8);
  expect(chosen).not.toHaveBeenCalled();
  radios(view.el)[2]?.click();
  expect(chosen.mock.calls).toEqual([[12]]);
  life.abort();
  radios(view.el)[0]?.click();
  expect(chosen).toHaveBeenCalledTimes(1);
});

test("the same choices are not drawn anew, which would take the focus; others are", () => {
  const { view } = lengths();
  view.show(LENGTHS, 4);
  view.focus();
  view.show([...LENGTHS], 4);
  expect(document.activeElement).toBe(radios(view.el)[0]);
  view.show(LENGTHS.slice(0, 2), 4);
  expect(radios(view.el)).toHaveLength(2);
});

test("a value that is none of them leaves nothing chosen, and the focus goes to the first", () => {
  const { view } = lengths();
  view.show(LENGTHS, 7);
  expect(radios(view.el).some((one) => one.checked)).toBe(false);
  view.focus();
  expect(document.activeElement).toBe(radios(view.el)[0]);
});

test("a frame has its shape before its words", () => {
  const { view } = on<string>((chosen, signal) => radioView("Frame", "frame", chosen, signal));
  view.show(FRAMES, "portrait");
  expect([...view.el.querySelectorAll("i")].map((el) => el.className)).toEqual(["snb-shape-landscape", "snb-shape-portrait"]);
});

test("a list keeps its options' elements, tells what is chosen, and shows no choice that there is not", () => {
  const { chosen, view } = models();
  const select = find<HTMLSelectElement>(view.el, "select");
  const named = (...ids: string[]): Choice<string>[] => ids.map((id) => ({ value: id, label: id }));
  view.show(named("sora-2", "sora-2-pro", "another"), "sora-2-pro");
  expect([select.selectedIndex, find<HTMLLabelElement>(view.el, "label").htmlFor]).toEqual([1, "model"]);
  const first = select.options[0];
  view.show(named("<b>sora-2</b>", "sora-2-pro"), "gone");
  expect([select.options[0], select.options.length, select.selectedIndex]).toEqual([first, 2, -1]);
  expect(first?.textContent).toBe("<b>sora-2</b>");
  select.selectedIndex = 1;
  select.dispatchEvent(new Event("change"));
  expect(chosen.mock.calls).toEqual([["sora-2-pro"]]);
});

test.each([
  ["radio buttons", () => lengths().view, (el: HTMLElement) => el],
  ["a list", () => models().view, (el: HTMLElement) => find(el, "select")],
])("%s that are wrong are described by what is wrong, until they are right", (_name, open, of) => {
  const view = open();
  view.blame("why");
  const marked = of(view.el);
  expect(marked.getAttribute("aria-describedby")).toBe("why");
  expect([marked.dataset["wrong"], marked.getAttribute("aria-invalid")]).toContain("true");
  view.blame(null);
  expect(marked.hasAttribute("aria-describedby") || marked.hasAttribute("data-wrong") || marked.hasAttribute("aria-invalid")).toBe(false);
});
