/** The panel: a card for each task of one output. */
import { cardView, type CardView } from "../card/card";
import { stateNews } from "../card/words";
import { ticker } from "../kit/clock";
import { arrange, attribute, make, visible } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { follow } from "../kit/feed";
import type { ViewProps } from "../kit/host";
import { tellUse } from "../kit/usage";
import { mountView } from "../kit/view";
import type { Clock } from "../protocol/card";
import type { PanelSnapshot } from "../protocol/whole";

/** The moment (ms of `env.now`) at which a clock of the kernel was right. */
function when(clock: Clock, env: Environment, ahead: number): number {
  return env.now() - Math.max(0, env.wall() - ahead - clock.at) * 1000;
}

export function show(props: ViewProps, env: Environment): void {
  const { model, signal } = props;
  const { root, live, tools } = mountView(props, env);
  const list = make("div", "snb-list");
  const empty = make("p", "snb-quiet", ["Nothing to show yet."]);
  root.append(empty, list, live);
  // Our words are English in pages of every direction; a prompt has its own.
  root.dir = "ltr";
  tellUse(root, env, signal);
  const clock = ticker(signal);
  const news = stateNews();
  const views = new Map<string, CardView>();

  function draw(snapshot: PanelSnapshot | null, ahead: number): void {
    const cards = snapshot?.cards ?? [];
    const keys = new Set(cards.map((card) => card.key));
    for (const [key, view] of views) {
      if (keys.has(key)) continue;
      view.close();
      views.delete(key);
    }
    for (const card of cards) {
      let view = views.get(card.key);
      if (!view) {
        view = cardView(env, tools, clock, signal);
        views.set(card.key, view);
      }
      view.show(card, when(card.clock, env, ahead));
    }
    arrange(list, [...keys].flatMap((key) => views.get(key)?.el ?? []));
    attribute(list, "data-many", String(cards.length > 1));
    visible(empty, cards.length === 0);
    const said = news(cards);
    if (said !== "") tools.announce(said);
    clock.wake();
  }

  follow<PanelSnapshot>(model, env, { name: "cards", by: "key" }, draw, signal);
}
