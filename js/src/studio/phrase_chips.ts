/** Chips: the service's advice on prompts, a press away. Each row is a toolbar with one stop of the Tab key. */
import { attribute, make } from "../kit/dom";
import { icon } from "../kit/icons";
import { ADVICE, findPhrase } from "./phrases";

export interface PhraseChips {
  el: HTMLElement;
  /** Marks the phrases that the prompt holds. */
  show(prompt: string): void;
}

export function phraseChips(toggle: (phrase: string, put: boolean) => void, signal: AbortSignal): PhraseChips {
  const chips: { phrase: string; el: HTMLButtonElement }[] = [];

  function chip(phrase: string, first: boolean): HTMLButtonElement {
    const el = make("button", "snb-chip", [icon("check"), phrase]);
    el.type = "button";
    el.tabIndex = first ? 0 : -1;
    el.addEventListener("click", () => toggle(phrase, el.getAttribute("aria-pressed") !== "true"), { signal });
    chips.push({ phrase, el });
    return el;
  }

  function row(name: string, phrases: readonly string[]): HTMLElement {
    const label = make("span", "snb-label", [name]);
    label.setAttribute("aria-hidden", "true");
    const buttons = phrases.map((phrase, index) => chip(phrase, index === 0));
    const bar = make("div", "snb-chips", buttons);
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", name);
    bar.addEventListener("keydown", (event) => {
      const at = buttons.findIndex((button) => button === event.target);
      const last = buttons.length - 1;
      const ahead = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
      const moves: Record<string, number> = { ArrowRight: at + ahead, ArrowLeft: at - ahead, Home: 0, End: last };
      const to = moves[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const next = buttons[(to + buttons.length) % buttons.length];
      buttons.forEach((button) => void (button.tabIndex = button === next ? 0 : -1));
      next?.focus();
    }, { signal });
    return make("div", "snb-advised", [label, bar]);
  }

  const el = make("div", "snb-advices", ADVICE.map(({ name, phrases }) => row(name, phrases)));
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", "Wording that the service advises");
  return {
    el,
    show(prompt) {
      for (const { phrase, el } of chips) attribute(el, "aria-pressed", String(findPhrase(prompt, phrase) !== null));
    },
  };
}
