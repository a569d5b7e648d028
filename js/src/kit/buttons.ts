/** Buttons that more than one view has. */
import { attribute, make, write } from "./dom";
import { putIcon, type IconName } from "./icons";

export function pickButton(pick: () => void, signal: AbortSignal): { el: HTMLButtonElement; show(picked: boolean): void } {
  const picture = make("span", "snb-picture snb-star");
  putIcon(picture, "star");
  const word = make("span", "");
  const el = make("button", "snb-button snb-pickbutton", [picture, word]);
  el.type = "button";
  el.addEventListener("click", pick, { signal });

  function show(picked: boolean): void {
    attribute(el, "aria-pressed", String(picked));
    write(word, picked ? "Picked" : "Pick");
  }
  show(false);
  return { el, show };
}

export function plainButton(name: IconName, label: string, act: () => void, signal: AbortSignal): HTMLButtonElement {
  const picture = make("span", "snb-picture");
  putIcon(picture, name);
  const el = make("button", "snb-button snb-key", [picture, make("span", "snb-unseen", [label])]);
  el.type = "button";
  el.title = label;
  el.addEventListener("click", act, { signal });
  return el;
}
