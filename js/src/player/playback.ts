/** What a person can do to a playing film, by button or by key. */
import { timecode } from "../kit/format";
import type { Film } from "../protocol/card";
import { toggleFull } from "./fullscreen";

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** Cinema's own rate, for a film whose rate is not known. */
const CINEMA = 24;

export type Act =
  | "play"
  | "back"
  | "forward"
  | "earlier"
  | "later"
  | "start"
  | "end"
  | "loop"
  | "mute"
  | "slower"
  | "faster"
  | "full";

export interface Playback {
  act(name: Act): void;
  seek(seconds: number): void;
  speed(rate: number): void;
  /** Seconds from the film's beginning. */
  time(): number;
  /** The film's length in seconds. */
  length(): number;
}

/** Seconds in the middle of the frame that is `by` frames from the one at `time`: no rounding misses it. */
export function frameBeside(time: number, by: number, fps: number, length: number): number {
  const last = Math.max(0, Math.ceil(length * fps - 0.01) - 1);
  const shown = Math.min(last, Math.floor(time * fps + 0.01));
  return (Math.min(last, Math.max(0, shown + by)) + 0.5) / fps;
}

/** The speed beside `rate` in SPEEDS. */
export function speedBeside(rate: number, by: 1 | -1): number {
  const beyond = SPEEDS.filter((speed) => (by > 0 ? speed > rate : speed < rate));
  return beyond.length === 0 ? rate : by > 0 ? Math.min(...beyond) : Math.max(...beyond);
}

/** `announce` says what a key has changed that only the eye would notice. */
export function playback(
  video: HTMLVideoElement,
  stage: HTMLElement,
  film: Film,
  announce: (text: string) => void,
): Playback {
  const fps = film.fps !== null && film.fps > 0 ? film.fps : CINEMA;
  const length = (): number => (Number.isFinite(video.duration) ? video.duration : film.seconds);

  function seek(seconds: number): void {
    video.currentTime = Math.min(length(), Math.max(0, seconds));
  }

  function play(): void {
    // Refused or cut short: the video itself shows whether it plays.
    if (video.paused) video.play().catch(() => undefined);
    else video.pause();
  }

  function step(by: number): void {
    video.pause();
    seek(frameBeside(video.currentTime, by, fps, length()));
    announce(`Frame at ${timecode(video.currentTime)}`);
  }

  function speed(rate: number): void {
    // The default outlives a change of the film's address.
    video.defaultPlaybackRate = rate;
    video.playbackRate = rate;
    announce(`Speed ${rate}×`);
  }

  const acts: Record<Act, () => void> = {
    play,
    back: () => seek(video.currentTime - 1),
    forward: () => seek(video.currentTime + 1),
    earlier: () => step(-1),
    later: () => step(1),
    start: () => seek(0),
    end: () => seek(length()),
    loop() {
      video.loop = !video.loop;
      announce(video.loop ? "Loop on" : "Loop off");
    },
    mute() {
      video.muted = !video.muted;
      announce(video.muted ? "Sound off" : "Sound on");
    },
    slower: () => speed(speedBeside(video.playbackRate, -1)),
    faster: () => speed(speedBeside(video.playbackRate, 1)),
    full: () => void toggleFull(stage, video),
  };
  return { act: (name) => acts[name](), seek, speed, time: () => video.currentTime, length };
}
