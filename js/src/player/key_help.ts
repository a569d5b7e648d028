/** The list of keys, behind a button that says so. */
import { makeButton } from "../kit/buttons";
import { attribute, make, visible } from "../kit/dom";
import { ROWS, type KeyRow } from "./keys";

export interface KeyHelp {
  button: HTMLButtonElement;
  list: HTMLElement;
}

/** `?` opens and closes it anywhere in `root`, Escape closes it. `more`: keys beside the player's own. */
export function keyHelp(root: HTMLElement, signal: AbortSignal, more: readonly KeyRow[] = []): KeyHelp {
  const label = make("span", "snb-unseen", ["Keys of the player "]);
  const button = makeButton("snb-key", [label, "?"], () => show(list.hidden), signal);
  button.title = "Keys of the player (?)";
  const rows = [...ROWS, ...more].map(({ shown, words }) =>
    make("li", "snb-keyrow", [
      make("span", "snb-kbds", shown.map((key) => make("kbd", "snb-kbd", [key]))),
      make("span", "snb-does", [words]),
    ]),
  );
  const list = make("ul", "snb-keys", rows);
  list.dir = "ltr";

  function show(open: boolean): void {
    visible(list, open);
    attribute(button, "aria-expanded", String(open));
  }

  root.addEventListener(
    "keydown",
    (event) => {
      const closes = event.key === "Escape" && !list.hidden;
      if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "?" && !closes)) return;
      event.preventDefault();
      event.stopPropagation();
      show(event.key === "?" && list.hidden);
    },
    { signal },
  );
  show(false);
  return { button, list };
}
