import { describe, expect, test } from "vitest";
import { ADVICE, findPhrase, insertPhrase, removePhrase } from "../../src/studio/phrases";

test.each([
  ["A WARM light", "warm", true],
  ["warmth", "warm", false],
  ["lukewarm", "warm", false],
  ["a slow\ndolly  in", "slow dolly in", true],
  ["golden hours", "golden hour", false],
  ["été warm-été", "warm", true],
  ["", "warm", false],
])("%j holds %j: %s", (text, phrase, held) => {
  expect(findPhrase(text, phrase) !== null).toBe(held);
});

// The caret is where the bar stands.
test.each([
  ["|", "warm|"],
  ["a boat|", "a boat, warm|"],
  ["a boat, |", "a boat, warm|"],
  ["a boat.|", "a boat. warm|"],
  ["a boat |in the rain", "a boat, warm|, in the rain"],
  ["a bo|at in the rain", "a boat, warm|, in the rain"],
  ["|a boat", "warm|, a boat"],
  ["a boat|, rain", "a boat, warm|, rain"],
  ["a boat\n|\nrain", "a boat\nwarm|\nrain"],
  ["雨の|舟", "雨の舟, warm|"],
])("a phrase is put into %j as %j", (before, after) => {
  const caret = before.indexOf("|");
  const { text, caret: at } = insertPhrase(before.replace("|", ""), caret, "warm");
  expect(`${text.slice(0, at)}|${text.slice(at)}`).toBe(after);
});

test.each([
  ["warm", ""],
  ["a boat, warm", "a boat"],
  ["a boat, warm, rain", "a boat, rain"],
  ["warm, a boat", "a boat"],
  ["a warm boat", "a boat"],
  ["a boat, warm.", "a boat."],
  ["a boat\nwarm\nrain", "a boat\n\nrain"],
  ["no such word", "no such word"],
])("it is taken out of %j, which leaves %j", (before, after) => {
  expect(removePhrase(before, "warm").text).toBe(after);
});

describe.each(ADVICE.flatMap(({ phrases }) => phrases))("%s", (phrase) => {
  test.each(["", "a boat", "a boat in the rain, handmade", "one. Two.\n"])("put into %j and taken out again leaves it", (text) => {
    const put = insertPhrase(text, text.length, phrase).text;
    expect(findPhrase(put, phrase)).not.toBeNull();
    expect(removePhrase(put, phrase).text.trimEnd()).toBe(text.trimEnd());
  });
});
