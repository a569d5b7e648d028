/**
 * What Python tells the Studio, and what the Studio asks of Python. The other side is
 * `display/studio_snapshot.py` and `display/studio_desk.py`.
 */
import type { Whole } from "../kit/feed";
import type { Row } from "../rows/list";
import type { Command } from "./card";
import type { Surroundings } from "../kit/environment";

export type Frame = "landscape" | "portrait";

/** The form's fields, named as the arguments of `generate`; each is a trait of the widget. */
export interface Fields {
  prompt: string;
  /** Seconds of film. */
  duration: number;
  aspect_ratio: Frame;
  /** A public URL, or "". */
  image: string;
  model: string;
  remove_watermark: boolean;
  takes: number;
  new: boolean;
  extra: Record<string, unknown>;
}

/** What a known model accepts: lengths in seconds, frames (none: it takes a size), further fields. */
export interface Rules {
  id: string;
  prompt_limit: number;
  seconds: number[];
  frames: Frame[];
  choices: Record<string, string[]>;
}

export interface Limit {
  name: "tasks" | "seconds" | "usd";
  limit: number;
  left: number;
}

export interface Trouble {
  message: string;
  advice: string;
  field: keyof Fields | null;
}

/** The synced value. What is optional is not there before the kernel has looked at its settings. */
export interface StudioSnapshot extends Whole {
  version: 1;
  view: "studio";
  models: Rules[];
  most_takes?: number;
  service?: { simulated: boolean; name: string };
  /** USD for a second of film; null when it is not known, or nothing is charged. */
  price?: number | null;
  budget?: { period: string; limits: Limit[] } | null;
  /** What came of the last click on Generate, whichever page it came from. */
  answered?: { request: number; keys: string[]; reused: string[]; error: Trouble | null } | null;
  rows: Row[];
}

/** Ages in service seconds by which half and nine in ten of such films were ready. */
export interface Expected {
  median: number;
  p90: number;
  source: string;
}

/** What a click would do now: for each take the task that exists already, or null. */
export interface Preview {
  kind: "preview";
  request: number;
  problem: Trouble | null;
  reuses?: (string | null)[];
  estimate?: Expected | null;
}

/** A task was asked for again: `by` stands where `key` stood. */
export interface Instead {
  kind: "instead";
  key: string;
  by: string;
}

export type Balance = { kind: "balance" } & ({ usd: number } | { error: string });

export type StudioCommand =
  /** `request` is this page's number of the click: the same number is the same click. */
  | { kind: "generate" | "preview"; request: number; fields: Fields }
  | { kind: "balance" }
  /** The card of that task now, and after each change. */
  | { kind: "card"; key: string };

export function ask(world: Pick<Surroundings, "send">, command: StudioCommand): void {
  (world.send as (command: Command | StudioCommand) => void)(command);
}

export function isMessage<M extends { kind: string }>(message: unknown, kind: M["kind"]): message is M {
  return typeof message === "object" && message !== null && (message as { kind?: unknown }).kind === kind;
}
