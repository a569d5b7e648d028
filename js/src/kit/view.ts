/** What every view stands in: its root in the page, its voice, and what its parts do with the world outside. */
import type { Command } from "../protocol/messages";
import { announcer } from "./announcer";
import { copy } from "./clipboard";
import type { CopyTools } from "./copy_button";
import { make } from "./dom";
import type { Environment } from "./environment";
import type { ViewProps } from "./host";
import { keepShortcutsOut } from "./shortcuts";

export interface ViewTools extends CopyTools {
  send(command: Command): void;
}

export interface View {
  root: HTMLElement;
  /** What is said aloud; belongs into the root, after what is seen. */
  live: HTMLElement;
  tools: ViewTools;
}

/** Puts an empty root into `el`, which goes when `signal` aborts. */
export function mountView({ el, signal }: ViewProps, env: Environment): View {
  const live = announcer();
  const root = make("div", "sora-nb");
  root.setAttribute("lang", "en");
  keepShortcutsOut(root, signal);
  signal.addEventListener("abort", () => root.remove(), { once: true });
  el.append(root);
  return { root, live: live.el, tools: { send: env.send, copy, announce: live.say } };
}
