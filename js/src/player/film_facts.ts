/** What is known about a film's file, and what can be done with it. */
import { make, write } from "../kit/dom";
import { bytes, length } from "../kit/format";
import { after } from "../kit/lifetime";
import type { Film } from "../protocol/card";
import type { UseFrameView } from "./use_frame";

const COPIED = 2_000;

export const SILENT = "No sound in VS Code: it plays H.264 but no AAC.";

export interface FileTools {
  copy(text: string, near: Element): Promise<boolean>;
  announce(text: string): void;
}

function factsOf(film: Film): HTMLElement {
  const folder = film.path.endsWith(film.name) ? film.path.slice(0, -film.name.length) : "";
  const path = make("span", "snb-path", [folder, make("b", "", [film.name])]);
  const facts = [bytes(film.size), length(film.seconds), `sha256 ${film.sha256.slice(0, 12)}`];
  // A path that does not end with the name is told as well.
  if (folder === "" && film.path !== film.name) facts.push(film.path);
  const el = make("p", "snb-filmfacts", [path, ...facts.map((fact) => make("span", "", [fact]))]);
  // In a page that is written from right to left a path would be read in the wrong order.
  el.dir = "ltr";
  return el;
}

function pathCopier(film: Film, tools: FileTools, signal: AbortSignal): HTMLElement {
  const button = make("button", "snb-button snb-plain", ["Copy path"]);
  button.type = "button";
  let callOff: () => void = () => undefined;
  button.addEventListener(
    "click",
    () => {
      void tools.copy(film.path, button).then((done) => {
        if (signal.aborted) return;
        write(button, done ? "Copied" : "The path is above");
        tools.announce(done ? "Path copied." : "This page may not copy; the path stands with the film.");
        callOff();
        callOff = after(COPIED, signal, () => write(button, "Copy path"));
      });
    },
    { signal },
  );
  return button;
}

export function filmFacts(
  film: Film,
  download: HTMLElement,
  still: UseFrameView,
  tools: FileTools,
  signal: AbortSignal,
): HTMLElement {
  const told = film.silent ? [make("p", "snb-note", [SILENT])] : [];
  const row = make("div", "snb-buttons", [still.button, pathCopier(film, tools, signal), download]);
  return make("div", "snb-film", [factsOf(film), ...told, row, still.answer]);
}
