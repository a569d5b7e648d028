/** The cards of listed tasks: asked of the kernel when looked at, and kept up to date while they are. */
import type { Card, CardAnswer } from "./snapshot";
import type { Surroundings } from "./surroundings";

/** Calls `draw` with the card of `key` now and after each change, until `signal` aborts. `ahead`: by
 * how many seconds this machine's clock is ahead of the kernel's. */
export function followCard(
  key: string,
  world: Pick<Surroundings, "send" | "listen" | "wall">,
  draw: (card: Card, ahead: number) => void,
  signal: AbortSignal,
): void {
  world.listen((message) => {
    const told = message as Partial<CardAnswer> | null;
    if (told?.kind === "card" && told.card?.key === key) draw(told.card, world.wall() - (told.at ?? world.wall()));
  }, signal);
  world.send({ kind: "card", key });
}
