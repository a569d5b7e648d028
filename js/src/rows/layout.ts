/** Which lines of a list are in view. Pure. */

export type Layout = "list" | "posters";

/** The lines from the first to before the last that are seen or nearly so. */
export function span(lines: number, height: number, top: number, view: number, spare: number): [number, number] {
  const first = Math.max(0, Math.floor(top / height) - spare);
  return [Math.min(first, lines), Math.min(lines, Math.ceil((top + view) / height) + spare)];
}
