/** The state that Python shows, kept up to date by patches. The other side is `display/kit/feed.py`. */
import type { Patch } from "../protocol/messages";
import type { Whole } from "../protocol/whole";
import type { Environment } from "./environment";
import type { Model } from "./host";
import { isMessage } from "./message";

/** `name` is the list's field in the state, `by` the field that tells its items apart. */
export interface Shape {
  name: string;
  by: string;
}

/**
 * The state after a patch. Items that the patch does not name stay the same objects. `missed`: a patch
 * before this one was lost, so an item that is not known here may be told in part only: it is left out.
 */
export function patched<S extends Whole>(state: S, patch: Patch, { name, by }: Shape, missed = false): S {
  const next: Record<string, unknown> = { ...(state as object), ...patch.set, number: patch.number, at: patch.at };
  const before = (next[name] ?? []) as Record<string, unknown>[];
  if (!patch.items && !patch.order) return next as unknown as S;
  const news = new Map((patch.items ?? []).map((item) => [item[by], item]));
  const merged = new Map(before.map((item) => {
    const change = news.get(item[by]);
    return [item[by], change ? { ...item, ...change } : item];
  }));
  for (const [id, item] of news) if (!merged.has(id) && !missed) merged.set(id, item);
  next[name] = patch.order ? patch.order.flatMap((id) => merged.get(id) ?? []) : [...merged.values()];
  return next as unknown as S;
}

/**
 * Calls `draw` with the state that is there, and again after each change, until `signal` aborts.
 *
 * The second argument says by how many seconds this machine's clock is ahead of the kernel's: 0
 * until a message has come, because a state that was there already may have been made long ago.
 */
export function follow<S extends Whole>(
  model: Pick<Model, "get" | "on" | "off">,
  env: Environment,
  shape: Shape,
  draw: (state: S | null, ahead: number) => void,
  signal: AbortSignal,
): void {
  const read = (): S | null => {
    const value = model.get("snapshot") as S | null | undefined;
    return value && Array.isArray((value as unknown as Record<string, unknown>)[shape.name]) ? value : null;
  };
  let state = read();
  let ahead = 0;

  function heard(next: S): void {
    state = next;
    ahead = env.wall() - next.at;
    draw(state, ahead);
  }

  env.listen((message) => {
    if (isMessage(message, "whole")) heard(message.snapshot as S);
    else if (isMessage(message, "patch")) {
      if (!state || message.number < state.number) return;
      const missed = message.number > state.number + 1;
      // What a patch says holds whatever went before it; what was missed is asked for.
      if (missed) env.send({ kind: "connect", number: -1 });
      heard(patched(state, message, shape, missed));
    }
  }, signal);

  const replaced = (): void => {
    const next = read();
    if (next) heard(next);
  };
  model.on("change:snapshot", replaced);
  signal.addEventListener("abort", () => model.off("change:snapshot", replaced), { once: true });

  draw(state, ahead);
  env.send({ kind: "connect", number: state?.number ?? -1 });
}
