/** Why a task rests without a film, and what a person can do about it. */
import { attribute, make, visible, write } from "../kit/dom";
import { duration } from "../kit/format";
import type { Card } from "../protocol/card";

export function adviceView(): { el: HTMLElement; show(card: Card): void } {
  const title = make("p", "snb-title");
  const advice = make("p", "snb-advise");
  const commands = make("code", "snb-commands");
  const code = make("code", "");
  const when = make("span", "");
  const source = make("p", "snb-quiet", [code, when]);
  const words = make("blockquote", "snb-words");
  words.setAttribute("dir", "auto");
  const fold = make("details", "snb-fold", [make("summary", "", ["The service’s words"]), words]);
  const el = make("div", "snb-advice", [title, advice, commands, source, fold]);
  return {
    el,
    show(card) {
      const { failure } = card;
      visible(el, failure !== null);
      if (!failure) return;
      attribute(el, "data-tone", card.state === "unsure" ? "ask" : "bad");
      write(title, failure.title);
      write(advice, failure.advice);
      write(commands, failure.commands.join("\n"));
      visible(commands, failure.commands.length > 0);
      write(code, failure.code ?? "");
      visible(code, failure.code !== null);
      write(when, `${failure.code === null ? "" : " · "}after ${duration(card.clock.elapsed)}`);
      write(words, failure.words ?? "");
      visible(fold, failure.words !== null);
    },
  };
}
