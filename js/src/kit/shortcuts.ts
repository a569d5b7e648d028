/** Keeps JupyterLab's one-key commands (d d deletes a cell) away from what is focused in the panel. */
import { attribute } from "./dom";

/**
 * Lumino ignores keys of an element with this attribute. It must stand on the focused element itself:
 * the notebook's commands are bound to `:focus`, which matches before any ancestor is looked at.
 */
const SUPPRESS = "data-lm-suppress-shortcuts";

/** Until `signal` aborts. Ctrl and Meta combinations (save, undo) still reach the host. */
export function keepShortcutsOut(root: HTMLElement, signal: AbortSignal): void {
  function mark(event: FocusEvent | KeyboardEvent): void {
    const passes = "ctrlKey" in event && (event.ctrlKey || event.metaKey);
    if (event.target !== null) attribute(event.target as Element, SUPPRESS, passes ? null : "true");
  }
  root.addEventListener("focusin", mark, { signal });
  // The modifier's own press comes before the key that it is held for.
  root.addEventListener("keydown", mark, { signal });
  root.addEventListener("keyup", mark, { signal });
}
