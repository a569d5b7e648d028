/** The cards of the tasks that are looked at, drawn from messages that come while they are open. */
import { cardView, type CardView } from "../card/card";
import { followCards } from "../card/follow_card";
import { announcement } from "../card/words";
import { FEWEST, MOST } from "../compare/compare";
import { makeButton } from "../kit/buttons";
import type { Ticker } from "../kit/clock";
import { arrange, attribute, focused, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { isMessage } from "../kit/message";
import type { ViewTools } from "../kit/view";
import type { Card } from "../protocol/card";

export interface OpenCards {
  el: HTMLElement;
  /** Shows exactly these tasks, in this order. */
  open(keys: readonly string[]): void;
  /** Closes those of tasks that are listed no more: nobody answers for them. */
  drop(gone: readonly (string | null)[]): void;
  /** Whether the card of that task is seen: it says its changes by itself. */
  shows(key: string): boolean;
}

export function openCards(
  env: Environment,
  tools: ViewTools,
  clock: Ticker,
  opened: (keys: readonly string[]) => void,
  closed: () => void,
  compare: (keys: readonly string[]) => void,
  signal: AbortSignal,
): OpenCards {
  const list = make("div", "snb-list");
  const close = makeButton("snb-plain", ["Close"], () => {
    open([]);
    closed();
  }, signal);
  const beside = makeButton("", [], () => compare(filmed()), signal);
  const el = make("div", "snb-opened", [make("div", "snb-line", [beside, close]), list]);
  const views = new Map<string, { view: CardView; card: Card }>();
  let keys: string[] = [];
  let adrift = false;
  visible(el, false);

  function draw(): void {
    for (const [key, { view }] of views) {
      if (keys.includes(key)) continue;
      view.close();
      views.delete(key);
    }
    const shown = keys.flatMap((key) => views.get(key) ?? []);
    arrange(list, shown.map(({ view }) => view.el));
    attribute(list, "data-many", String(shown.length > 1));
    visible(el, shown.length > 0);
    const films = filmed();
    write(beside, `Compare ${films.length} films`);
    visible(beside, films.length >= FEWEST && films.length <= MOST);
    clock.wake();
  }

  function filmed(): string[] {
    return keys.filter((key) => views.get(key)?.card.film);
  }

  function open(next: readonly string[]): void {
    keys = [...next];
    for (const key of keys) if (!views.has(key)) env.send({ kind: "card", key });
    draw();
    opened(keys);
  }

  followCards(env, (key) => keys.includes(key), (card, since) => {
    const known = views.get(card.key);
    const view = known?.view ?? cardView(env, tools, clock, signal);
    const inside = adrift && !known;
    views.set(card.key, { view, card });
    view.show(card, since);
    draw();
    if (known && known.card.state !== card.state) tools.announce(announcement(card));
    if (!inside) return;
    adrift = false;
    view.el.focus({ preventScroll: true });
  }, signal);
  env.listen((message) => {
    if (!isMessage(message, "instead") || !keys.includes(message.key)) return;
    // The button that had the focus goes with its card: the new one takes it.
    adrift = views.get(message.key)?.view.el.contains(focused(list)) ?? false;
    open(keys.map((key) => (key === message.key ? message.by : key)));
  }, signal);

  return {
    el,
    open,
    drop(gone) {
      if (keys.some((key) => gone.includes(key))) open(keys.filter((key) => !gone.includes(key)));
    },
    shows: (key) => views.has(key),
  };
}
