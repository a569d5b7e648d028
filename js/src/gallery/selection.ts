/** What stands below the rows: how many are selected, and whether they can be compared. */
import { FEWEST, MOST } from "../compare/compare";
import { makeButton } from "../kit/buttons";
import { attribute, make, visible, write } from "../kit/dom";

/** Whether so many films can stand side by side. */
export function comparable(films: number): boolean {
  return films >= FEWEST && films <= MOST;
}

/** What is said of a selection of which so many have a film. */
export function selectionHint(selected: number, films: number): string {
  if (selected === 0) return "Enter opens a film, Space selects it to compare, P picks it.";
  const more = selected > films ? `, ${selected - films} without a film yet` : "";
  return `${selected} selected${more}${comparable(films) ? "" : " · two to nine films can be compared"}`;
}

export interface SelectionBar {
  el: HTMLElement;
  show(selected: number, films: number): void;
}

export function selectionBar(start: () => void, none: () => void, signal: AbortSignal): SelectionBar {
  const words = make("span", "snb-quiet snb-hint");
  const compare = makeButton("", ["Compare"], start, signal);
  const clear = makeButton("snb-plain", ["Clear"], none, signal);
  return {
    el: make("div", "snb-selection", [words, compare, clear]),
    show(selected, films) {
      write(compare, films > 0 ? `Compare ${films}` : "Compare");
      attribute(compare, "aria-disabled", comparable(films) ? null : "true");
      for (const button of [compare, clear]) visible(button, selected > 0);
      write(words, selectionHint(selected, films));
    },
  };
}
