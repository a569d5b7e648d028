/** The film in its frame, with the browser's own controls, and the facts about it. */
import { attribute, make, visible, write } from "./element";
import { bringFilm } from "./journey";
import { childOf, ended } from "./life";
import type { Film } from "./snapshot";
import type { Surroundings } from "./surroundings";
import { bytes, length } from "./words";

/** Whether both are the same bytes, so that a player that shows one may stay for the other. */
export function sameFilm(a: Film, b: Film): boolean {
  return a.sha256 === b.sha256 && a.size === b.size && a.path === b.path;
}

function factsLine(film: Film, download: HTMLElement): HTMLElement {
  const folder = film.path.endsWith(film.name) ? film.path.slice(0, -film.name.length) : "";
  const path = make("span", "snb-path", [folder, make("b", "", [film.name])]);
  const facts = [bytes(film.size), length(film.seconds), `sha256 ${film.sha256.slice(0, 12)}`];
  // A path that does not end with the name is told as well.
  if (folder === "" && film.path !== film.name) facts.push(film.path);
  return make("div", "snb-film", [
    make("p", "snb-filmfacts", [path, ...facts.map((fact) => make("span", "", [fact]))]),
    download,
  ]);
}

export interface PlayerView {
  screen: HTMLElement;
  facts: HTMLElement;
}

/** Lives until `signal` aborts: the video stops loading then and gives its memory back. */
export function playerView(
  key: string,
  film: Film,
  label: string,
  world: Surroundings,
  signal: AbortSignal,
): PlayerView {
  const video = make("video", "snb-video");
  video.controls = true;
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
  const again = make("button", "snb-button", ["Load again"]);
  again.type = "button";
  const cover = make("div", "snb-cover", [status, share, again]);
  const screen = make("div", "snb-screen", [video, cover]);
  const shape = film.width > 0 && film.height > 0 ? film.width / film.height : 16 / 9;
  screen.style.setProperty("--snb-shape", String(shape));

  const download = make("a", "snb-link", ["Download"]);
  download.download = film.name;
  download.rel = "noopener noreferrer";
  download.target = "_blank";
  download.hidden = true;

  let resumeAt = 0;

  function say(text: string, busy: boolean, arrived: number | null = null): void {
    write(status, text);
    write(share, arrived === null ? "" : `${Math.floor(arrived * 100)} %`);
    visible(share, arrived !== null);
    attribute(cover, "data-busy", String(busy));
    visible(cover, true);
    visible(again, !busy);
  }

  function play(address: string): Promise<void> {
    const life = childOf(signal);
    video.addEventListener(
      "loadedmetadata",
      () => {
        visible(cover, false);
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
    video.removeAttribute("src");
    video.load();
    download.removeAttribute("href");
    visible(download, false);
  }

  async function load(): Promise<void> {
    const life = childOf(signal);
    say("Loading film…", true);
    await bringFilm(
      key,
      film,
      world,
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
    if (!signal.aborted) say(`The film cannot be shown here. It is saved as ${film.path}`, false);
  }

  const watched = (seconds: number): void => world.send({ kind: "playing", key, seconds });
  video.addEventListener("play", () => watched(Math.max(1, film.seconds - video.currentTime)), {
    signal,
  });
  for (const over of ["pause", "ended"]) video.addEventListener(over, () => watched(0), { signal });

  again.addEventListener(
    "click",
    () => {
      video.focus({ preventScroll: true });
      void load();
    },
    { signal },
  );
  void load();
  return { screen, facts: factsLine(film, download) };
}
