/** One task: its frame, its words, its steps, its buttons, and its film once there is one. */
import type { Ticker } from "../kit/clock";
import { arrange, attribute, make, newId, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { duration, shortened } from "../kit/format";
import { putIcon, type IconName } from "../kit/icons";
import { childOf } from "../kit/lifetime";
import type { ViewTools } from "../kit/view";
import { playerView, sameFilm, type PlayerView } from "../player/player";
import type { Card, Film, State } from "../protocol/card";
import { actionsView } from "./actions";
import { adviceView } from "./advice";
import { etaView } from "./eta";
import { promptView } from "./prompt";
import { timelineView } from "./timeline";

const FRAMES: Record<State, IconName> = {
  queued: "clock",
  submitting: "send",
  pending: "clock",
  processing: "spark",
  saving: "save",
  ready: "play",
  failed: "cross",
  unsure: "question",
  stopped: "pause",
};

/** States in which something moves by itself. */
const MOVING: ReadonlySet<State> = new Set(["submitting", "pending", "processing", "saving"]);

/** The film's own sides where there is one: a model may have answered with another frame than asked. */
function shape({ film, frame }: Card): Card["frame"] {
  if (!film || film.width <= 0 || film.height <= 0) return frame;
  return film.height > film.width ? "portrait" : "landscape";
}

export interface CardView {
  el: HTMLElement;
  show(card: Card, since: number): void;
  close(): void;
}

export function cardView(
  env: Environment,
  tools: ViewTools,
  clock: Ticker,
  signal: AbortSignal,
): CardView {
  const life = childOf(signal);
  const symbol = make("span", "snb-symbol");
  const ratio = make("span", "snb-ratio");
  const frame = make("div", "snb-frame", [symbol, ratio]);
  frame.setAttribute("aria-hidden", "true");
  const prompt = promptView(env, life.signal);
  const facts = make("p", "snb-facts");
  const timeline = timelineView();
  const outlook = etaView(env.now);
  const note = make("p", "snb-note");
  const advice = adviceView();
  const actions = actionsView(tools, newId(env.random), life.signal);
  const words = make("div", "snb-body");
  const el = make("article", "snb-card", [frame, words]);
  // Not a stop of the Tab key; holds the focus when the button that had it is gone.
  el.tabIndex = -1;
  clock.add(outlook.beat, life.signal);

  let screening: { film: Film; player: PlayerView; life: AbortController } | null = null;

  function screen(card: Card): PlayerView | null {
    if (screening && card.film && sameFilm(screening.film, card.film)) return screening.player;
    screening?.life.abort();
    screening = null;
    if (!card.film) return null;
    const own = childOf(life.signal);
    const label = `Film: ${shortened(card.prompt, 80)}`;
    const player = playerView(card.key, card.film, label, env, tools, own.signal);
    screening = { film: card.film, player, life: own };
    return player;
  }

  return {
    el,
    show(card, since) {
      const player = screen(card);
      attribute(el, "data-state", card.state);
      attribute(el, "data-frame", shape(card));
      attribute(el, "data-film", String(player !== null));
      attribute(el, "aria-label", `Video task ${card.key}, ${card.state}`);
      attribute(frame, "data-moving", String(MOVING.has(card.state)));
      if (Object.hasOwn(FRAMES, card.state)) putIcon(symbol, FRAMES[card.state]);
      write(ratio, shape(card) === "portrait" ? "9:16" : "16:9");
      prompt.show(card);
      const made = player ? [`made in ${duration(card.clock.elapsed)}`] : [];
      write(facts, [...card.facts, card.key, ...made].join(" · "));
      timeline.show(card.steps);
      outlook.show(card, since);
      visible(outlook.el, card.clock.running || card.state === "stopped");
      write(note, card.note ?? "");
      visible(note, card.note !== null);
      advice.show(card);
      actions.show(card);
      arrange(words, [
        prompt.el,
        facts,
        ...(player ? [player.facts] : [timeline.el, outlook.el]),
        note,
        advice.el,
        actions.el,
      ]);
      arrange(el, [player ? player.stage : frame, words]);
    },
    close() {
      life.abort();
      el.remove();
    },
  };
}
