/** Says changes aloud, once, to those who listen to a screen reader. */
import { make } from "./dom";
import type { Card, State } from "../protocol/card";
import { announcement } from "./format";

export interface Announcer {
  el: HTMLElement;
  say(text: string): void;
  /** Says the states that differ from those of the last call; the first call is silent. */
  compare(cards: readonly Card[]): void;
}

export function announcer(): Announcer {
  const el = make("div", "snb-unseen");
  el.setAttribute("aria-live", "polite");
  let known: Map<string, State> | null = null;

  function say(text: string): void {
    // A new node is read even if it says the same as the one before.
    el.replaceChildren(make("p", "", [text]));
  }

  return {
    el,
    say,
    compare(cards) {
      const before = known;
      known = new Map(cards.map((card) => [card.key, card.state]));
      if (!before) return;
      const changed = cards.filter((card) => before.get(card.key) !== card.state);
      if (changed.length > 0) say(changed.map(announcement).join(" "));
    },
  };
}
