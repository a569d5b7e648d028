/** Puts text on the clipboard. Says whether it did: some hosts refuse both ways. */
import { focused } from "./dom";

export async function copy(text: string, near: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or a page that is not a secure context.
    return copyBySelection(text, near);
  }
}

function copyBySelection(text: string, near: Element): boolean {
  const before = focused(near);
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("aria-hidden", "true");
  field.style.cssText = "position:fixed;inset-block-start:0;opacity:0";
  near.append(field);
  try {
    field.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}
