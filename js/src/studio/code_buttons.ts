/** The form's request as code, on the clipboard or, where the page may not, to be taken from here. */
import { copyButton, type CopyTools } from "../kit/copy_button";
import { make, visible, write } from "../kit/dom";
import type { Fields } from "../protocol/studio";
import { magicCode, pythonCode, type Code } from "./code";

export function codeButtons(fields: () => Fields, tools: CopyTools, signal: AbortSignal): { el: HTMLElement; below: HTMLElement } {
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

  function button(label: string, codeOf: (fields: Fields) => Code): HTMLButtonElement {
    return copyButton({
      label,
      text() {
        const made = codeOf(fields());
        if ("text" in made) return made.text;
        show(made.trouble, "");
        tools.announce(made.trouble);
        return null;
      },
      copied: "Code copied.",
      refused: "The code is shown below: this page may not copy it.",
      ended: (copied, text) => show(copied ? "" : "This page may not copy: take the code from here.", copied ? "" : text),
    }, tools, signal);
  }

  show("", "");
  const el = make("div", "snb-codebuttons", [button("Copy as %%sora", magicCode), button("Copy as Python", pythonCode)]);
  return { el, below };
}
