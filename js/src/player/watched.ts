/** Tells the kernel that a person watches, so that it does not rewrite the output meanwhile. */
import type { Environment } from "../kit/environment";
import type { Film } from "../protocol/card";

/** Seconds until the film's end: at least one, for 0 says that nothing plays. */
export const secondsLeft = (length: number, at: number): number => Math.max(1, length - at);

export function tellWatched(
  video: HTMLVideoElement,
  key: string,
  film: Film,
  env: Pick<Environment, "send">,
  signal: AbortSignal,
): void {
  const tell = (event: string, seconds: () => number): void =>
    video.addEventListener(event, () => env.send({ kind: "playing", key, seconds: seconds() }), { signal });
  tell("play", () => secondsLeft(film.seconds, video.currentTime));
  for (const over of ["pause", "ended"]) tell(over, () => 0);
}
