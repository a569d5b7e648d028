/** The Studio as Python tells it. The other side is `display/studio/snapshot.py`. */
import type { Row } from "./row";
import type { Whole } from "./whole";

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
  /** The value of each field before a person changes it; its names and types are the form's. */
  defaults: Fields;
}
