import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Fields } from "../../src/protocol/studio";
import { magicCode, pythonCode } from "../../src/studio/code";

interface Case {
  name: string;
  fields: Fields;
  magic: string | null;
  python: string | null;
}

const FILE = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "code", "code.json");
const cases = JSON.parse(readFileSync(FILE, "utf8")) as Case[];

describe.each(cases)("$name", ({ fields, magic, python }) => {
  test("as a cell it is the code that Python's tests run, or there is a reason why not", () => {
    expect(magicCode(fields)).toEqual(magic === null ? { trouble: expect.stringMatching(/\.$/) } : { text: magic });
  });
  test("as Python it is the code that Python's tests run", () => {
    expect(pythonCode(fields)).toEqual(python === null ? { trouble: expect.stringMatching(/\.$/) } : { text: python });
  });
});

test("half of a character is no cell, and stays half of one in Python", () => {
  const fields = { ...(cases[0] as Case).fields, prompt: "a \ud83d boat" };
  expect(magicCode(fields)).toEqual({ trouble: "The prompt holds half of a character." });
  expect(pythonCode(fields)).toEqual({ text: expect.stringContaining('"a \\ud83d boat"') });
});
