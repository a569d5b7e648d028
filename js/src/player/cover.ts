/** What lies over a film's frame until the film can be played, and says why it is not there. */
import { attribute, make, visible, write } from "../kit/dom";

export const LOADING = "Loading film…";
export const WAITING = "The kernel is busy, or gone: the film comes when it answers.";

export interface FilmCover {
  el: HTMLElement;
  say(text: string, busy: boolean): void;
}

/** `more` stands below the words. */
export function filmCover(more: readonly Node[] = []): FilmCover {
  const status = make("p", "snb-status");
  status.setAttribute("role", "status");
  const el = make("div", "snb-cover", [status, ...more]);
  return {
    el,
    say(text, busy) {
      write(status, text);
      attribute(el, "data-busy", String(busy));
      visible(el, text !== "");
    },
  };
}

/** How much of a film has arrived, for the eye; nothing while that is not known. */
export const percent = (arrived: number | null): string => (arrived === null ? "" : `${Math.floor(arrived * 100)} %`);
