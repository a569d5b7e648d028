/** The few shapes that stand beside words: constant paths on a 16 by 16 grid. */

const PATHS = {
  check: "M3.5 8.5l3 3 6-7",
  cross: "M4 4l8 8M12 4l-8 8",
  question: "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.6M8 12.2v.1",
  dash: "M4 8h8",
  dot: "M8 8v.01",
  clock: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2M8 5v3.2l2.2 1.3",
  send: "M13.5 2.5L2.5 7l4.2 2.3L9 13.5zM13.5 2.5L6.7 9.3",
  spark: "M8 2v4M8 10v4M2 8h4M10 8h4M4.2 4.2l2 2M9.8 9.8l2 2M11.8 4.2l-2 2M6.2 9.8l-2 2",
  save: "M8 2.5v7M5 7l3 3 3-3M3 13h10",
  pause: "M5.5 4v8M10.5 4v8",
  play: "M5 3.5l7.5 4.5L5 12.5z",
  earlier: "M11.5 4v8l-5.5-4zM4 4v8",
  later: "M4.5 4v8L10 8zM12 4v8",
  loop: "M3 7.5v-.7A2.8 2.8 0 0 1 5.8 4H13M11 2l2 2-2 2M13 8.5v.7a2.8 2.8 0 0 1-2.8 2.8H3M5 14l-2-2 2-2",
  board: "M2 4h12v8H2zM6 4v8M10 4v8",
  full: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  sound: "M2.5 6.2h2.3L8 3.5v9L4.8 9.8H2.5zM10.3 5.8a3 3 0 0 1 0 4.4M12.2 4a5.6 5.6 0 0 1 0 8",
  silent: "M2.5 6.2h2.3L8 3.5v9L4.8 9.8H2.5zM10.5 6.2l3.6 3.6M14.1 6.2l-3.6 3.6",
  warning: "M8 2.5l6 10.5H2zM8 6.5v3M8 11.4v.1",
  star: "M8 2.2l1.8 3.6 4 .6-2.9 2.8.7 4L8 11.3l-3.6 1.9.7-4L2.2 6.4l4-.6z",
  rows: "M2.5 4h11M2.5 8h11M2.5 12h11",
  tiles: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

/** Decoration only: hidden from screen readers, the word beside it tells the same. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "snb-icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Puts `name` into `holder` in place of what it shows now. */
export function putIcon(holder: HTMLElement, name: IconName): void {
  if (holder.dataset["icon"] === name) return;
  holder.dataset["icon"] = name;
  holder.replaceChildren(icon(name));
}
