/** Loads one film into one <video>: where a source fails, the next is tried. */
import type { Environment } from "../kit/environment";
import { after, ended } from "../kit/lifetime";
import type { Film } from "../protocol/card";
import { filmFromKernel } from "./film_from_kernel";
import { fileAddress, order, remoteAddress, serverBase, serves } from "./sources";

/** A kernel that is silent for this many ms may be busy: the next source is tried meanwhile. */
const PATIENCE = 10_000;

export interface LoadEvents {
  /** How far the kernel's bytes have come, 0 to 1; null while nothing has arrived. */
  progress(share: number | null): void;
  /** The kernel is the only source left and has been silent for a while. */
  waiting(): void;
  /** Plays from `address`; resolves only when that breaks down. */
  play(address: string): Promise<void>;
}

/**
 * Resolves when every source has failed, with what the kernel said if it could not send the film; or when
 * `signal` aborts (object URLs are given back then).
 */
export async function loadFilm(
  key: string,
  film: Film,
  env: Environment,
  events: LoadEvents,
  signal: AbortSignal,
): Promise<string | null> {
  const remote = remoteAddress(film.url, document);
  let bytes: Promise<string | null> | null = null;
  let trouble: string | null = null;
  let heard: () => void = () => undefined;
  /** Parts that come while another source plays are kept, but not spoken of. */
  let asking = false;

  async function askKernel(): Promise<string | null> {
    try {
      const blob = await filmFromKernel(key, film, env, signal, (share) => {
        if (asking) events.progress(share);
        heard();
      });
      const address = URL.createObjectURL(blob);
      if (signal.aborted) URL.revokeObjectURL(address);
      else signal.addEventListener("abort", () => URL.revokeObjectURL(address), { once: true });
      return address;
    } catch (error) {
      trouble = (error as Error).message;
      return null;
    }
  }

  /** Resolves after PATIENCE without a part. */
  function silence(): Promise<"silent"> {
    return new Promise((resolve) => {
      heard = () => {
        callOff();
        callOff = after(PATIENCE, signal, () => resolve("silent"));
      };
      let callOff = after(PATIENCE, signal, () => resolve("silent"));
      void bytes?.then(() => callOff());
    });
  }

  async function fromKernel(isLast: boolean): Promise<string | null | "later"> {
    bytes ??= askKernel();
    const first = await Promise.race([bytes, silence(), ended(signal).then(() => null)]);
    if (first !== "silent") return first;
    if (!isLast) return "later";
    events.waiting();
    return Promise.race([bytes, ended(signal).then(() => null)]);
  }

  const sources = order(film).filter((source) => source !== "remote" || remote !== null);
  for (let next = sources.shift(); next && !signal.aborted; next = sources.shift()) {
    let address: string | null | "later" = null;
    if (next === "server") {
      const file = fileAddress(serverBase(document), film.server_path);
      if (file && (await serves(file, film.size, env, signal))) address = file;
    } else if (next === "remote") {
      address = remote;
    } else {
      asking = true;
      events.progress(null);
      address = await fromKernel(sources.length === 0);
      asking = false;
      if (address === "later") {
        // Its bytes may still come; they are the last hope if the other source fails.
        sources.push("kernel");
        continue;
      }
    }
    if (address && !signal.aborted) await events.play(address);
  }
  return trouble;
}

/** A film that no source brought; `trouble` is why the kernel could not send it, where it said so. */
export function notShown(path: string, trouble: string | null): string {
  return trouble === null
    ? `The film cannot be shown here. It is saved as ${path}`
    : `The film cannot be shown here: ${trouble}. It was saved as ${path}`;
}
