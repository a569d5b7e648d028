/** The prompt and its badges; a long prompt is folded to a few lines, and fetched whole, when asked for. */
import { makeButton } from "../kit/buttons";
import { arrange, attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { isMessage } from "../kit/message";
import type { Badge, Card } from "../protocol/card";

/** Prompts up to this many code units fit into the folded lines even in a narrow output. */
const SHORT = 120;

export function promptView(
  env: Pick<Environment, "send" | "listen">,
  signal: AbortSignal,
): { el: HTMLElement; show(card: Card): void } {
  const prompt = make("p", "snb-prompt");
  // A prompt may be in any script, beside an interface that is in English.
  prompt.setAttribute("dir", "auto");
  const more = makeButton("snb-plain snb-more", [], () => {
    open = !open;
    fold();
    if (open && lacking() && shown) env.send({ kind: "prompt", key: shown.key });
  }, signal);
  const badges = make("span", "snb-badges");
  const el = make("div", "snb-head", [make("div", "snb-ask", [prompt, more]), badges]);
  const marks: HTMLElement[] = [];
  let open = false;
  let shown: Card | null = null;
  /** All of it, once the kernel has sent what a card leaves out. */
  let whole: string | null = null;

  /** Python ends a beginning with an ellipsis; a prompt that ends so by itself is asked for in vain. */
  const lacking = (): boolean => whole === null && (shown?.prompt ?? "").endsWith("…");

  function fold(): void {
    const text = whole ?? shown?.prompt ?? "";
    const long = text.length > SHORT;
    write(prompt, text);
    attribute(prompt, "data-folded", String(long && !open));
    attribute(more, "aria-expanded", String(open));
    write(more, !open ? "Show all" : lacking() ? "Show less (the rest comes when the kernel answers)" : "Show less");
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

  env.listen((message) => {
    if (!isMessage(message, "prompt") || message.key !== shown?.key) return;
    whole = message.prompt;
    fold();
  }, signal);

  return {
    el,
    show(card) {
      shown = card;
      fold();
      showBadges(card.badges);
    },
  };
}
