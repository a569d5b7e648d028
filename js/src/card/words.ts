/** What a card says of its task. Pure. */
import { bytes, duration, shortened } from "../kit/format";
import type { Card, Estimate, Progress, State } from "../protocol/card";

/** What is known about the end, at the age `elapsed`: never more than the history says. */
export function prospect(estimate: Estimate, elapsed: number): (string | { strong: string })[] {
  if (elapsed > estimate.p90) return ["longer than nine in ten"];
  return [
    "half are done by ",
    { strong: duration(estimate.median) },
    ", nine in ten by ",
    { strong: duration(estimate.p90) },
  ];
}

/** What happens now, where no estimate says it better. */
const DOING: Record<State, string> = {
  queued: "waiting to be sent",
  submitting: "sending the request",
  pending: "accepted, waiting for its turn",
  processing: "the service is making the film",
  saving: "saving the film",
  ready: "",
  failed: "",
  unsure: "",
  stopped: "when watching stopped",
};

export function doing(state: State): string {
  return DOING[state];
}

export function saved(progress: Progress): string {
  return progress.total === null
    ? `saving the film: ${bytes(progress.received)} so far`
    : `saving the film: ${bytes(progress.received)} of ${bytes(progress.total)}`;
}

/** One sentence for screen readers when a task's state changes. */
export function announcement(card: Card): string {
  const reason = card.failure ? ` ${card.failure.title}` : "";
  return `Video task “${shortened(card.prompt, 60)}”: ${card.state}.${reason}`;
}

/**
 * A function to call with the cards each time they were drawn: a sentence for each whose state differs
 * from that of the last call, or "". The first call is silent.
 */
export function stateNews(): (cards: readonly Card[]) => string {
  let known: Map<string, State> | null = null;
  return (cards) => {
    const before = known;
    known = new Map(cards.map((card) => [card.key, card.state]));
    return before ? cards.filter((card) => before.get(card.key) !== card.state).map(announcement).join(" ") : "";
  };
}
