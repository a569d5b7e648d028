/** Two to nine films side by side: they play, seek and loop as one, and one or more are picked. */
import { iconButton } from "../kit/buttons";
import { arrange, attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { playerControls } from "../player/controls";
import { SILENT } from "../player/film_facts";
import { keyHelp } from "../player/key_help";
import { listenToKeys } from "../player/keys";
import { playback, type Playback } from "../player/playback";
import type { Film } from "../protocol/card";
import type { Row } from "../protocol/row";
import { comparedOf, longestOf, watchedSeconds } from "./compared";
import { slotView, type Slot, type SlotEvents } from "./slot";
import { playbackSync } from "./sync";

export const FEWEST = 2;
export const MOST = 9;

export interface CompareOptions {
  announce(text: string): void;
  pick(row: Row): void;
  /** Compares one less. */
  leave(row: Row): void;
  close(): void;
}

export interface Comparison {
  el: HTMLElement;
  /** The same rows as they are now; those that were left out go. */
  show(rows: readonly Row[]): void;
}

/** The frame of a comparison: its films stand in `grid`, their bar below it in `stage`. */
function frame(close: () => void, signal: AbortSignal) {
  const grid = make("div", "snb-seats");
  const words = make("b", "snb-total");
  const stage = make("div", "snb-together", [grid]);
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "Player of all compared films");
  const silent = make("p", "snb-note", [SILENT]);
  visible(silent, false);
  const el = make("section", "snb-compare", [
    make("div", "snb-dbar", [words, make("span", "snb-gap"), iconButton("cross", "Close the comparison", close, signal).el]),
    silent,
    stage,
  ]);
  el.setAttribute("aria-label", "Comparison");
  el.tabIndex = -1;
  el.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }, { signal });
  signal.addEventListener("abort", () => el.remove(), { once: true });
  return { el, grid, words, stage, silent };
}

/** The bar and the keys that drive all films. */
function drive(master: HTMLVideoElement, stage: HTMLElement, whole: Film, options: CompareOptions, signal: AbortSignal): Playback {
  const control = playback(master, stage, whole, options.announce);
  const help = keyHelp(stage, signal);
  const bar = playerControls(master, stage, control, help.button, signal);
  attribute(bar, "data-ready", "true");
  stage.append(bar, help.list);
  listenToKeys(stage, control.act, signal);
  return control;
}

/** `rows` have films. Lives until `signal` aborts. */
export function compareView(rows: readonly Row[], env: Environment, options: CompareOptions, signal: AbortSignal): Comparison {
  const longest = longestOf(rows);
  const { master, add, drop } = playbackSync(env.now, longest, signal);
  const { el, grid, words, stage, silent } = frame(options.close, signal);
  const slots = new Map<number, Slot>();
  let compared = comparedOf(rows, null);
  let fastest: number | null = null;
  const whole = { seconds: longest, get fps() { return fastest; } } as Film;
  const control = drive(master, stage, whole, options, signal);

  /** One film at most is heard. */
  function sound(): void {
    for (const [n, slot] of slots) slot.hear(n === compared.heard, master.muted);
  }
  master.addEventListener("volumechange", sound, { signal });

  for (const event of ["play", "pause"] as const) {
    master.addEventListener(event, () => {
      const key = compared.rows[0]?.key;
      if (key) env.send({ kind: "playing", key, seconds: watchedSeconds(event, longest, master.loop) });
    }, { signal });
  }

  const events: SlotEvents = {
    pick: options.pick,
    leave: options.leave,
    hear({ n }) {
      compared = { ...compared, heard: n };
      master.muted = false;
    },
    press: () => control.act("play"),
    found(film) {
      if (film.silent) visible(silent, true);
      if (film.fps !== null) fastest = Math.max(fastest ?? 0, film.fps);
    },
    ready: add,
    over: drop,
  };

  function show(next: readonly Row[]): void {
    compared = comparedOf(next, compared.heard);
    for (const [n, { life }] of slots) {
      if (compared.rows.some((row) => row.n === n)) continue;
      life.abort();
      slots.delete(n);
    }
    const places = compared.rows.map((row) => {
      const slot = slots.get(row.n) ?? slotView(row, env, events, signal);
      slots.set(row.n, slot);
      slot.show(row);
      return slot.el;
    });
    arrange(grid, places);
    attribute(grid, "data-count", String(places.length));
    write(words, `${places.length} films, played as one`);
    sound();
  }
  show(rows);
  return { el, show };
}
