import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const read = (file: string): string => readFileSync(join(SRC, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
const sheets = readdirSync(SRC, { encoding: "utf8", recursive: true }).filter((file) => file.endsWith(".css"));
const all = sheets.map(read).join("\n");

/** What stands before each brace, without the rules that start with an at-sign and keyframes' own lines. */
function selectors(css: string): string[] {
  const rules = css.replace(/@keyframes [^{]+\{(\s*(from|to)\s*\{[^}]*\})+\s*\}/g, "");
  return [...rules.matchAll(/([^{};]+)\{/g)].map((match) => (match[1] ?? "").trim()).filter((text) => !text.startsWith("@"));
}

test("every rule is under the panel's own root", () => {
  const found = selectors(all);
  expect(found.length).toBeGreaterThan(60);
  for (const selector of found) expect(selector).toContain(".sora-nb");
});

test("every class has the prefix", () => {
  const classes = new Set([...selectors(all).join(" ").matchAll(/\.([a-z][\w-]*)/gi)].map((match) => match[1] ?? ""));
  const hosts = /^(sora-nb(-standin)?|vscode-[\w-]+|jp-OutputArea-child|output_area)$/;
  for (const name of classes) if (!hosts.test(name)) expect(name).toMatch(/^snb-/);
});

test("the entry imports every sheet", () => {
  const imported = [...read("widget.css").matchAll(/@import "\.\/([^"]+)"/g)].map((match) => match[1]);
  expect(imported.sort()).toEqual(sheets.filter((sheet) => sheet !== "widget.css").sort());
});

test("whatever moves stands still for those who ask for less motion", () => {
  for (const sheet of sheets.map(read)) {
    if (sheet.includes("animation:")) expect(sheet).toContain("prefers-reduced-motion: reduce");
  }
});

test("what a class looks like by itself is said in one sheet, and attributes belong to a class", () => {
  const homes = new Map<string, Set<string>>();
  for (const sheet of sheets) {
    const flat = read(sheet).replace(/@(media|container)[^{]+\{(?:[^{}]*\{[^}]*\})*\s*\}/g, "");
    for (const selector of selectors(flat).flatMap((list) => list.split(/,(?![^(]*\))/))) {
      const own = selector.trim().replace(/:(hover|active)$/, "");
      if (/^\.sora-nb \.snb-[\w-]+$/.test(own)) homes.set(own, (homes.get(own) ?? new Set()).add(sheet));
      expect(own).not.toMatch(/^\.sora-nb \[data-[^\]]+\]$/);
    }
  }
  expect(homes.size).toBeGreaterThan(60);
  for (const [own, found] of homes) expect([own, [...found]]).toEqual([own, [[...found][0]]]);
});
