/** Which message it is. What comes from outside is looked at before it is believed. */
import type { Answer } from "../protocol/messages";

export function isMessage<K extends Answer["kind"]>(message: unknown, kind: K): message is Extract<Answer, { kind: K }> {
  return typeof message === "object" && message !== null && (message as { kind?: unknown }).kind === kind;
}
