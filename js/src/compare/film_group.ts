/** The films that are played together: each is brought to where all are to be. */
import { correction, isOver, known, lacksPicture, placeIn, type SyncedVideo } from "./drift";

/** A film that has not come on for so many ms is left behind. */
const PATIENCE = 4000;

export interface FilmGroup {
  readonly films: Set<SyncedVideo>;
  /** Seconds of the longest film; 0 while none is known. */
  length(): number;
  /** Puts all at this moment. */
  align(at: number): void;
  pause(): void;
  rate(rate: number): void;
  /** Lets all play at this moment and speed, and corrects what has drifted. */
  follow(at: number, rate: number): void;
  /** Whether all wait for one that has no picture for this moment yet. */
  waits(at: number, end: number): boolean;
  drop(video: SyncedVideo): boolean;
}

function start(video: SyncedVideo): void {
  // Sound may need a gesture of its own here: better silent than not at all.
  video.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "NotAllowedError") (video as HTMLVideoElement).muted = true;
  });
}

function followOne(video: SyncedVideo, at: number, rate: number): void {
  if (isOver(video, at, 0.02)) {
    if (!video.paused) video.pause();
    return;
  }
  const next = correction(video.currentTime - at, rate);
  if (next.jump) video.currentTime = at;
  if (video.playbackRate !== next.rate) video.playbackRate = next.rate;
  if (video.paused) start(video);
}

export function filmGroup(now: () => number): FilmGroup {
  const films = new Set<SyncedVideo>();
  /** Since when each of them lacks a picture. */
  const stalled = new Map<SyncedVideo, number>();

  return {
    films,
    length: () => Math.max(0, ...[...films].filter(known).map((video) => video.duration)),
    align(at) {
      for (const video of films) {
        const to = placeIn(video, at);
        if (Math.abs(video.currentTime - to) > 0.001) video.currentTime = to;
      }
    },
    pause: () => films.forEach((video) => video.pause()),
    rate: (rate) => films.forEach((video) => void (video.playbackRate = rate)),
    follow: (at, rate) => films.forEach((video) => followOne(video, at, rate)),
    waits(at, end) {
      for (const video of films) {
        if (!lacksPicture(video, at, end)) stalled.delete(video);
        else if (!stalled.has(video)) stalled.set(video, now());
      }
      return [...stalled.values()].some((since) => now() - since < PATIENCE);
    },
    drop(video) {
      stalled.delete(video);
      return films.delete(video);
    },
  };
}
