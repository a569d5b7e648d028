/** The film in its frame, the controls below it, and the facts about it. */
import { makeButton } from "../kit/buttons";
import type { CopyTools } from "../kit/copy_button";
import { attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { icon } from "../kit/icons";
import { childOf } from "../kit/lifetime";
import type { Film } from "../protocol/card";
import { playerControls } from "./controls";
import { filmCover, LOADING, percent, WAITING } from "./cover";
import { filmFacts } from "./film_facts";
import { toggleFull } from "./fullscreen";
import { keyHelp } from "./key_help";
import { listenToKeys } from "./keys";
import { loadFilm, notShown } from "./load_film";
import { playAddress, unload } from "./play_address";
import { playback } from "./playback";
import { showPoster } from "./poster";
import { storyboard } from "./storyboard";
import { useFrameView } from "./use_frame";
import { tellWatched } from "./watched";

/** Whether both are the same bytes, so that a player that shows one may stay for the other. */
export function sameFilm(a: Film, b: Film): boolean {
  return a.sha256 === b.sha256 && a.size === b.size && a.path === b.path;
}

/** Width by height; 16:9 where the film's own is not known. */
export const shapeOf = ({ width, height }: Film): number => (width > 0 && height > 0 ? width / height : 16 / 9);

export interface PlayerView {
  /** The film and its controls. */
  stage: HTMLElement;
  facts: HTMLElement;
}

function filmVideo(film: Film, label: string): HTMLVideoElement {
  const video = make("video", "snb-video");
  video.tabIndex = 0;
  video.playsInline = true;
  video.preload = "metadata";
  video.setAttribute("aria-label", label);
  video.width = film.width;
  video.height = film.height;
  return video;
}

/** Hidden while it leads nowhere. */
function downloadLink(film: Film): { el: HTMLAnchorElement; show(address: string | null): void } {
  const el = make("a", "snb-link", ["Download"]);
  el.download = film.name;
  el.rel = "noopener noreferrer";
  el.target = "_blank";
  el.hidden = true;
  return {
    el,
    show(address) {
      attribute(el, "href", address);
      visible(el, address !== null);
    },
  };
}

/** The film's frame; `load` is called anew where a person asks for it. */
function filmScreen(video: HTMLVideoElement, load: () => void, signal: AbortSignal) {
  // Counts too fast to be read aloud.
  const share = make("p", "snb-share");
  share.setAttribute("aria-hidden", "true");
  const again = makeButton("", ["Load again"], () => {
    video.focus({ preventScroll: true });
    load();
  }, signal);
  const cover = filmCover([share, again]);
  const begin = make("span", "snb-begin", [icon("play")]);
  const el = make("div", "snb-screen", [video, begin, cover.el]);
  return {
    el,
    begin,
    cover: cover.el,
    say(text: string, busy: boolean, arrived: number | null = null): void {
      cover.say(text, busy);
      write(share, percent(arrived));
      visible(share, arrived !== null);
      visible(again, !busy);
    },
  };
}

/** Lives until `signal` aborts: the video stops loading then and gives its memory back. */
export function playerView(
  key: string,
  film: Film,
  label: string,
  env: Environment,
  tools: CopyTools,
  signal: AbortSignal,
): PlayerView {
  const video = filmVideo(film, label);
  const screen = filmScreen(video, () => void load(), signal);
  const stage = make("div", "snb-player", [screen.el]);
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "Player");
  stage.style.setProperty("--snb-shape", String(shapeOf(film)));

  const control = playback(video, stage, film, tools.announce);
  const board = storyboard(video, stage, control, () => ready, signal);
  const help = keyHelp(stage, signal, [{ shown: ["S"], words: "storyboard" }]);
  const extras = make("span", "snb-extras", [board.button, help.button]);
  const bar = playerControls(video, stage, control, extras, signal);
  stage.append(bar, board.strip, help.list);
  const still = useFrameView(key, video, env, signal);
  const download = downloadLink(film);

  let resumeAt = 0;
  let ready = false;
  let moved = false;

  /** Our controls work from the film's first frame on; until then a cover lies over it. */
  function equip(ours: boolean): void {
    ready = ours;
    attribute(bar, "data-ready", String(ours));
    visible(still.button, ours);
    visible(screen.begin, ours && !moved);
  }
  equip(false);

  function say(text: string, busy: boolean, arrived?: number | null): void {
    screen.say(text, busy, arrived);
    attribute(stage, "data-lost", String(!busy));
  }

  function play(address: string): Promise<void> {
    download.show(address);
    return playAddress(video, address, {
      ready() {
        visible(screen.cover, false);
        equip(true);
        if (resumeAt > 0) video.currentTime = resumeAt;
      },
      over: () => void (resumeAt = video.currentTime || resumeAt),
    }, signal);
  }

  async function load(): Promise<void> {
    const life = childOf(signal);
    say(LOADING, true);
    const trouble = await loadFilm(key, film, env, {
      progress: (arrived) => say(LOADING, true, arrived),
      waiting: () => say(`${WAITING} It is saved as ${film.path}`, true),
      play,
    }, life.signal);
    life.abort();
    equip(false);
    unload(video);
    download.show(null);
    if (!signal.aborted) say(notShown(film.path, trouble), false);
  }

  for (const event of ["play", "seeking"]) {
    video.addEventListener(event, () => {
      moved = true;
      visible(screen.begin, false);
    }, { signal });
  }
  tellWatched(video, key, film, env, signal);
  void showPoster(video, key, env, signal).then((yes) => yes && attribute(screen.el, "data-poster", "true"));
  listenToKeys(stage, (act) => ready && control.act(act), signal);
  video.addEventListener("click", () => ready && control.act("play"), { signal });
  video.addEventListener("dblclick", () => ready && void toggleFull(stage, video), { signal });

  void load();
  return { stage, facts: filmFacts(film, download.el, still, tools, signal) };
}
