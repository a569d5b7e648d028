/** The panel: a card for each task of one output. */
import { cardView, type CardView } from "../card/card";
import { stateNews } from "../card/words";
import { announcer } from "../kit/announcer";
import { copy } from "../kit/clipboard";
import { ticker } from "../kit/clock";
import { arrange, attribute, make, visible } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { follow } from "../kit/feed";
import type { RenderProps } from "../kit/host";
import { childOf } from "../kit/lifetime";
import { keepShortcutsOut } from "../kit/shortcuts";
import { tellUse } from "../kit/usage";
import type { Clock } from "../protocol/card";
import type { PanelSnapshot } from "../protocol/whole";

/** The moment (ms of `env.now`) at which a clock of the kernel was right. */
function when(clock: Clock, env: Environment, ahead: number): number {
  return env.now() - Math.max(0, env.wall() - ahead - clock.at) * 1000;
}

/** Draws into `el` until `signal` aborts or the returned function is called. */
export function show({ model, el, signal }: RenderProps, env: Environment): () => void {
  const life = signal ? childOf(signal) : new AbortController();
  const live = announcer();
  const list = make("div", "snb-list");
  const empty = make("p", "snb-quiet", ["Nothing to show yet."]);
  const root = make("div", "sora-nb", [empty, list, live.el]);
  root.setAttribute("lang", "en");
  // Our words are English in pages of every direction; a prompt has its own.
  root.dir = "ltr";
  keepShortcutsOut(root, life.signal);
  tellUse(root, env, life.signal);
  const clock = ticker(life.signal);
  const news = stateNews();
  const views = new Map<string, CardView>();
  const tools = { send: env.send, copy, announce: live.say };

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
        view = cardView(env, tools, clock, life.signal);
        views.set(card.key, view);
      }
      view.show(card, when(card.clock, env, ahead));
    }
    arrange(list, [...keys].flatMap((key) => views.get(key)?.el ?? []));
    attribute(list, "data-many", String(cards.length > 1));
    visible(empty, cards.length === 0);
    const said = news(cards);
    if (said !== "") live.say(said);
    clock.wake();
  }

  life.signal.addEventListener("abort", () => root.remove(), { once: true });
  follow<PanelSnapshot>(model, env, { name: "cards", by: "key" }, draw, life.signal);
  el.append(root);
  return () => life.abort();
}
