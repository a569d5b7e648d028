/** The line about time: how long so far, what is known about the end, how much is saved. */
import { reading, untilNextSecond, type Beat } from "../kit/clock";
import { attribute, make, visible, write } from "../kit/dom";
import { duration } from "../kit/format";
import type { Card, Estimate } from "../protocol/card";
import { doing, prospect, saved } from "./words";

function percent(part: number, whole: number): string {
  return `${(whole > 0 ? Math.min(1, Math.max(0, part / whole)) * 100 : 0).toFixed(2)}%`;
}

/** The ages at which jobs end, as a strip from 0 to the longest known, with a marker for now. */
function bandView(): { el: HTMLElement; show(estimate: Estimate, elapsed: number): void } {
  const usual = make("span", "snb-usual");
  const past = make("span", "snb-past");
  const now = make("span", "snb-now");
  const el = make("div", "snb-band", [make("span", "snb-track"), usual, past, now]);
  // The sentence below says the same in words.
  el.setAttribute("aria-hidden", "true");
  return {
    el,
    show(estimate, elapsed) {
      // Past the longest known job the strip grows with it, so that the marker never sticks at the end.
      const end = Math.max(estimate.max, estimate.p90, elapsed * 1.06);
      usual.style.insetInlineStart = percent(estimate.median, end);
      usual.style.inlineSize = percent(estimate.p90 - estimate.median, end);
      past.style.inlineSize = percent(elapsed, end);
      now.style.insetInlineStart = percent(elapsed, end);
    },
  };
}

/** A bar for bytes that have really arrived. */
function savingView(): { el: HTMLElement; show(received: number, total: number | null): void } {
  const fill = make("span", "snb-fill");
  const el = make("div", "snb-saving", [fill]);
  el.setAttribute("role", "progressbar");
  el.setAttribute("aria-label", "Saving the film");
  return {
    el,
    show(received, total) {
      const known = total !== null && total > 0;
      attribute(el, "aria-valuemin", known ? "0" : null);
      attribute(el, "aria-valuemax", known ? String(total) : null);
      attribute(el, "aria-valuenow", known ? String(Math.min(received, total)) : null);
      attribute(el, "data-known", String(known));
      fill.style.inlineSize = known ? percent(received, total) : "";
    },
  };
}

export interface EtaView {
  el: HTMLElement;
  /** `since`: the moment (ms) at which the card's clock was right. */
  show(card: Card, since: number): void;
  beat: Beat;
}

export function etaView(now: () => number): EtaView {
  const band = bandView();
  const saving = savingView();
  const time = make("b", "snb-time");
  const words = make("span", "");
  const source = make("span", "snb-quiet");
  const say = make("p", "snb-say", [time, words, source]);
  const el = make("div", "snb-outlook", [band.el, saving.el, say]);
  let shown: { card: Card; since: number } | null = null;
  let said = "";

  function sentence(card: Card, elapsed: number): ReturnType<typeof prospect> {
    if (card.progress) return [saved(card.progress)];
    if (card.estimate && card.clock.running) return prospect(card.estimate, elapsed);
    return [doing(card.state)];
  }

  function beat(): number | null {
    if (!shown) return null;
    const { card, since } = shown;
    const elapsed = reading(card.clock, since, now());
    write(time, duration(elapsed));
    const parts = sentence(card, elapsed);
    const plain = parts.map((part) => (typeof part === "string" ? part : part.strong)).join("");
    const text = `${card.clock.running ? " so far" : ""}${plain && card.clock.running ? " · " : " "}`;
    if (said !== text + plain) {
      said = text + plain;
      words.replaceChildren(
        text,
        ...parts.map((part) => (typeof part === "string" ? part : make("b", "", [part.strong]))),
      );
    }
    if (card.estimate && card.clock.running && !card.progress) band.show(card.estimate, elapsed);
    return untilNextSecond(card.clock, elapsed);
  }

  return {
    el,
    beat,
    show(card, since) {
      shown = { card, since };
      const guess = card.clock.running && card.estimate !== null && card.progress === null;
      visible(band.el, guess);
      visible(saving.el, card.progress !== null);
      if (card.progress) saving.show(card.progress.received, card.progress.total);
      write(source, guess && card.estimate?.source ? ` (${card.estimate.source})` : "");
    },
  };
}
