/** The one bundle for every widget: the snapshot's `view` says which of them is drawn. */
import { show as showDoctor } from "./doctor/doctor";
import { show as showGallery } from "./gallery/gallery";
import { childOf } from "./kit/lifetime";
import { show as showPanel } from "./panel/panel";
import { followScheme } from "./kit/scheme";
import type { Command } from "./protocol/card";
import { show as showStudio } from "./studio/studio";
import type { Surroundings } from "./kit/environment";

/** As much of anywidget's model as is used (anywidget 0.9 to 0.11). */
export interface Model {
  get(name: string): unknown;
  on(event: string, handler: (...args: never[]) => void): void;
  off(event: string, handler: (...args: never[]) => void): void;
  send(command: Command): void;
}

export interface RenderProps {
  model: Model;
  el: HTMLElement;
  /** Missing before anywidget 0.11; the returned function ends the view there. */
  signal?: AbortSignal;
}

/** Draws into `el` until `signal` aborts or the returned function is called. */
export type Show = (props: RenderProps, world: Surroundings) => () => void;

const VIEWS: Record<string, Show> = {
  doctor: showDoctor,
  gallery: showGallery,
  panel: showPanel,
  studio: showStudio,
};

function surroundings(model: Model): Surroundings {
  return {
    now: () => performance.now(),
    wall: () => Date.now() / 1000,
    random: () => Math.random(),
    fetch: (url, init) => fetch(url, init),
    send: (command) => model.send(command),
    listen(handler, signal) {
      const heard = (message: unknown, buffers?: readonly unknown[]): void => handler(message, buffers ?? []);
      model.on("msg:custom", heard);
      signal.addEventListener("abort", () => model.off("msg:custom", heard), { once: true });
    },
  };
}

function viewOf(model: Model): Show {
  const view = String((model.get("snapshot") as { view?: unknown } | null)?.view);
  return (Object.hasOwn(VIEWS, view) ? VIEWS[view] : undefined) ?? showPanel;
}

export default {
  render(props: RenderProps): () => void {
    const life = props.signal ? childOf(props.signal) : new AbortController();
    const close = viewOf(props.model)(props, surroundings(props.model));
    followScheme(props.el, life.signal);
    return () => {
      life.abort();
      close();
    };
  },
};
