import { expect, test } from "vitest";
import { isMessage } from "../../src/kit/message";

test("a message is known by its kind", () => {
  expect(isMessage({ kind: "pong" }, "pong")).toBe(true);
  expect(isMessage({ kind: "film" }, "pong")).toBe(false);
});

test.each([null, undefined, "pong", 7, {}])("%s is no message", (odd) => {
  expect(isMessage(odd, "pong")).toBe(false);
});
