/** Says changes aloud, once, to those who listen to a screen reader. */
import { make } from "./dom";

export interface Announcer {
  el: HTMLElement;
  say(text: string): void;
}

export function announcer(): Announcer {
  const el = make("div", "snb-unseen");
  el.setAttribute("aria-live", "polite");
  // A new node is read even if it says the same as the one before.
  return { el, say: (text) => el.replaceChildren(make("p", "", [text])) };
}
