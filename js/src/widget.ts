/** The one bundle for every widget: the snapshot's `view` says which of them is drawn. */
import { show as showDoctor } from "./doctor/doctor";
import { show as showGallery } from "./gallery/gallery";
import type { Environment } from "./kit/environment";
import type { Model, Show, ViewProps } from "./kit/host";
import { childOf } from "./kit/lifetime";
import { followScheme } from "./kit/scheme";
import { show as showPanel } from "./panel/panel";
import { show as showStudio } from "./studio/studio";

const VIEWS: Record<string, Show> = {
  doctor: showDoctor,
  gallery: showGallery,
  panel: showPanel,
  studio: showStudio,
};

function environmentOf(model: Model): Environment {
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

/** `signal` is missing before anywidget 0.11; the returned function ends the view there. */
type RenderProps = Omit<ViewProps, "signal"> & Partial<ViewProps>;

export default {
  render({ model, el, signal }: RenderProps): () => void {
    const life = signal ? childOf(signal) : new AbortController();
    viewOf(model)({ model, el, signal: life.signal }, environmentOf(model));
    followScheme(el, life.signal);
    return () => life.abort();
  },
};
