/** The widget: draws the snapshot of its model into one output, and again whenever it changes. */
import { announcer } from "./announce";
import { cardView, type CardView } from "./card";
import { ticker } from "./clock";
import { copy } from "./copy";
import { arrange, attribute, make, visible } from "./element";
import { childOf } from "./life";
import { keepShortcutsOut } from "./shortcuts";
import type { Clock, Command, PanelSnapshot } from "./snapshot";
import type { Surroundings } from "./surroundings";

/** As much of anywidget's model as the panel uses (anywidget 0.9 to 0.11). */
export interface Model {
  get(name: "snapshot"): PanelSnapshot | null;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(command: Command): void;
}

export interface RenderProps {
  model: Model;
  el: HTMLElement;
  /** Missing before anywidget 0.11; the returned function ends the view there. */
  signal?: AbortSignal;
}

function surroundings(model: Model): Surroundings {
  return {
    now: () => performance.now(),
    wall: () => Date.now() / 1000,
    random: () => Math.random(),
    fetch: (url, init) => fetch(url, init),
    send: (command) => model.send(command),
    listen(handler, signal) {
      const heard = (message: unknown, buffers?: readonly unknown[]): void => handler(message, buffers ?? []);
      model.on("msg:custom", heard);
      signal.addEventListener("abort", () => model.off("msg:custom", heard), { once: true });
    },
  };
}

/** The moment (ms of `world.now`) at which a clock found in the model was right. */
function whenRead(clock: Clock, world: Surroundings): number {
  return world.now() - Math.max(0, world.wall() - clock.at) * 1000;
}

/** Draws into `el` until `signal` aborts or the returned function is called. */
export function show({ model, el, signal }: RenderProps, world: Surroundings): () => void {
  const life = signal ? childOf(signal) : new AbortController();
  const live = announcer();
  const list = make("div", "snb-list");
  const empty = make("p", "snb-quiet", ["Nothing to show yet."]);
  const root = make("div", "sora-nb", [empty, list, live.el]);
  root.setAttribute("lang", "en");
  keepShortcutsOut(root, life.signal);
  const clock = ticker(life.signal);
  const views = new Map<string, CardView>();
  const tools = { send: world.send, copy, announce: live.say };

  function draw(arrived: number | null): void {
    const cards = model.get("snapshot")?.cards ?? [];
    const keys = new Set(cards.map((card) => card.key));
    for (const [key, view] of views) {
      if (keys.has(key)) continue;
      view.close();
      views.delete(key);
    }
    for (const card of cards) {
      let view = views.get(card.key);
      if (!view) {
        view = cardView(world, tools, clock, life.signal);
        views.set(card.key, view);
      }
      view.show(card, arrived ?? whenRead(card.clock, world));
    }
    arrange(list, [...keys].flatMap((key) => views.get(key)?.el ?? []));
    attribute(list, "data-many", String(cards.length > 1));
    visible(empty, cards.length === 0);
    live.compare(cards);
    clock.wake();
  }

  const changed = (): void => draw(world.now());
  model.on("change:snapshot", changed);
  life.signal.addEventListener(
    "abort",
    () => {
      model.off("change:snapshot", changed);
      root.remove();
    },
    { once: true },
  );
  draw(null);
  el.append(root);
  return () => life.abort();
}

export default {
  render(props: RenderProps): () => void {
    return show(props, surroundings(props.model));
  },
};
