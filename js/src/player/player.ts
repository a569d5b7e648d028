/** The film in its frame, the controls below it, and the facts about it. */
import { makeButton } from "../kit/buttons";
import type { CopyTools } from "../kit/copy_button";
import { attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { icon } from "../kit/icons";
import { childOf, ended } from "../kit/lifetime";
import type { Film } from "../protocol/card";
import { playerControls } from "./controls";
import { filmFacts } from "./film_facts";
import { toggleFull } from "./fullscreen";
import { keyHelp } from "./key_help";
import { listenToKeys } from "./keys";
import { loadFilm, notShown } from "./load_film";
import { playback } from "./playback";
import { posterFromKernel } from "./poster";
import { storyboard } from "./storyboard";
import { useFrameView } from "./use_frame";

/** Whether both are the same bytes, so that a player that shows one may stay for the other. */
export function sameFilm(a: Film, b: Film): boolean {
  return a.sha256 === b.sha256 && a.size === b.size && a.path === b.path;
}

export interface PlayerView {
  /** The film and its controls. */
  stage: HTMLElement;
  facts: HTMLElement;
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
  const video = make("video", "snb-video");
  video.tabIndex = 0;
  video.playsInline = true;
  video.preload = "metadata";
  video.setAttribute("aria-label", label);
  video.width = film.width;
  video.height = film.height;

  const status = make("p", "snb-status");
  status.setAttribute("role", "status");
  // Counts too fast to be read aloud.
  const share = make("p", "snb-share");
  share.setAttribute("aria-hidden", "true");
  const again = makeButton("", ["Load again"], () => {
    video.focus({ preventScroll: true });
    void load();
  }, signal);
  const cover = make("div", "snb-cover", [status, share, again]);
  const begin = make("span", "snb-begin", [icon("play")]);
  const screen = make("div", "snb-screen", [video, begin, cover]);
  const stage = make("div", "snb-player", [screen]);
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", "Player");
  const shape = film.width > 0 && film.height > 0 ? film.width / film.height : 16 / 9;
  stage.style.setProperty("--snb-shape", String(shape));

  const control = playback(video, stage, film, tools.announce);
  const board = storyboard(video, stage, control, () => ready, signal);
  const help = keyHelp(stage, signal, [{ shown: ["S"], words: "storyboard" }]);
  const extras = make("span", "snb-extras", [board.button, help.button]);
  const bar = playerControls(video, stage, control, extras, signal);
  stage.append(bar, board.strip, help.list);
  const still = useFrameView(key, video, env, signal);

  const download = make("a", "snb-link", ["Download"]);
  download.download = film.name;
  download.rel = "noopener noreferrer";
  download.target = "_blank";
  download.hidden = true;

  let resumeAt = 0;
  let ready = false;
  let moved = false;

  /** Our controls work from the film's first frame on; until then a cover lies over it. */
  function equip(ours: boolean): void {
    ready = ours;
    attribute(bar, "data-ready", String(ours));
    visible(still.button, ours);
    visible(begin, ours && !moved);
  }
  equip(false);

  function say(text: string, busy: boolean, arrived: number | null = null): void {
    write(status, text);
    write(share, arrived === null ? "" : `${Math.floor(arrived * 100)} %`);
    visible(share, arrived !== null);
    attribute(cover, "data-busy", String(busy));
    visible(cover, true);
    visible(again, !busy);
    attribute(stage, "data-lost", String(!busy));
  }

  function play(address: string): Promise<void> {
    const life = childOf(signal);
    video.addEventListener(
      "loadedmetadata",
      () => {
        visible(cover, false);
        equip(true);
        if (resumeAt > 0) video.currentTime = resumeAt;
      },
      { signal: life.signal },
    );
    video.addEventListener(
      "error",
      () => {
        resumeAt = video.currentTime || resumeAt;
        life.abort();
      },
      { signal: life.signal },
    );
    video.src = address;
    download.href = address;
    visible(download, true);
    return ended(life.signal);
  }

  function unload(): void {
    equip(false);
    video.removeAttribute("src");
    video.load();
    download.removeAttribute("href");
    visible(download, false);
  }

  async function load(): Promise<void> {
    const life = childOf(signal);
    say("Loading film…", true);
    const trouble = await loadFilm(
      key,
      film,
      env,
      {
        progress: (arrived) => say("Loading film…", true, arrived),
        waiting: () =>
          say(`The kernel is busy, or gone: the film comes when it answers. It is saved as ${film.path}`, true),
        play,
      },
      life.signal,
    );
    life.abort();
    unload();
    if (!signal.aborted) say(notShown(film.path, trouble), false);
  }

  for (const event of ["play", "seeking"]) {
    video.addEventListener(
      event,
      () => {
        moved = true;
        visible(begin, false);
      },
      { signal },
    );
  }

  const watched = (seconds: number): void => env.send({ kind: "playing", key, seconds });
  video.addEventListener("play", () => watched(Math.max(1, film.seconds - video.currentTime)), {
    signal,
  });
  for (const over of ["pause", "ended"]) video.addEventListener(over, () => watched(0), { signal });

  void posterFromKernel(key, env, signal).then((address) => {
    if (address === null || signal.aborted) return;
    video.poster = address;
    attribute(screen, "data-poster", "true");
  });

  listenToKeys(stage, (act) => ready && control.act(act), signal);
  video.addEventListener("click", () => ready && control.act("play"), { signal });
  video.addEventListener("dblclick", () => ready && void toggleFull(stage, video), { signal });

  void load();
  return { stage, facts: filmFacts(film, download, still, tools, signal) };
}
