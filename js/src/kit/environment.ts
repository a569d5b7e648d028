/** What the panel needs from outside itself. Given as an argument, so that tests decide it. */
import type { Command } from "../protocol/messages";

export type MessageHandler = (message: unknown, buffers: readonly unknown[]) => void;

export interface Environment {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Unix seconds, to compare with the kernel's clock. */
  wall(): number;
  /** A number in [0, 1). */
  random(): number;
  fetch(url: string, init: RequestInit): Promise<Response>;
  send(command: Command): void;
  /** Custom messages of this widget's model until `signal` aborts. */
  listen(handler: MessageHandler, signal: AbortSignal): void;
}
