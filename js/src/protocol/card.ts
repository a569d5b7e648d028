/**
 * One task as Python tells it: every view of it is drawn from its `Card`.
 *
 * The same shapes are written down as data in `tests/fixtures/panel/`: vitest draws each of them, pytest
 * checks that Python produces them.
 */

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
