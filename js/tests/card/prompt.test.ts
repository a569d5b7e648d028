// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { promptView } from "../../src/card/prompt";
import { button, card, fakeEnvironment, find, shown } from "../support/stage";

const view = (place = fakeEnvironment(), life = new AbortController()): ReturnType<typeof promptView> => promptView(place, life.signal);
const BEGINNING = `${"rain ".repeat(79)}rain…`;

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

test("a prompt that a card holds the beginning of is asked for and shown whole", () => {
  const [place, life] = [fakeEnvironment(), new AbortController()];
  const prompt = view(place, life);
  const long = card("queued", { key: "k1", prompt: BEGINNING });
  prompt.show(long);
  expect(place.sent).toEqual([]);
  button(prompt.el, "Show all").click();
  expect(place.sent).toEqual([{ kind: "prompt", key: "k1" }]);
  const words = find(prompt.el, ".snb-prompt");
  expect(words.textContent).toBe(BEGINNING);
  expect(find(prompt.el, "button").textContent).toBe("Show less (the rest comes when the kernel answers)");
  place.say({ kind: "prompt", key: "k2", prompt: "of another task" });
  expect(words.textContent).toBe(BEGINNING);

  const whole = `${"rain ".repeat(500)}<img src=x onerror=alert(1)> the end`;
  place.say({ kind: "prompt", key: "k1", prompt: whole });
  prompt.show({ ...long, state: "processing" });
  expect([words.textContent, words.childElementCount]).toEqual([whole, 0]);
  button(prompt.el, "Show less").click();
  expect(words.dataset["folded"]).toBe("true");
  button(prompt.el, "Show all").click();
  expect(place.sent).toHaveLength(1);
  life.abort();
  expect(place.listening()).toBe(0);
});

test("a prompt that no kernel sent is asked for again by the next click", () => {
  const place = fakeEnvironment();
  const prompt = view(place);
  prompt.show(card("queued", { prompt: BEGINNING }));
  for (let click = 0; click < 3; click += 1) find<HTMLButtonElement>(prompt.el, "button").click();
  expect(place.sent).toHaveLength(2);
});

test("what a card holds whole is asked for of nobody", () => {
  const place = fakeEnvironment();
  const prompt = view(place);
  prompt.show(card("queued", { prompt: "rain ".repeat(60) }));
  button(prompt.el, "Show all").click();
  expect(place.sent).toEqual([]);
});

test("badges come and go with the snapshot", () => {
  const prompt = view();
  prompt.show(card("saving_trouble"));
  const badges = () => [...prompt.el.querySelectorAll(".snb-badge")].map((badge) => badge.textContent);
  expect(badges()).toEqual(["Simulator", "Not saved, 15 days left"]);
  prompt.show(card("failed_content"));
  expect(badges()).toEqual([]);
});
