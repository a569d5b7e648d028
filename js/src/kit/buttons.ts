/** How buttons are made. */
import { attribute, make, write } from "./dom";
import { putIcon, type IconName } from "./icons";

/**
 * `look`: classes beside the one that all buttons have. While it is `aria-disabled` it does nothing, but
 * keeps the focus: `disabled` would take that away from where the person is.
 */
export function makeButton(
  look: string,
  content: readonly (Node | string)[],
  act: () => void,
  signal: AbortSignal,
): HTMLButtonElement {
  const el = make("button", `snb-button ${look}`.trimEnd(), content);
  el.type = "button";
  el.addEventListener("click", () => el.getAttribute("aria-disabled") !== "true" && act(), { signal });
  return el;
}

export interface IconButton {
  el: HTMLButtonElement;
  show(name: IconName, label: string, pressed?: boolean): void;
}

/** A picture; the label is read aloud and seen when a pointer rests on it. `key` does the same as a click. */
export function iconButton(name: IconName, label: string, act: () => void, signal: AbortSignal, key = ""): IconButton {
  const picture = make("span", "snb-picture");
  const word = make("span", "snb-unseen");
  const el = makeButton("snb-key", [picture, word], act, signal);

  function show(icon: IconName, text: string, pressed?: boolean): void {
    putIcon(picture, icon);
    write(word, text);
    attribute(el, "title", key === "" ? text : `${text} (${key})`);
    attribute(el, "aria-pressed", pressed === undefined ? null : String(pressed));
  }
  show(name, label);
  return { el, show };
}

export function pickButton(pick: () => void, signal: AbortSignal): { el: HTMLButtonElement; show(picked: boolean): void } {
  const picture = make("span", "snb-picture snb-star");
  putIcon(picture, "star");
  const word = make("span", "");
  const el = makeButton("snb-pickbutton", [picture, word], pick, signal);

  function show(picked: boolean): void {
    attribute(el, "aria-pressed", String(picked));
    write(word, picked ? "Picked" : "Pick");
  }
  show(false);
  return { el, show };
}
