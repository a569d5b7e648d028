/** The pictures beside rows: asked of the kernel for what is looked at, few at a time, some kept. */
import type { Environment } from "../kit/environment";
import { after, childOf } from "../kit/lifetime";
import { posterFromKernel } from "../player/poster";

/** Questions that are open at once. */
const AT_ONCE = 4;
/** A question that is open for so many ms holds up no other: its task may be gone from the kernel. */
const PATIENCE = 10_000;
/** Pictures of at most 15 kB that are kept. */
const KEPT = 240;

export interface Posters {
  /** The address of a film's picture, or null while there is none here. */
  get(key: string): string | null;
  /** These are looked at now; what was wanted before and is not asked for yet is dropped. */
  want(keys: readonly string[]): void;
  arrived(handler: (key: string) => void): void;
}

export function posters(env: Pick<Environment, "send" | "listen">, signal: AbortSignal): Posters {
  const found = new Map<string, { address: string | null; life: AbortController }>();
  const asked = new Set<string>();
  const handlers: ((key: string) => void)[] = [];
  let wanted: string[] = [];

  function drop(): void {
    for (const [key, { life }] of found) {
      if (found.size <= KEPT) return;
      if (wanted.includes(key)) continue;
      life.abort();
      found.delete(key);
    }
  }

  function next(): void {
    while (asked.size < AT_ONCE) {
      const key = wanted.find((each) => !found.has(each) && !asked.has(each));
      if (key === undefined) return;
      asked.add(key);
      const life = childOf(signal);
      const callOff = after(PATIENCE, life.signal, () => {
        life.abort();
        asked.delete(key);
        wanted = wanted.filter((each) => each !== key);
        next();
      });
      void posterFromKernel(key, env, life.signal).then((address) => {
        callOff();
        asked.delete(key);
        if (signal.aborted) return;
        found.set(key, { address, life });
        drop();
        for (const handler of handlers) handler(key);
        next();
      });
    }
  }

  return {
    get: (key) => found.get(key)?.address ?? null,
    want(keys) {
      wanted = [...keys];
      next();
    },
    arrived: (handler) => void handlers.push(handler),
  };
}
