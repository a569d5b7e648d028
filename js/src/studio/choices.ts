/** One of a few: radio buttons side by side, or a list where there are more. */
import { attribute, make, write } from "../kit/dom";

export interface Choice<T extends string | number> {
  value: T;
  label: string;
  /** Draws a little frame of that shape before the words. */
  shape?: "landscape" | "portrait";
}

export interface ChoiceView<T extends string | number> {
  el: HTMLElement;
  /** What can be chosen, and what is; nothing is when the value is none of them. */
  show(choices: readonly Choice<T>[], value: T): void;
  /** Says by whose words the choice is explained, and whether it is wrong. */
  blame(id: string | null): void;
  focus(): void;
}

export function radioView<T extends string | number>(
  legend: string,
  name: string,
  chosen: (value: T) => void,
  signal: AbortSignal,
): ChoiceView<T> {
  const row = make("div", "snb-segments");
  const el = make("fieldset", "snb-setting", [make("legend", "snb-label", [legend]), row]);
  let drawn = "";
  let inputs: { value: T; input: HTMLInputElement }[] = [];

  function segment({ value, label, shape }: Choice<T>): HTMLElement {
    const input = make("input", "snb-unseen");
    input.type = "radio";
    input.name = name;
    input.addEventListener("change", () => chosen(value), { signal });
    inputs.push({ value, input });
    const words = make("span", "snb-segment", [...(shape ? [make("i", `snb-shape-${shape}`)] : []), label]);
    return make("label", "", [input, words]);
  }

  return {
    el,
    show(choices, value) {
      const wanted = JSON.stringify(choices);
      if (wanted !== drawn) {
        drawn = wanted;
        inputs = [];
        row.replaceChildren(...choices.map(segment));
      }
      for (const one of inputs) one.input.checked = one.value === value;
    },
    blame(id) {
      attribute(el, "aria-describedby", id);
      attribute(el, "data-wrong", id === null ? null : "true");
    },
    focus: () => (inputs.find(({ input }) => input.checked) ?? inputs[0])?.input.focus(),
  };
}

export function listView<T extends string | number>(
  caption: string,
  id: string,
  chosen: (value: T) => void,
  signal: AbortSignal,
): ChoiceView<T> {
  const select = make("select", "snb-select");
  select.id = id;
  const label = make("label", "snb-label", [caption]);
  label.htmlFor = id;
  const el = make("div", "snb-setting", [label, select]);
  let values: T[] = [];
  select.addEventListener("change", () => {
    const value = values[select.selectedIndex];
    if (value !== undefined) chosen(value);
  }, { signal });
  return {
    el,
    show(choices, value) {
      values = choices.map((choice) => choice.value);
      while (select.options.length > choices.length) select.remove(select.options.length - 1);
      choices.forEach((choice, index) => {
        if (!select.options[index]) select.append(make("option", ""));
        write(select.options[index] as HTMLOptionElement, choice.label);
      });
      const at = values.indexOf(value);
      if (select.selectedIndex !== at) select.selectedIndex = at;
    },
    blame(id) {
      attribute(select, "aria-describedby", id);
      attribute(select, "aria-invalid", id === null ? null : "true");
    },
    focus: () => select.focus(),
  };
}
