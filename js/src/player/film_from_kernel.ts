/** A film in pieces: asked of the kernel, put together here. */
import type { Environment } from "../kit/environment";
import { childOf } from "../kit/lifetime";
import { isMessage } from "../kit/message";
import type { Film } from "../protocol/card";
import type { FilmPart, FilmTrouble } from "../protocol/messages";

/** More parts than any film has: a count above it is a mistake, not a film. */
const MOST = 100_000;

function isPart(message: FilmPart | FilmTrouble): message is FilmPart {
  if (!("index" in message)) return false;
  const { index, count } = message;
  return Number.isInteger(count) && count <= MOST && Number.isInteger(index) && index >= 0 && index < count;
}

/** Hosts differ: JupyterLab hands over a DataView, Colab a Uint8Array. */
export function isBytes(buffer: unknown): buffer is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return buffer instanceof ArrayBuffer || ArrayBuffer.isView(buffer);
}

/**
 * The whole film as a Blob. `arrived` is told the share (0 to 1) after each part; parts may come in
 * any order. Rejects with one sentence when the kernel cannot send it or the sizes do not agree;
 * never settles when the kernel never answers.
 */
export function filmFromKernel(
  key: string,
  film: Film,
  env: Pick<Environment, "send" | "listen" | "random">,
  signal: AbortSignal,
  arrived: (share: number) => void,
): Promise<Blob> {
  const life = childOf(signal);
  // Every view of the model hears every answer; the number tells whose it is.
  const request = Math.floor(env.random() * 2 ** 31);
  const parts = new Map<number, BlobPart>();
  return new Promise((resolve, reject) => {
    env.listen((message, buffers) => {
      if (!isMessage(message, "film") || message.key !== key || message.request !== request) return;
      const [buffer] = buffers;
      if (!isPart(message) || !isBytes(buffer)) {
        life.abort();
        reject(new Error("error" in message ? String(message.error) : "the kernel’s answer held no film"));
        return;
      }
      parts.set(message.index, buffer);
      arrived(parts.size / message.count);
      if (parts.size < message.count) return;
      life.abort();
      const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
      const blob = new Blob(inOrder, { type: "video/mp4" });
      if (blob.size === film.size) resolve(blob);
      else reject(new Error("it arrived with another size than it has on disk"));
    }, life.signal);
    env.send({ kind: "film", key, request });
  });
}
