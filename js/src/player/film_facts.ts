/** What is known about a film's file, and what can be done with it. */
import { copyButton, type CopyTools } from "../kit/copy_button";
import { make } from "../kit/dom";
import { bytes, length } from "../kit/format";
import type { Film } from "../protocol/card";
import type { UseFrameView } from "./use_frame";

export const SILENT = "No sound in VS Code: it plays H.264 but no AAC.";

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

export function filmFacts(
  film: Film,
  download: HTMLElement,
  still: UseFrameView,
  tools: CopyTools,
  signal: AbortSignal,
): HTMLElement {
  const told = film.silent ? [make("p", "snb-note", [SILENT])] : [];
  const copier = copyButton({
    label: "Copy path",
    text: () => film.path,
    copied: "Path copied.",
    refused: "This page may not copy; the path stands with the film.",
    instead: "The path is above",
  }, tools, signal);
  const row = make("div", "snb-buttons", [still.button, copier, download]);
  return make("div", "snb-film", [factsOf(film), ...told, row, still.answer]);
}
