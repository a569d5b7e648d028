/** The prompt: a field that grows with its text, and says how much of the limit is used. */
import { attribute, make, write } from "../kit/dom";
import type { Edited } from "./phrases";

/** Characters as the service counts them: code points. */
export function characters(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at += 1) {
    const pair = (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
    if (pair) count -= 1;
  }
  return count;
}

const number = (value: number): string => value.toLocaleString("en");

export interface PromptField {
  el: HTMLElement;
  input: HTMLTextAreaElement;
  count: HTMLElement;
  show(text: string, limit: number | null): void;
  /** Puts an edited text into the field; the caret stays where the edit left it. */
  put(edited: Edited): void;
  /** Where a phrase goes: the caret, or the end while nobody was in the field. */
  caret(): number;
}

export function promptField(id: string, typed: (text: string) => void, go: () => void, signal: AbortSignal): PromptField {
  const input = make("textarea", "snb-input snb-textarea");
  input.id = id;
  input.rows = 3;
  input.setAttribute("dir", "auto");
  input.placeholder = "Describe the film: what is seen, what moves, how the camera looks at it";
  input.setAttribute("aria-keyshortcuts", "Control+Enter Meta+Enter");
  const label = make("label", "snb-unseen", ["Prompt"]);
  label.htmlFor = id;
  const count = make("p", "snb-count");
  count.id = `${id}-count`;
  const el = make("div", "snb-promptfield", [label, input]);
  let visited = false;

  function grow(): void {
    if (!input.isConnected) return;
    input.style.blockSize = "auto";
    input.style.blockSize = `${input.scrollHeight + 2}px`;
  }

  input.addEventListener("focus", () => void (visited = true), { signal });
  input.addEventListener("input", () => {
    grow();
    typed(input.value);
  }, { signal });

  // JupyterLab runs the cell at Ctrl+Enter, and looks at keys before anything inside the page does.
  input.ownerDocument.defaultView?.addEventListener("keydown", (event) => {
    if (event.composedPath()[0] !== input || event.key !== "Enter" || event.isComposing) return;
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) go();
  }, { capture: true, signal });

  const sizes = new ResizeObserver(() => grow());
  sizes.observe(el);
  signal.addEventListener("abort", () => sizes.disconnect(), { once: true });

  return {
    el,
    input,
    count,
    show(text, limit) {
      if (input.value !== text) {
        const [from, to] = [input.selectionStart, input.selectionEnd];
        input.value = text;
        if (visited) input.setSelectionRange(from, to);
        grow();
      }
      const used = characters(text);
      const over = limit !== null && used > limit;
      const words = limit === null ? `${number(used)} characters` : `${number(used)} of ${number(limit)}`;
      write(count, over ? `${words}: ${number(used - limit)} too many` : words);
      attribute(count, "data-tone", over ? "bad" : limit !== null && used > limit * 0.95 ? "warn" : null);
    },
    put({ text, caret }) {
      input.value = text;
      input.setSelectionRange(caret, caret);
      grow();
      typed(text);
    },
    caret: () => (visited ? input.selectionEnd : input.value.length),
  };
}
