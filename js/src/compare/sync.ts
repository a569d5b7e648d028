/** Several films as one: a clock that all of them follow, however fast each of them is decoded. */

/** As much of a <video> as is kept in step. */
export type SyncedVideo = Pick<
  HTMLVideoElement,
  "currentTime" | "duration" | "paused" | "readyState" | "playbackRate" | "play" | "pause" | "error"
>;

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

/** Less than one frame: nobody sees it. */
const CLOSE = 0.035;
/** From here on a film jumps; below, it runs a little faster or slower. */
const FAR = 0.3;
/** A film that has not come on for so many ms is left behind. */
const PATIENCE = 4000;
/** HTMLMediaElement.HAVE_FUTURE_DATA. */
const READY = 3;

const known = (video: SyncedVideo): boolean => Number.isFinite(video.duration) && video.duration > 0;

/** `length`: seconds of the longest film, as far as known before they are loaded. */
export function playbackSync(now: () => number, length: number, signal: AbortSignal): PlaybackSync {
  const master = document.createElement("video");
  const films = new Set<SyncedVideo>();
  const stop = new Map<SyncedVideo, number>();
  let [base, since, rate] = [0, 0, 1];
  let playing = false;
  let over = false;
  let held = false;
  let muted = false;
  let frame = 0;

  const whole = (): number => Math.max(0, ...[...films].filter(known).map((video) => video.duration)) || length;
  const time = (): number => (playing && !held ? Math.min(whole(), base + ((now() - since) / 1000) * rate) : base);
  const tell = (...events: string[]): void => events.forEach((name) => master.dispatchEvent(new Event(name)));

  /** From now on the time is counted from here. */
  function rebase(seconds = time()): void {
    base = Math.min(whole(), Math.max(0, seconds));
    since = now();
  }

  /** Where that film is to be: the last picture stays once it is over. */
  const place = (video: SyncedVideo, at: number): number => (known(video) ? Math.min(at, video.duration) : at);

  function align(): void {
    for (const video of films) {
      const to = place(video, base);
      if (Math.abs(video.currentTime - to) > 0.001) video.currentTime = to;
    }
  }

  function rest(): void {
    for (const video of films) {
      video.pause();
      video.playbackRate = rate;
    }
  }

  function start(video: SyncedVideo): void {
    // Sound may need a gesture of its own here: better silent than not at all.
    video.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") (video as HTMLVideoElement).muted = true;
    });
  }

  /** Whether all wait for one that has no picture for this moment yet. */
  function waits(at: number): boolean {
    let late = false;
    for (const video of films) {
      const missing = !video.error && video.readyState < READY && at < place(video, at) + 0.05 && at < whole() - 0.1;
      const ends = known(video) && at >= video.duration - 0.1;
      if (!missing || ends) stop.delete(video);
      else if (now() - (stop.get(video) ?? stop.set(video, now()).get(video) ?? 0) < PATIENCE) late = true;
    }
    return late;
  }

  function follow(video: SyncedVideo, at: number): void {
    if (known(video) && at >= video.duration - 0.02) {
      if (!video.paused) video.pause();
      return;
    }
    const drift = video.currentTime - at;
    if (Math.abs(drift) > FAR) video.currentTime = at;
    const tuned = Math.abs(drift) > CLOSE && Math.abs(drift) <= FAR ? rate * (drift > 0 ? 0.93 : 1.07) : rate;
    if (video.playbackRate !== tuned) video.playbackRate = tuned;
    if (video.paused) start(video);
  }

  function ends(): void {
    if (master.loop) {
      rebase(0);
      align();
      tell("timeupdate");
      return;
    }
    rebase(whole());
    [playing, over] = [false, true];
    rest();
    align();
    tell("timeupdate", "pause", "ended");
  }

  function beat(): void {
    if (!playing) return;
    const late = waits(time());
    if (late !== held) {
      rebase();
      held = late;
      if (held) for (const video of films) video.pause();
    }
    if (held) return;
    if (time() >= whole() - 1e-3) ends();
    else for (const video of films) follow(video, time());
  }

  function run(): void {
    beat();
    if (playing && !signal.aborted) frame = requestAnimationFrame(run);
  }

  function play(): Promise<void> {
    if (playing) return Promise.resolve();
    if (over || time() >= whole() - 1e-3) {
      rebase(0);
      align();
    }
    since = now();
    [playing, over, held] = [true, false, false];
    tell("play");
    run();
    return Promise.resolve();
  }

  function pause(): void {
    if (!playing) return;
    rebase();
    playing = false;
    cancelAnimationFrame(frame);
    rest();
    align();
    tell("timeupdate", "pause");
  }

  function seek(seconds: number): void {
    rebase(seconds);
    over = false;
    align();
    tell("seeking", "timeupdate", "seeked");
  }

  Object.defineProperties(master, {
    currentTime: { get: time, set: seek },
    duration: { get: whole },
    paused: { get: () => !playing },
    ended: { get: () => over },
    playbackRate: {
      get: () => rate,
      set(next: number) {
        rebase();
        rate = next;
        for (const video of films) video.playbackRate = rate;
        tell("ratechange");
      },
    },
    muted: {
      get: () => muted,
      set(next: boolean) {
        muted = next;
        tell("volumechange");
      },
    },
    play: { value: play },
    pause: { value: pause },
  });
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    playing = false;
    rest();
  }, { once: true });

  return {
    master,
    add(video) {
      films.add(video);
      video.playbackRate = rate;
      video.currentTime = place(video, time());
      tell("durationchange");
    },
    drop(video) {
      stop.delete(video);
      if (films.delete(video)) tell("durationchange");
    },
    beat,
  };
}
