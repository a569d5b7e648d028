/** The stage for the tests: fixtures, a model as a host would give one, and an environment under control. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import type { Environment, MessageHandler } from "../../src/kit/environment";
import type { Model } from "../../src/kit/host";
import type { Card, Film } from "../../src/protocol/card";
import type { Command } from "../../src/protocol/messages";
import type { PanelSnapshot } from "../../src/protocol/whole";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "panel");

export const fixtureNames = readdirSync(FIXTURES).map((file) => file.replace(/\.json$/, ""));

export function fixture(name: string): PanelSnapshot {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), "utf8")) as PanelSnapshot;
}

export function card(name: string, changes: Partial<Card> = {}): Card {
  const [first] = fixture(name).cards;
  if (!first) throw new Error(`${name}.json holds no card`);
  return { ...first, ...changes };
}

export function film(changes: Partial<Film> = {}): Film {
  const { film } = card("ready");
  if (!film) throw new Error("ready.json holds no film");
  return { ...film, ...changes };
}

type Handler = (...args: never[]) => void;

export class FakeModel implements Model {
  readonly sent: Command[] = [];
  private readonly handlers = new Map<string, Set<Handler>>();

  constructor(private snapshot: PanelSnapshot | null) {}

  get(): PanelSnapshot | null {
    return this.snapshot;
  }

  on(event: string, handler: Handler): void {
    this.handlers.set(event, (this.handlers.get(event) ?? new Set()).add(handler));
  }

  off(event: string, handler: Handler): void {
    this.handlers.get(event)?.delete(handler);
  }

  set(): void {}
  save_changes(): void {}

  send(command: Command): void {
    this.sent.push(command);
  }

  put(snapshot: PanelSnapshot): void {
    this.snapshot = snapshot;
    for (const handler of this.handlers.get("change:snapshot") ?? []) handler();
  }

  say(message: unknown, buffers: readonly unknown[]): void {
    for (const handler of this.handlers.get("msg:custom") ?? []) handler(message as never, buffers as never);
  }

  listeners(): number {
    return [...this.handlers.values()].reduce((sum, set) => sum + set.size, 0);
  }
}

export interface FakeEnvironment extends Environment {
  fetch: ReturnType<typeof vi.fn<Environment["fetch"]>>;
  readonly sent: Command[];
  /** The number of handlers that still listen for messages. */
  listening(): number;
  say(message: unknown, buffers?: readonly unknown[]): void;
}

/** Time is that of vitest's fake timers; the request number of a film is always 7. */
export function fakeEnvironment(): FakeEnvironment {
  const handlers = new Set<MessageHandler>();
  const sent: Command[] = [];
  return {
    sent,
    now: () => Date.now(),
    wall: () => Date.now() / 1000,
    random: () => 7.5 / 2 ** 31,
    fetch: vi.fn<Environment["fetch"]>(() => Promise.reject(new Error("no network here"))),
    send: (command) => void sent.push(command),
    listen(handler, signal) {
      handlers.add(handler);
      signal.addEventListener("abort", () => handlers.delete(handler), { once: true });
    },
    listening: () => handlers.size,
    say(message, buffers = []) {
      for (const handler of handlers) handler(message, buffers);
    },
  };
}

/** Lets promises that are ready run, without letting time pass. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

export function button(root: ParentNode, label: string): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].find((el) => el.textContent === label);
  if (!found) throw new Error(`no button says ${label}`);
  return found;
}

/** Whether a person would see it: neither it nor anything around it is hidden. */
export function shown(element: Element): boolean {
  return element.closest("[hidden]") === null;
}
