/** How far one film is from where all are to be, and what is done about it. */

/** As much of a <video> as is kept in step. */
export type SyncedVideo = Pick<
  HTMLVideoElement,
  "currentTime" | "duration" | "paused" | "readyState" | "playbackRate" | "play" | "pause" | "error"
>;

/** Less than one frame: nobody sees it. */
const CLOSE = 0.035;
/** From here on a film jumps; below, it runs a little faster or slower. */
const FAR = 0.3;
/** HTMLMediaElement.HAVE_FUTURE_DATA. */
const READY = 3;

type Timed = Pick<SyncedVideo, "duration">;

export const known = ({ duration }: Timed): boolean => Number.isFinite(duration) && duration > 0;

/** Where that film is to be: the last picture stays once it is over. */
export const placeIn = (video: Timed, at: number): number => (known(video) ? Math.min(at, video.duration) : at);

/** Whether the film is over at that moment, or will be within `margin` seconds. */
export const isOver = (video: Timed, at: number, margin: number): boolean =>
  known(video) && at >= video.duration - margin;

/** Whether it has no picture for this moment yet; `end` is that of the longest film. */
export function lacksPicture(video: Timed & Pick<SyncedVideo, "readyState" | "error">, at: number, end: number): boolean {
  return !video.error && video.readyState < READY && at < end - 0.1 && !isOver(video, at, 0.1);
}

/** How a film that is `drift` seconds ahead comes back: by a jump, or by a speed of its own. */
export function correction(drift: number, rate: number): { jump: boolean; rate: number } {
  const off = Math.abs(drift);
  if (off > FAR) return { jump: true, rate };
  return { jump: false, rate: off > CLOSE ? rate * (drift > 0 ? 0.93 : 1.07) : rate };
}
