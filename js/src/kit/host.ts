/** What the host of a widget gives to a view, and what a view is to it. */
import type { Command } from "../protocol/messages";
import type { Environment } from "./environment";

/** As much of anywidget's model as is used (anywidget 0.9 to 0.11). Only the Studio's form writes into it. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(command: Command): void;
}

export interface ViewProps {
  model: Model;
  el: HTMLElement;
  signal: AbortSignal;
}

/** Draws into `el` until `signal` aborts. */
export type Show = (props: ViewProps, env: Environment) => void;
