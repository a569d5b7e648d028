/** The prompt and its badges; a long prompt is folded to a few lines until asked for. */
import { arrange, attribute, make, visible, write } from "./element";
import type { Badge, Card } from "./snapshot";

/** Prompts up to this many code units fit into the folded lines even in a narrow output. */
const SHORT = 120;

export function promptView(signal: AbortSignal): { el: HTMLElement; show(card: Card): void } {
  const prompt = make("p", "snb-prompt");
  // A prompt may be in any script, beside an interface that is in English.
  prompt.setAttribute("dir", "auto");
  const more = make("button", "snb-button snb-plain snb-more");
  more.type = "button";
  const badges = make("span", "snb-badges");
  const el = make("div", "snb-head", [make("div", "snb-ask", [prompt, more]), badges]);
  const marks: HTMLElement[] = [];
  let open = false;

  function fold(): void {
    const long = (prompt.textContent ?? "").length > SHORT;
    attribute(prompt, "data-folded", String(long && !open));
    attribute(more, "aria-expanded", String(open));
    write(more, open ? "Show less" : "Show all");
    visible(more, long);
  }

  function showBadges(list: readonly Badge[]): void {
    while (marks.length < list.length) marks.push(make("span", "snb-badge"));
    list.forEach(({ kind, text }, index) => {
      const mark = marks[index];
      if (!mark) return;
      attribute(mark, "data-kind", kind);
      write(mark, text);
    });
    arrange(badges, marks.slice(0, list.length));
    visible(badges, list.length > 0);
  }

  more.addEventListener(
    "click",
    () => {
      open = !open;
      fold();
    },
    { signal },
  );

  return {
    el,
    show(card) {
      write(prompt, card.prompt);
      fold();
      showBadges(card.badges);
    },
  };
}
