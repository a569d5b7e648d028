/** The form's request as code, on the clipboard or, where the page may not, to be taken from here. */
import { make, visible, write } from "../kit/dom";
import { after } from "../kit/lifetime";
import type { Fields } from "../protocol/studio";
import { magicCode, pythonCode, type Code } from "./code";

const COPIED = 2_000;

export interface CodeTools {
  copy(text: string, near: Element): Promise<boolean>;
  announce(text: string): void;
}

export function codeButtons(fields: () => Fields, tools: CodeTools, signal: AbortSignal): { el: HTMLElement; below: HTMLElement } {
  const said = make("p", "snb-hint");
  const code = make("pre", "snb-code");
  code.tabIndex = 0;
  code.setAttribute("role", "region");
  code.setAttribute("aria-label", "The code");
  const below = make("div", "", [said, code]);

  function show(words: string, text: string): void {
    write(said, words);
    write(code, text);
    visible(said, words !== "");
    visible(code, text !== "");
    visible(below, words !== "");
  }

  function button(label: string, make_: (fields: Fields) => Code): HTMLButtonElement {
    const el = make("button", "snb-button snb-plain", [label]);
    el.type = "button";
    let callOff: () => void = () => undefined;
    el.addEventListener("click", () => {
      const made = make_(fields());
      if ("trouble" in made) {
        show(made.trouble, "");
        tools.announce(made.trouble);
        return;
      }
      void tools.copy(made.text, el).then((done) => {
        if (signal.aborted) return;
        show(done ? "" : "This page may not copy: take the code from here.", done ? "" : made.text);
        write(el, done ? "Copied" : label);
        tools.announce(done ? "Code copied." : "The code is shown below: this page may not copy it.");
        callOff();
        callOff = after(COPIED, signal, () => write(el, label));
      });
    }, { signal });
    return el;
  }

  show("", "");
  const el = make("div", "snb-codebuttons", [button("Copy as %%sora", magicCode), button("Copy as Python", pythonCode)]);
  return { el, below };
}
