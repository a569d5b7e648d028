/** An early picture of a film, asked of the kernel: stands in the frame until the film plays. */
import type { Environment } from "../kit/environment";
import { childOf } from "../kit/lifetime";
import { isMessage } from "../kit/message";
import { isBytes } from "./film_from_kernel";

/**
 * The picture's address, or null where there is none; given back when `signal` aborts. Never
 * resolves when the kernel never answers.
 */
export function posterFromKernel(
  key: string,
  env: Pick<Environment, "send" | "listen">,
  signal: AbortSignal,
): Promise<string | null> {
  const life = childOf(signal);
  return new Promise((resolve) => {
    env.listen((message, buffers) => {
      if (!isMessage(message, "poster") || message.key !== key) return;
      life.abort();
      const [picture] = buffers;
      if ("error" in message || !isBytes(picture)) {
        resolve(null);
        return;
      }
      const address = URL.createObjectURL(new Blob([picture], { type: "image/jpeg" }));
      signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
      resolve(address);
    }, life.signal);
    env.send({ kind: "poster", key });
  });
}

/** Puts that picture into the film's frame; resolves with whether there is one. */
export async function showPoster(
  video: HTMLVideoElement,
  key: string,
  env: Pick<Environment, "send" | "listen">,
  signal: AbortSignal,
): Promise<boolean> {
  const address = await posterFromKernel(key, env, signal);
  if (address === null || signal.aborted) return false;
  video.poster = address;
  return true;
}
