/** Two to nine films side by side: they play, seek and loop as one, and one or more are picked. */
import { followCards } from "../card/follow_card";
import { iconButton, pickButton } from "../kit/buttons";
import { arrange, attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { shortened } from "../kit/format";
import { childOf, ended } from "../kit/lifetime";
import { playerControls } from "../player/controls";
import { SILENT } from "../player/film_facts";
import { keyHelp } from "../player/key_help";
import { listenToKeys } from "../player/keys";
import { loadFilm, notShown } from "../player/load_film";
import { playback } from "../player/playback";
import { posterFromKernel } from "../player/poster";
import type { Film } from "../protocol/card";
import type { Row } from "../protocol/row";
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

interface Slot {
  el: HTMLElement;
  video: HTMLVideoElement;
  show(row: Row): void;
  life: AbortController;
}

/** `rows` have films. Lives until `signal` aborts. */
export function compareView(rows: readonly Row[], env: Environment, options: CompareOptions, signal: AbortSignal): Comparison {
  const longest = Math.max(...rows.map((row) => row.seconds ?? 0));
  const { master, add, drop } = playbackSync(env.now, longest, signal);
  const slots = new Map<number, Slot>();
  let heard: number | null = rows[0]?.n ?? null;
  let fastest: number | null = null;

  const grid = make("div", "snb-seats");
  const words = make("b", "snb-total");
  const stage = make("div", "snb-together", [grid]);
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "Player of all compared films");
  const silent = make("p", "snb-note", [SILENT]);
  visible(silent, false);
  const el = make("section", "snb-compare", [
    make("div", "snb-dbar", [words, make("span", "snb-gap"), iconButton("cross", "Close the comparison", options.close, signal).el]),
    silent,
    stage,
  ]);
  el.setAttribute("aria-label", "Comparison");
  el.tabIndex = -1;

  const whole = { seconds: longest, get fps() { return fastest; } } as Film;
  const control = playback(master, stage, whole, options.announce);
  const help = keyHelp(stage, signal);
  const bar = playerControls(master, stage, control, help.button, signal);
  attribute(bar, "data-ready", "true");
  stage.append(bar, help.list);
  listenToKeys(stage, control.act, signal);

  /** One film at most is heard. */
  function sound(): void {
    for (const [n, { video, el }] of slots) {
      video.muted = master.muted || n !== heard;
      attribute(el, "data-heard", String(n === heard));
      attribute(el.querySelector(".snb-hear") as Element, "aria-pressed", String(n === heard));
    }
  }
  master.addEventListener("volumechange", sound, { signal });

  for (const [event, seconds] of [["play", longest], ["pause", 0]] as const) {
    master.addEventListener(event, () => {
      const key = [...rows].find((row) => slots.has(row.n))?.key;
      if (key) env.send({ kind: "playing", key, seconds: master.loop ? 3600 * Math.sign(seconds) : seconds });
    }, { signal });
  }

  function slot(first: Row): Slot {
    const life = childOf(signal);
    let row = first;
    const video = make("video", "snb-video");
    video.playsInline = true;
    video.preload = "auto";
    video.muted = true;
    video.setAttribute("aria-label", `Film: ${shortened(first.prompt, 80)}`);
    const status = make("p", "snb-status");
    status.setAttribute("role", "status");
    const cover = make("div", "snb-cover", [status]);
    const screen = make("div", "snb-screen", [video, cover]);
    const prompt = make("p", "snb-rowprompt");
    prompt.setAttribute("dir", "auto");
    const facts = make("p", "snb-rowfacts");
    const pick = pickButton(() => options.pick(row), life.signal);
    const { el: hear } = iconButton("sound", "Hear this film", () => {
      heard = row.n;
      master.muted = false;
      sound();
    }, life.signal);
    hear.classList.add("snb-hear");
    const { el: leave } = iconButton("dash", "Leave it out", () => options.leave(row), life.signal);
    const el = make("figure", "snb-seat", [
      screen,
      make("figcaption", "snb-caption", [prompt, facts, make("div", "snb-buttons", [pick.el, hear, leave])]),
    ]);

    function say(text: string, busy: boolean): void {
      write(status, text);
      attribute(cover, "data-busy", String(busy));
      visible(cover, text !== "");
    }

    function play(address: string): Promise<void> {
      const own = childOf(life.signal);
      video.addEventListener("loadedmetadata", () => {
        say("", false);
        add(video);
      }, { signal: own.signal });
      video.addEventListener("error", () => own.abort(), { signal: own.signal });
      own.signal.addEventListener("abort", () => drop(video), { once: true });
      video.src = address;
      return ended(own.signal);
    }

    async function load(key: string, film: Film): Promise<void> {
      if (film.silent) visible(silent, true);
      if (film.fps !== null) fastest = Math.max(fastest ?? 0, film.fps);
      screen.style.setProperty("--snb-shape", String(film.width > 0 && film.height > 0 ? film.width / film.height : 16 / 9));
      const trouble = await loadFilm(key, film, env, {
        progress: () => say("Loading film…", true),
        waiting: () => say("The kernel is busy, or gone: the film comes when it answers.", true),
        play,
      }, life.signal);
      video.removeAttribute("src");
      video.load();
      if (!life.signal.aborted) say(notShown(film.path, trouble), false);
    }

    say("Loading film…", true);
    video.addEventListener("click", () => control.act("play"), { signal: life.signal });
    if (first.key !== null) {
      const key = first.key;
      let asked = false;
      followCards(env, (told) => told === key, ({ film }) => {
        if (film && !asked) {
          asked = true;
          void load(key, film);
        }
      }, life.signal);
      env.send({ kind: "card", key });
      void posterFromKernel(key, env, life.signal).then((address) => {
        if (address !== null && !life.signal.aborted) video.poster = address;
      });
    }
    return {
      el,
      video,
      life,
      show(next) {
        row = next;
        attribute(el, "data-picked", String(next.picked));
        write(prompt, next.prompt);
        write(facts, next.facts);
        pick.show(next.picked);
      },
    };
  }

  function show(next: readonly Row[]): void {
    const there = next.filter((row) => row.seconds !== null);
    for (const [n, { life }] of slots) {
      if (there.some((row) => row.n === n)) continue;
      life.abort();
      slots.delete(n);
    }
    if (!there.some((row) => row.n === heard)) heard = there[0]?.n ?? null;
    for (const row of there) {
      const place = slots.get(row.n) ?? slot(row);
      slots.set(row.n, place);
      place.show(row);
    }
    arrange(grid, there.flatMap((row) => slots.get(row.n)?.el ?? []));
    attribute(grid, "data-count", String(there.length));
    write(words, `${there.length} films, played as one`);
    sound();
  }

  el.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    options.close();
  }, { signal });
  signal.addEventListener("abort", () => el.remove(), { once: true });
  show(rows);
  return { el, show };
}
