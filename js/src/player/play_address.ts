/** Plays one address in a <video>, until that breaks down. */
import { childOf, ended } from "../kit/lifetime";

/** Resolves after `over`: when the film breaks down, or `signal` aborts. */
export function playAddress(
  video: HTMLVideoElement,
  address: string,
  on: { ready(): void; over(): void },
  signal: AbortSignal,
): Promise<void> {
  const life = childOf(signal);
  video.addEventListener("loadedmetadata", on.ready, { signal: life.signal });
  video.addEventListener("error", () => life.abort(), { signal: life.signal });
  life.signal.addEventListener("abort", on.over, { once: true });
  video.src = address;
  return ended(life.signal);
}

/** Gives the film's memory back. */
export function unload(video: HTMLVideoElement): void {
  video.removeAttribute("src");
  video.load();
}
