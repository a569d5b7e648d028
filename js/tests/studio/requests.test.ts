import { expect, test } from "vitest";
import type { Row } from "../../src/protocol/row";
import { asked, clicked, edited, outdated, spoken, troubleOf, wrongHere, type Requests } from "../../src/studio/requests";
import { FIELDS } from "../support/studio_stage";

const TROUBLE = { message: "No.", advice: "", field: null };
const requests = (changes: Partial<Requests> = {}): Requests => ({
  number: 7, asking: -1, preview: null, click: null, refused: null, ...changes,
});
const fox = { ...FIELDS, prompt: "a fox" };
const preview = { kind: "preview", request: 7, problem: TROUBLE, reuses: ["k1"], estimate: { median: 1, p90: 2, source: "" } } as const;

test("each question has a number of its own, and its answer is the one that is waited for", () => {
  expect(asked(requests())).toEqual(requests({ number: 8, asking: 8 }));
});

test("the same click is the same request until it is answered, another one is not", () => {
  const first = clicked(requests({ refused: TROUBLE }), fox);
  expect([first.click.request, first.refused]).toEqual([8, null]);
  expect(clicked(first, { ...fox })).toEqual(first);
  expect(clicked(first, { ...fox, takes: 2 }).click.request).toBe(9);
  expect(clicked({ ...first, click: null }, fox).click.request).toBe(9);
});

test("an edit takes back what was refused, and what was known of another request", () => {
  const before = requests({ refused: TROUBLE, preview: { ...preview, reuses: ["k1"] } });
  const after = edited(before, new Set(["takes"]), fox);
  expect([after.refused, after.preview]).toEqual([null, { ...preview, reuses: [], problem: null }]);
  expect(edited(before, new Set(["new"]), fox).preview).toEqual(preview);
  expect(edited(before, new Set(["prompt"]), { ...fox, prompt: " " }).preview).toBe(null);
});

test("the first thing that is wrong is told: no prompt, one too long, then the picture", () => {
  expect(wrongHere({ ...fox, prompt: " " }, 3, "bad")?.message).toBe("The prompt is empty.");
  expect(wrongHere({ ...fox, image: "x" }, 3, "bad")?.message).toBe("The prompt is 2 characters too long for sora-2.");
  expect(wrongHere({ ...fox, image: "x" }, 5, "bad")).toEqual({ message: "bad", advice: "", field: "image" });
  expect(wrongHere(fox, null, "bad")).toBe(null);
});

test("what the kernel foresees is said unless the click was refused or there is no prompt", () => {
  const foreseen = { ...TROUBLE, message: "Too dear." };
  const known = requests({ preview: { kind: "preview", request: 7, problem: foreseen } });
  expect(troubleOf(known, fox)).toBe(foreseen);
  expect(troubleOf({ ...known, refused: TROUBLE }, fox)).toBe(TROUBLE);
  expect(troubleOf(known, FIELDS)).toBe(null);
});

test("the kernel is asked anew when a row came or went, or one that would be shown again moved", () => {
  const rows = (one: string, two: string): Row[] => [{ key: "k1", state: one }, { key: "k2", state: two }] as Row[];
  const about = { ...preview, reuses: ["k1"] };
  expect(outdated(about, rows("saving", "ready"), rows("ready", "ready"))).toBe(true);
  expect(outdated(about, rows("saving", "saving"), rows("saving", "ready"))).toBe(false);
  expect(outdated(null, rows("saving", "ready").slice(1), rows("saving", "ready"))).toBe(true);
});

test("what came of a click is told with what was made already", () => {
  expect([spoken(1, 0), spoken(1, 1), spoken(3, 3), spoken(3, 1)]).toEqual([
    "1 film asked for: shown below.",
    "It was made already: shown below, no charge.",
    "They were made already: shown below, no charge.",
    "2 films asked for: shown below. 1 film made already.",
  ]);
});
