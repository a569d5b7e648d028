/** What is chosen beside the prompt: length, frame or size, takes, model. */
import { attribute, make, visible } from "../kit/dom";
import type { Fields, Frame, Rules, StudioSnapshot, Trouble } from "../protocol/studio";
import { listView, radioView, type Choice } from "./choices";
import type { FormFields } from "./fields";

export interface SettingsView {
  el: HTMLElement;
  show(state: StudioSnapshot | null): void;
  /** Says a trouble of one of these fields beside them; false when it is about none of them. */
  blame(trouble: Trouble | null): boolean;
  focus(field: keyof Fields): void;
}

export function rulesOf(state: StudioSnapshot | null, model: string): Rules | null {
  return state?.models.find((rules) => rules.id === model) ?? null;
}

/** Which further field the model takes now: a size for words alone, a resolution with a picture. */
function choiceOf(rules: Rules | null, image: string): "size" | "resolution" | null {
  const name = image === "" ? "size" : "resolution";
  return rules?.choices[name] ? name : null;
}

/** `extra` without what the other model, or a picture that came or went, does not take. */
export function fitting(extra: Fields["extra"], rules: Rules | null, image: string): Fields["extra"] {
  const wanted = choiceOf(rules, image);
  const entries = Object.entries(extra).filter(([name]) => !["size", "resolution"].includes(name) || name === wanted);
  return Object.fromEntries(entries);
}

/** "1280*720" as a person reads it, with its shape. */
function sizeChoice(value: string): Choice<string> {
  const [width = 0, height = 0] = value.split("*").map(Number);
  if (!(width > 0 && height > 0)) return { value, label: value };
  return { value, label: `${width} × ${height}` };
}

export function settingsView(form: FormFields, id: string, signal: AbortSignal): SettingsView {
  const length = radioView<number>("Length", `${id}-length`, (duration) => form.edit({ duration }), signal);
  const frame = radioView<Frame>("Frame", `${id}-frame`, (aspect_ratio) => form.edit({ aspect_ratio }), signal);
  const size = listView<string>("Size", `${id}-size`, (value) => {
    const name = choiceOf(rules, form.now.image);
    if (name) form.edit({ extra: { ...form.now.extra, [name]: value } });
  }, signal);
  const takes = listView<number>("Takes", `${id}-takes`, (takes) => form.edit({ takes }), signal);
  const model = listView<string>("Model", `${id}-model`, (model) => {
    form.edit({ model, extra: fitting(form.now.extra, rulesOf(shown, model), form.now.image) });
  }, signal);
  const wrong = make("p", "snb-hint");
  wrong.id = `${id}-wrong`;
  attribute(wrong, "data-tone", "bad");
  visible(wrong, false);
  const unchecked = make("p", "snb-hint");
  const row = make("div", "snb-settings", [length.el, frame.el, size.el, takes.el, model.el]);
  const el = make("div", "snb-setting", [row, wrong, unchecked]);
  let shown: StudioSnapshot | null = null;
  let rules: Rules | null = null;
  const views: Partial<Record<keyof Fields, { blame(id: string | null): void; focus(): void }>> = {
    duration: length,
    aspect_ratio: frame,
    takes,
    model,
    extra: size,
  };

  return {
    el,
    show(state) {
      shown = state;
      const { now } = form;
      rules = rulesOf(state, now.model);
      const lengths = rules?.seconds ?? [...new Set([4, 8, 12, now.duration])].sort((a, b) => a - b);
      length.show(lengths.map((value) => ({ value, label: `${value} s` })), now.duration);
      const frames: readonly Frame[] = rules?.frames ?? ["landscape", "portrait"];
      frame.show(frames.map((value) => ({ value, label: value, shape: value })), now.aspect_ratio);
      visible(frame.el, frames.length > 0);
      const name = choiceOf(rules, now.image);
      const sizes = name ? (rules?.choices[name] ?? []) : [];
      const usual = now.aspect_ratio === "portrait" && name === "size" ? sizes[1] : sizes[0];
      size.show(sizes.map(sizeChoice), String((name && now.extra[name]) ?? usual ?? ""));
      visible(size.el, name !== null);
      const most = Array.from({ length: state?.most_takes ?? 9 }, (_, index) => index + 1);
      takes.show(most.map((value) => ({ value, label: value === 1 ? "1 take" : `${value} takes` })), now.takes);
      const known = state?.models.map(({ id }) => id) ?? [];
      const models = known.includes(now.model) ? known : [...known, now.model];
      model.show(models.map((value) => ({ value, label: value })), now.model);
      const others = Object.keys(now.extra).filter((each) => each !== name);
      const also = others.length > 0 ? `Also sent: ${others.map((each) => `${each} ${JSON.stringify(now.extra[each])}`).join(", ")}.` : "";
      unchecked.textContent = rules || !state?.models.length ? also : `The input of ${now.model} is sent unchecked. ${also}`;
      visible(unchecked, unchecked.textContent.trim() !== "");
    },
    blame(trouble) {
      const field = trouble?.field ?? null;
      const mine = trouble !== null && field !== null && field in views;
      wrong.textContent = mine ? `${trouble.message} ${trouble.advice}` : "";
      visible(wrong, mine);
      for (const [name, view] of Object.entries(views)) view.blame(mine && name === field ? wrong.id : null);
      return mine;
    },
    focus: (field) => views[field]?.focus(),
  };
}
