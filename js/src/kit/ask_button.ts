/** A button that asks the kernel: a click is answered here at once, whenever the kernel gets to it. */
import { makeButton } from "./buttons";
import { attribute, write } from "./dom";
import { after } from "./lifetime";

/** A click that nothing answered may be repeated after this many ms. */
const ASKED = 10_000;

export interface AskButton {
  el: HTMLButtonElement;
  /** What it says while nothing is asked. */
  label(text: string): void;
  /** Says that the kernel was asked, and takes no click meanwhile. */
  ask(): void;
  /** The answer is there. */
  settle(): void;
}

/** `silent` is called where no answer has come in time. */
export function askButton(
  look: string,
  label: string,
  act: (button: AskButton) => void,
  signal: AbortSignal,
  silent: () => void = () => undefined,
): AskButton {
  let words = label;
  let asked = false;
  let callOff: () => void = () => undefined;
  const el = makeButton(look, [label], () => act(button), signal);

  function show(): void {
    attribute(el, "aria-disabled", asked ? "true" : null);
    write(el, asked ? "Asked…" : words);
  }

  const button: AskButton = {
    el,
    label(text) {
      words = text;
      show();
    },
    ask() {
      asked = true;
      show();
      callOff();
      callOff = after(ASKED, signal, () => {
        button.settle();
        silent();
      });
    },
    settle() {
      callOff();
      asked = false;
      show();
    },
  };
  return button;
}
