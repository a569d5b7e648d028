/** Several films as one: a clock that all of them follow, however fast each of them is decoded. */
import { placeIn, type SyncedVideo } from "./drift";
import { filmGroup } from "./film_group";
import { AT_START, changed, isPlaying, timeAt, type Playhead } from "./playhead";

export interface PlaybackSync {
  /**
   * A <video> that nothing is loaded into: controls that were made for one film drive it, and its
   * time, length and state are those of all films together.
   */
  master: HTMLVideoElement;
  /** Takes another film along. */
  add(video: SyncedVideo): void;
  /** Goes on without it, and does not wait for it. */
  drop(video: SyncedVideo): void;
  /** Corrects what has drifted; called on each frame while it plays. */
  beat(): void;
}

/** What a <video> tells of itself, and what can be done to it. */
type Driven = Pick<
  HTMLVideoElement,
  "currentTime" | "duration" | "paused" | "ended" | "playbackRate" | "muted" | "play" | "pause"
>;

/** An element's own properties hide those that it has as a <video>. */
function driven(own: Driven): HTMLVideoElement {
  return Object.defineProperties(document.createElement("video"), Object.getOwnPropertyDescriptors(own));
}

/** `length`: seconds of the longest film, as far as known before they are loaded. */
export function playbackSync(now: () => number, length: number, signal: AbortSignal): PlaybackSync {
  const group = filmGroup(now);
  let head: Playhead = AT_START;
  let muted = false;
  let frame = 0;

  const end = (): number => group.length() || length;
  const time = (): number => timeAt(head, now(), end());
  const atEnd = (): boolean => time() >= end() - 1e-3;
  const change = (changes: Parameters<typeof changed>[1]): void => void (head = changed(head, changes, now(), end()));
  const tell = (...events: string[]): void => events.forEach((name) => master.dispatchEvent(new Event(name)));

  /** All go there. */
  function jump(at: number, mode = head.mode): void {
    change({ at, mode });
    group.align(head.at);
  }

  /** All stand here, each at its own last picture. */
  function stand(mode: Playhead["mode"], at: number): void {
    cancelAnimationFrame(frame);
    group.pause();
    group.rate(head.rate);
    jump(at, mode);
    tell("timeupdate", "pause");
  }

  function beat(): void {
    if (!isPlaying(head)) return;
    const mode = group.waits(time(), end()) ? "waiting" : "playing";
    if (mode !== head.mode) change({ mode });
    if (mode === "waiting") group.pause();
    else if (!atEnd()) group.follow(time(), head.rate);
    else if (master.loop) {
      jump(0);
      tell("timeupdate");
    } else {
      stand("ended", end());
      tell("ended");
    }
  }

  function run(): void {
    beat();
    if (isPlaying(head) && !signal.aborted) frame = requestAnimationFrame(run);
  }

  const master = driven({
    get currentTime() { return time(); },
    set currentTime(at) {
      jump(at, head.mode === "ended" ? "paused" : head.mode);
      tell("seeking", "timeupdate", "seeked");
    },
    get duration() { return end(); },
    get paused() { return !isPlaying(head); },
    get ended() { return head.mode === "ended"; },
    get playbackRate() { return head.rate; },
    set playbackRate(rate) {
      change({ rate });
      group.rate(rate);
      tell("ratechange");
    },
    get muted() { return muted; },
    set muted(next) {
      muted = next;
      tell("volumechange");
    },
    play() {
      if (!isPlaying(head)) {
        if (head.mode === "ended" || atEnd()) jump(0);
        change({ mode: "playing" });
        tell("play");
        run();
      }
      return Promise.resolve();
    },
    pause() {
      if (isPlaying(head)) stand("paused", time());
    },
  });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    if (isPlaying(head)) change({ mode: "paused" });
    group.pause();
  }, { once: true });

  return {
    master,
    add(video) {
      group.films.add(video);
      video.playbackRate = head.rate;
      video.currentTime = placeIn(video, time());
      tell("durationchange");
    },
    drop(video) {
      if (group.drop(video)) tell("durationchange");
    },
    beat,
  };
}
