/**
 * What Python tells the panel, and what the panel asks of Python.
 *
 * The same shapes are written down as data in `tests/fixtures/`: vitest draws each of them, pytest
 * checks that Python produces them.
 */

/** The one synced trait, `snapshot`, of a panel. */
export interface PanelSnapshot extends Whole {
  version: 1;
  view: "panel";
  cards: Card[];
}

import type { Whole } from "../kit/feed";

export type State =
  | "queued"
  | "submitting"
  | "pending"
  | "processing"
  | "saving"
  | "ready"
  | "failed"
  | "unsure"
  | "stopped";

export type Mark = "done" | "now" | "todo" | "bad" | "ask" | "off";

export type Action = "stop" | "watch" | "retry" | "copy_id" | "resend";

export interface Badge {
  kind: "simulator" | "reused" | "unsaved";
  text: string;
}

export interface Step {
  name: string;
  mark: Mark;
}

/**
 * `elapsed`: service seconds at the moment `at` (Unix seconds of the kernel); while `running` they
 * pass `speed` times as fast as real ones.
 */
export interface Clock {
  elapsed: number;
  at: number;
  speed: number;
  running: boolean;
}

/** Ages in service seconds at which half, nine in ten and all of the known jobs had ended. */
export interface Estimate {
  median: number;
  p90: number;
  max: number;
  source: string;
}

/** Bytes of the film on disk so far; `total` is null when the host did not say. */
export interface Progress {
  received: number;
  total: number | null;
}

/** `commands` can be typed now; `words` are the service's own; everything else is ours. */
export interface Failure {
  title: string;
  code: string | null;
  advice: string;
  commands: string[];
  words: string | null;
}

/** `seconds` is the film's length, `size` bytes, `width` and `height` pixels, `sha256` 64 hex digits. */
export interface Film {
  name: string;
  /** As the user sees it, relative to the notebook. */
  path: string;
  seconds: number;
  size: number;
  sha256: string;
  width: number;
  height: number;
  /** Frames a second, or null for a film that was saved before they were counted. */
  fps: number | null;
  /** Below the Jupyter server's root, or null when the film lies elsewhere. */
  server_path: string | null;
  /** The result's own address, which expires. */
  url: string | null;
  /** The host plays films without their sound. */
  silent?: boolean;
}

/** One task. Every word in it comes from Python; `key` is the same for the task's whole life. */
export interface Card {
  key: string;
  /** Its beginning with an ellipsis, where it is long: the whole is asked for. */
  prompt: string;
  facts: string[];
  frame: "landscape" | "portrait";
  badges: Badge[];
  state: State;
  steps: Step[];
  clock: Clock;
  estimate: Estimate | null;
  progress: Progress | null;
  /** Our own trouble while the task is still alive, or what becomes of it after a stop. */
  note: string | null;
  failure: Failure | null;
  task_id: string | null;
  actions: Action[];
  /** What a click on these may cost. */
  hint: string | null;
  film: Film | null;
}

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
  | { kind: "sweep"; act: "start" | "pause" | "continue" | "stop" | "retry_failed" }
  /** A person uses this output: it is not rewritten for a while. */
  | { kind: "used" }
  /** `%sora doctor`: a question that the kernel answers with "pong", and what the page found. */
  | { kind: "ping" }
  | { kind: "findings"; findings: { name: string; mark: string; words: string; fix: string | null }[] };

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
