/** The stage for the Studio's tests: a model with traits, as a host would give one. */
import type { Model } from "../../src/kit/host";
import type { Fields, StudioSnapshot } from "../../src/protocol/studio";

export const FIELDS: Fields = {
  prompt: "",
  duration: 4,
  aspect_ratio: "landscape",
  image: "",
  model: "sora-2",
  remove_watermark: true,
  takes: 1,
  new: false,
  extra: {},
};

export function state(changes: Partial<StudioSnapshot> = {}): StudioSnapshot {
  return {
    version: 1,
    view: "studio",
    number: 1,
    at: Date.now() / 1000,
    models: [
      { id: "sora-2", prompt_limit: 10_000, seconds: [4, 8, 12], frames: ["landscape", "portrait"], choices: {} },
      {
        id: "sora-2-pro",
        prompt_limit: 5_000,
        seconds: [4, 8, 12],
        frames: [],
        choices: { size: ["1280*720", "720*1280"], resolution: ["720p", "1080p"] },
      },
    ],
    most_takes: 9,
    service: { simulated: true, name: "the simulator" },
    price: null,
    budget: null,
    answered: null,
    rows: [],
    defaults: FIELDS,
    ...changes,
  };
}

type Handler = (...args: never[]) => void;

/** Backbone's way: `set` tells at once, `save_changes` sends what was set since. */
export class FakeTraits implements Model {
  readonly saved: Record<string, unknown>[] = [];
  private readonly values: Record<string, unknown>;
  private unsaved: Record<string, unknown> = {};
  private readonly handlers = new Map<string, Set<Handler>>();

  constructor(fields: Partial<Fields> = {}, snapshot: StudioSnapshot | null = state()) {
    this.values = { ...FIELDS, ...fields, snapshot };
  }

  get(name: string): unknown {
    return this.values[name];
  }

  set(name: string, value: unknown): void {
    this.unsaved[name] = value;
    this.arrive(name, value);
  }

  save_changes(): void {
    this.saved.push(this.unsaved);
    this.unsaved = {};
  }

  send(): void {}

  /** A value from Python or from a linked widget. */
  arrive(name: string, value: unknown): void {
    this.values[name] = value;
    for (const handler of this.handlers.get(`change:${name}`) ?? []) handler();
  }

  on(event: string, handler: Handler): void {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  }

  off(event: string, handler: Handler): void {
    this.handlers.get(event)?.delete(handler);
  }

  listeners(): number {
    return [...this.handlers.values()].reduce((sum, set) => sum + set.size, 0);
  }
}
