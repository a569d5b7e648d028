/** The folders of src are floors: arrows between them go down only, in every reading of an import. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** From the top; folders of one floor do not know each other. */
const FLOORS = "widget > studio | gallery | panel | doctor > compare > rows | card > player > kit > protocol"
  .split(" > ")
  .map((floor) => floor.split(" | "));

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const all = readdirSync(SRC, { encoding: "utf8", recursive: true }).filter((file) => /\.(ts|css)$/.test(file));
const files = all.filter((file) => file.endsWith(".ts"));

const folder = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : file.replace(/\..*/, ""));
const floor = (file: string): number => FLOORS.findIndex((folders) => folders.includes(folder(file)));

/** `import … from`, `import type`, `export … from`, `import "…"`, `import("…")` and `import("…").Type`. */
function imports(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const found = text.matchAll(/(?:^(?:import|export)\b[^;"]*|\bimport\(\s*)"(\.[^"]+)"/gm);
  return [...found].map(([, path = ""]) => `${normalize(join(dirname(file), path))}.ts`);
}
const arrows = new Map(files.map((file) => [file, imports(file)]));

test("every import is of a file that is there", () => {
  expect([...arrows.values()].flat().filter((to) => !files.includes(to))).toEqual([]);
  expect([...arrows.values()].flat().length).toBeGreaterThan(files.length);
});

test("every file is in a room of the plan, and no room is a list", () => {
  expect(all.filter((file) => floor(file) < 0)).toEqual([]);
  expect(all.filter((file) => !file.includes("/")).sort()).toEqual(["widget.css", "widget.ts"]);
  for (const room of FLOORS.flat()) expect(all.filter((file) => folder(file) === room).length).toBeLessThanOrEqual(24);
});

test("arrows go down only, and not to a neighbour", () => {
  const wrong = [...arrows].flatMap(([from, tos]) =>
    tos.filter((to) => folder(from) !== folder(to) && floor(from) >= floor(to)).map((to) => `${from} -> ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("no ring between files", () => {
  const clear = new Set<string>();
  function ring(file: string, path: readonly string[]): string | null {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(" -> ");
    const found = clear.has(file) ? null : (arrows.get(file) ?? []).map((to) => ring(to, [...path, file])).find(Boolean);
    clear.add(file);
    return found ?? null;
  }
  expect(files.map((file) => ring(file, [])).filter(Boolean)).toEqual([]);
});
