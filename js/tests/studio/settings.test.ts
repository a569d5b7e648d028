// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fields, StudioSnapshot } from "../../src/protocol/studio";
import { formFields, type FormFields } from "../../src/studio/fields";
import { fitting, settingsView, type SettingsView } from "../../src/studio/settings";
import { find, shown } from "../support/stage";
import { FakeTraits, FIELDS, state } from "../support/studio_stage";

let life: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
});
afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

function open(fields: Partial<Fields> = {}, snapshot: StudioSnapshot | null = state()): { fields: FormFields; view: SettingsView } {
  const opened = formFields(new FakeTraits(fields), FIELDS, () => Date.now(), life.signal);
  const view = settingsView(opened, "s", life.signal);
  document.body.replaceChildren(view.el);
  view.show(snapshot);
  return { fields: opened, view };
}

const labelled = (view: SettingsView, text: string): HTMLInputElement =>
  find(
    [...view.el.querySelectorAll("label")].find((label) => label.textContent === text) ?? document,
    "input",
  );

function choose(view: SettingsView, id: string, label: string): void {
  const select = find<HTMLSelectElement>(view.el, `#s-${id}`);
  select.selectedIndex = [...select.options].findIndex((option) => option.textContent === label);
  select.dispatchEvent(new Event("change"));
}

test("every choice goes into its field", () => {
  const { fields, view } = open();
  labelled(view, "12 s").click();
  labelled(view, "portrait").click();
  choose(view, "takes", "3 takes");
  choose(view, "model", "sora-2-pro");
  expect(fields.now).toMatchObject({ duration: 12, aspect_ratio: "portrait", takes: 3, model: "sora-2-pro" });
});

test("each group has a name, and of each one choice is marked", () => {
  const { view } = open({ duration: 8, aspect_ratio: "portrait" });
  expect([...view.el.querySelectorAll("fieldset legend")].map((el) => el.textContent)).toEqual(["Length", "Frame"]);
  const checked = [...view.el.querySelectorAll<HTMLInputElement>("input:checked")];
  expect(checked.map((input) => input.parentElement?.textContent)).toEqual(["8 s", "portrait"]);
});

test("a model has its own fields: a size for words, a resolution with a picture", () => {
  const { fields, view } = open({ model: "sora-2-pro", aspect_ratio: "portrait" });
  const size = find<HTMLSelectElement>(view.el, "#s-size");
  expect([...size.options].map((option) => option.textContent)).toEqual(["1280 × 720", "720 × 1280"]);
  expect(size.selectedIndex).toBe(1);
  expect(shown(find(view.el, "fieldset:nth-of-type(2)"))).toBe(false);
  choose(view, "size", "1280 × 720");
  expect(fields.now.extra).toEqual({ size: "1280*720" });
  fields.edit({ image: "https://a.example/b.png" });
  view.show(state());
  choose(view, "size", "1080p");
  expect(fields.now.extra["resolution"]).toBe("1080p");
});

test("what another model, or a picture that came, does not take is left out", () => {
  const [, pro] = state().models;
  const extra = { size: "1280*720", resolution: "720p", seed: 7 };
  expect(fitting(extra, pro ?? null, "")).toEqual({ size: "1280*720", seed: 7 });
  expect(fitting(extra, pro ?? null, "https://a.example/b.png")).toEqual({ resolution: "720p", seed: 7 });
  expect(fitting(extra, null, "")).toEqual({ seed: 7 });
});

test("a model that is not known is kept, and what is sent for it is said", () => {
  const { view } = open({ model: "kling-2.1", duration: 5, extra: { seed: 7 } });
  expect(find<HTMLSelectElement>(view.el, "#s-model").selectedOptions[0]?.textContent).toBe("kling-2.1");
  expect(labelled(view, "5 s").checked).toBe(true);
  expect(view.el.textContent).toContain("The input of kling-2.1 is sent unchecked. Also sent: seed 7.");
});

test("before the kernel has told its models nothing is said against one", () => {
  const { view } = open({}, null);
  expect([...view.el.querySelectorAll(".snb-hint")].every((el) => !shown(el))).toBe(true);
});

test("a trouble stands beside its field and is tied to it, until it is taken back", () => {
  const { view } = open({ duration: 7 });
  const trouble = { message: "duration 7 is not possible with sora-2.", advice: "Choose 4, 8 or 12 seconds.", field: "duration" as const };
  expect(view.blame(trouble)).toBe(true);
  const length = find(view.el, "fieldset");
  const words = find(view.el, `#${length.getAttribute("aria-describedby")}`);
  expect(words.textContent).toContain("Choose 4, 8 or 12 seconds.");
  expect(view.el.querySelectorAll("fieldset:first-of-type input:checked")).toHaveLength(0);
  expect(view.blame({ ...trouble, field: "prompt" })).toBe(false);
  expect(view.blame(null)).toBe(false);
  expect(length.hasAttribute("aria-describedby")).toBe(false);
  expect(shown(words)).toBe(false);
});
