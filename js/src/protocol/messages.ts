/** All that the browser asks of Python, and all that Python answers: each message says by `kind` what it is. */
import type { Card } from "./card";
import type { SweepAct } from "./gallery";
import type { Fields, Trouble } from "./studio";
import type { Whole } from "./whole";

/** Browser -> Python, by `model.send`. `request` names the answer that this view waits for. */
export type Command =
  /** The page has this patch; the whole state comes if it is not the newest. */
  | { kind: "connect"; number: number }
  | { kind: "stop" | "watch" | "retry" | "resend"; key: string }
  /** A person watches: the output is not rewritten for so many seconds. 0 says that it is over. */
  | { kind: "playing"; key: string; seconds: number }
  /** The picture at that moment is wanted in Python, and as a file beside the film. */
  | { kind: "frame"; key: string; seconds: number }
  | { kind: "film"; key: string; request: number }
  | { kind: "poster"; key: string }
  /** The whole prompt of a task. */
  | { kind: "prompt"; key: string }
  /** The card of a listed task is looked at: it comes now, and after each change. */
  | { kind: "card"; key: string }
  | { kind: "pick"; key: string; picked: boolean }
  /** Something is asked of a whole sweep. */
  | { kind: "sweep"; act: SweepAct }
  /** The Studio's form. `request` is this page's number of the click: the same number is the same click. */
  | { kind: "generate" | "preview"; request: number; fields: Fields }
  | { kind: "balance" }
  /** A person uses this output: it is not rewritten for a while. */
  | { kind: "used" }
  /** `%sora doctor`: a question that the kernel answers with "pong", and what the page found. */
  | { kind: "ping" }
  | { kind: "findings"; findings: { name: string; mark: string; words: string; fix: string | null }[] };

/** Python -> browser: what has changed since the state before; see `kit/feed.ts`. */
export interface Patch {
  kind: "patch";
  number: number;
  at: number;
  set?: Record<string, unknown>;
  items?: Record<string, unknown>[];
  order?: unknown[];
}

/** Python -> browser: where the picture of that moment was written, as the user sees the path. */
export interface FrameSaved {
  kind: "frame";
  key: string;
  seconds: number;
  path: string;
}

/** Python -> browser: the picture could not be saved; `error` is one sentence. */
export interface FrameTrouble {
  kind: "frame";
  key: string;
  seconds: number;
  error: string;
}

/** Python -> browser, with one buffer: part `index` (from 0) of `count` of a film's bytes. */
export interface FilmPart {
  kind: "film";
  key: string;
  request: number;
  index: number;
  count: number;
  type: "video/mp4";
}

/** Python -> browser, with one buffer: a JPEG of an early frame; or why there is none. */
export type PosterAnswer = { kind: "poster"; key: string } & ({ type: "image/jpeg" } | { error: string });

/** Python -> browser: the whole prompt that was asked for. */
export interface PromptAnswer {
  kind: "prompt";
  key: string;
  prompt: string;
}

/** Python -> browser: the film cannot be sent; `error` is one sentence. */
export interface FilmTrouble {
  kind: "film";
  key: string;
  request: number;
  error: string;
}

/** Python -> browser: the card that was asked for, whole where `number` is 1; later ones hold what
 * has changed since the one before. */
export interface CardAnswer {
  kind: "card";
  number: number;
  card: Partial<Card> & { key: string };
  at: number;
}

/** Ages in service seconds by which half and nine in ten of such films were ready. */
export interface Expected {
  median: number;
  p90: number;
  source: string;
}

/** Python -> browser: what a click would do now: for each take the task that exists already, or null. */
export interface Preview {
  kind: "preview";
  request: number;
  problem: Trouble | null;
  reuses?: (string | null)[];
  estimate?: Expected | null;
}

/** Python -> browser: a task was asked for again: `by` stands where `key` stood. */
export interface Instead {
  kind: "instead";
  key: string;
  by: string;
}

/** Python -> browser: what the account holds at the service, or why that is not known. */
export type Balance = { kind: "balance" } & ({ usd: number } | { error: string });

/** Python -> browser: everything. */
export type Answer =
  | { kind: "whole"; snapshot: Whole }
  | { kind: "pong" }
  | Patch
  | CardAnswer
  | PromptAnswer
  | PosterAnswer
  | FilmPart
  | FilmTrouble
  | FrameSaved
  | FrameTrouble
  | Preview
  | Instead
  | Balance;
