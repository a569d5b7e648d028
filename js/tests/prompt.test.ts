// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { promptView } from "../src/prompt";
import { button, card, find, shown } from "./stage";

const view = (): ReturnType<typeof promptView> => promptView(new AbortController().signal);

test("the direction of a prompt follows its own letters", () => {
  const prompt = view();
  prompt.show(card("queued", { prompt: "סירת נייר בגשם" }));
  expect(find(prompt.el, ".snb-prompt").getAttribute("dir")).toBe("auto");
});

test("a short prompt is shown whole, without a button", () => {
  const prompt = view();
  prompt.show(card("queued"));
  expect(find(prompt.el, ".snb-prompt").dataset["folded"]).toBe("false");
  expect(shown(find(prompt.el, "button"))).toBe(false);
});

test("a long prompt unfolds on demand and stays so through snapshots", () => {
  const prompt = view();
  const long = card("queued", { prompt: "rain ".repeat(60) });
  prompt.show(long);
  expect(find(prompt.el, ".snb-prompt").dataset["folded"]).toBe("true");
  button(prompt.el, "Show all").click();
  prompt.show({ ...long, state: "processing" });
  expect(find(prompt.el, ".snb-prompt").dataset["folded"]).toBe("false");
  expect(button(prompt.el, "Show less").getAttribute("aria-expanded")).toBe("true");
});

test("badges come and go with the snapshot", () => {
  const prompt = view();
  prompt.show(card("saving_trouble"));
  const badges = () => [...prompt.el.querySelectorAll(".snb-badge")].map((badge) => badge.textContent);
  expect(badges()).toEqual(["Simulator", "Not saved, 15 days left"]);
  prompt.show(card("failed_content"));
  expect(badges()).toEqual([]);
});
