/** The cards of listed tasks: asked of the kernel when looked at, and kept up to date while they are.
 * The other side is `display/card/cards.py`. */
import type { Environment } from "../kit/environment";
import { isMessage } from "../kit/message";
import type { Card } from "../protocol/card";

/**
 * Calls `draw` with a card now and after each change of it, until `signal` aborts. `wanted`: whether
 * that task is looked at, which asks for its card; `since`: the moment (ms) at which its clock was right.
 */
export function followCards(
  env: Pick<Environment, "send" | "listen" | "now">,
  wanted: (key: string) => boolean,
  draw: (card: Card, since: number) => void,
  signal: AbortSignal,
): void {
  const known = new Map<string, { card: Card; number: number }>();
  env.listen((message) => {
    if (!isMessage(message, "card")) return;
    const { number, card: told, at } = message;
    const before = known.get(told.key);
    known.delete(told.key);
    if (!wanted(told.key)) return;
    if (number > 1 && before?.number !== number - 1) {
      // What was missed is in the whole card.
      env.send({ kind: "card", key: told.key });
      return;
    }
    const card = (number > 1 ? { ...before?.card, ...told } : told) as Card;
    known.set(card.key, { card, number });
    draw(card, env.now() - Math.max(0, at - card.clock.at) * 1000);
  }, signal);
}
