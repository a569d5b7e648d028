/** One film of a comparison: its frame, what it was asked with, and what can be done with it. */
import { followCards } from "../card/follow_card";
import { iconButton, pickButton } from "../kit/buttons";
import { attribute, make, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { shortened } from "../kit/format";
import { childOf } from "../kit/lifetime";
import { filmCover, LOADING, WAITING, type FilmCover } from "../player/cover";
import { loadFilm, notShown } from "../player/load_film";
import { playAddress, unload } from "../player/play_address";
import { shapeOf } from "../player/player";
import { showPoster } from "../player/poster";
import type { Film } from "../protocol/card";
import type { Row } from "../protocol/row";

export interface SlotEvents {
  pick(row: Row): void;
  leave(row: Row): void;
  hear(row: Row): void;
  /** The film itself was clicked. */
  press(): void;
  /** The film is known, and about to be loaded. */
  found(film: Film): void;
  ready(video: HTMLVideoElement): void;
  over(video: HTMLVideoElement): void;
}

export interface Slot {
  el: HTMLElement;
  show(row: Row): void;
  /** `muted`: even the one that is heard makes no sound. */
  hear(heard: boolean, muted: boolean): void;
  life: AbortController;
}

function slotVideo(prompt: string): HTMLVideoElement {
  const video = make("video", "snb-video");
  video.playsInline = true;
  video.preload = "auto";
  video.muted = true;
  video.setAttribute("aria-label", `Film: ${shortened(prompt, 80)}`);
  return video;
}

async function load(
  key: string,
  film: Film,
  video: HTMLVideoElement,
  cover: FilmCover,
  env: Environment,
  events: SlotEvents,
  signal: AbortSignal,
): Promise<void> {
  const on = {
    ready() {
      cover.say("", false);
      events.ready(video);
    },
    over: () => events.over(video),
  };
  const trouble = await loadFilm(key, film, env, {
    progress: () => cover.say(LOADING, true),
    waiting: () => cover.say(WAITING, true),
    play: (address) => playAddress(video, address, on, signal),
  }, signal);
  unload(video);
  if (!signal.aborted) cover.say(notShown(film.path, trouble), false);
}

/** Lives until its `life` or `signal` ends. */
export function slotView(first: Row, env: Environment, events: SlotEvents, signal: AbortSignal): Slot {
  const life = childOf(signal);
  let row = first;
  const video = slotVideo(first.prompt);
  const cover = filmCover();
  const screen = make("div", "snb-screen", [video, cover.el]);
  const prompt = make("p", "snb-rowprompt");
  prompt.setAttribute("dir", "auto");
  const facts = make("p", "snb-rowfacts");
  const pick = pickButton(() => events.pick(row), life.signal);
  const { el: hear } = iconButton("sound", "Hear this film", () => events.hear(row), life.signal);
  hear.classList.add("snb-hear");
  const { el: leave } = iconButton("dash", "Leave it out", () => events.leave(row), life.signal);
  const el = make("figure", "snb-seat", [
    screen,
    make("figcaption", "snb-caption", [prompt, facts, make("div", "snb-buttons", [pick.el, hear, leave])]),
  ]);

  cover.say(LOADING, true);
  video.addEventListener("click", events.press, { signal: life.signal });
  const { key } = first;
  if (key !== null) {
    let asked = false;
    followCards(env, (told) => told === key, ({ film }) => {
      if (!film || asked) return;
      asked = true;
      events.found(film);
      screen.style.setProperty("--snb-shape", String(shapeOf(film)));
      void load(key, film, video, cover, env, events, life.signal);
    }, life.signal);
    env.send({ kind: "card", key });
    void showPoster(video, key, env, life.signal);
  }
  return {
    el,
    life,
    hear(heard, muted) {
      video.muted = muted || !heard;
      attribute(el, "data-heard", String(heard));
      attribute(hear, "aria-pressed", String(heard));
    },
    show(next) {
      row = next;
      attribute(el, "data-picked", String(next.picked));
      write(prompt, next.prompt);
      write(facts, next.facts);
      pick.show(next.picked);
    },
  };
}
