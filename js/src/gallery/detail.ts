/** The opened row: its card with the player, its pick, and the way to the rows beside it. */
import { cardView, type CardView } from "../card/card";
import { followCards } from "../card/follow_card";
import { iconButton, pickButton } from "../kit/buttons";
import type { Ticker } from "../kit/clock";
import { focused, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { after, childOf } from "../kit/lifetime";
import type { ViewTools } from "../kit/view";
import type { Row } from "../protocol/row";

/** A kernel that is silent for this many ms may be busy, or gone. */
const PATIENCE = 3000;

export interface Detail {
  el: HTMLElement;
  /** The row as it is now; null closes. */
  show(row: Row | null): void;
}

export interface DetailOptions {
  close(): void;
  /** The row before (-1) or after (1) the opened one. */
  turn?(by: 1 | -1): void;
  pick?(row: Row): void;
}

export function detailView(
  env: Environment,
  tools: ViewTools,
  clock: Ticker,
  options: DetailOptions,
  signal: AbortSignal,
): Detail {
  const pick = pickButton(() => row && options.pick?.(row), signal);
  const { turn } = options;
  const turns = turn
    ? [
        iconButton("earlier", "Film before", () => turn(-1), signal).el,
        iconButton("later", "Next film", () => turn(1), signal).el,
      ]
    : [];
  const bar = make("div", "snb-dbar", [
    ...turns,
    make("span", "snb-gap"),
    ...(options.pick ? [pick.el] : []),
    iconButton("cross", "Close", options.close, signal).el,
  ]);
  const quiet = make("p", "snb-quiet");
  quiet.setAttribute("role", "status");
  const holder = make("div", "snb-holder");
  const el = make("section", "snb-detail", [bar, quiet, holder]);
  el.setAttribute("aria-label", "Opened film");
  el.hidden = true;
  let row: Row | null = null;
  let life: AbortController | null = null;
  let view: CardView | null = null;

  function close(): void {
    life?.abort();
    view?.close();
    [life, view] = [null, null];
    holder.replaceChildren();
  }

  function open(key: string): void {
    // Try again puts another task here: the button that had the focus goes with the card.
    let inside = holder.contains(focused(holder));
    close();
    const own = childOf(signal);
    life = own;
    write(quiet, "");
    const callOff = after(PATIENCE, own.signal, () => write(quiet, "The kernel is busy, or gone: it comes when it answers."));
    followCards(env, (told) => told === key, (card, since) => {
      callOff();
      write(quiet, "");
      const fresh = view === null;
      view ??= cardView(env, tools, clock, own.signal);
      view.show(card, since);
      if (!fresh) return clock.wake();
      holder.replaceChildren(view.el);
      if (inside) view.el.focus({ preventScroll: true });
      inside = false;
      clock.wake();
      // A person has just opened it: it may lie below what they see.
      el.scrollIntoView?.({ block: "nearest" });
    }, own.signal);
    env.send({ kind: "card", key });
  }

  el.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    options.close();
  }, { signal });
  signal.addEventListener("abort", close, { once: true });

  return {
    el,
    show(next) {
      const before = row?.key ?? null;
      row = next;
      visible(el, next !== null);
      if (next === null) {
        close();
        return;
      }
      visible(pick.el, next.seconds !== null);
      pick.show(next.picked);
      if (next.key === null) {
        close();
        write(quiet, next.error ?? "Nothing was asked for yet.");
      } else if (next.key !== before || life === null) open(next.key);
    },
  };
}
