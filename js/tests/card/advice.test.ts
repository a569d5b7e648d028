// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { adviceView } from "../../src/card/advice";
import { card, find, shown } from "../support/stage";

test("a failure shows its title, advice, code and age, and the service's words in a closed fold", () => {
  const view = adviceView();
  view.show(card("failed_content"));
  expect(find(view.el, ".snb-title").textContent).toBe("The service refused the content.");
  expect(find(view.el, ".snb-quiet").textContent).toBe("CONTENT_VIOLATION · after 0:12");
  const fold = find<HTMLDetailsElement>(view.el, "details");
  expect(shown(fold)).toBe(true);
  expect(fold.open).toBe(false);
  expect(find(fold, ".snb-words").textContent).toContain("safety system");
});

test("without a code or words nothing stands in their place", () => {
  const view = adviceView();
  view.show(card("unsure"));
  expect(find(view.el, ".snb-quiet").textContent).toBe("after 1:01");
  expect(shown(find(view.el, "details"))).toBe(false);
  expect(view.el.getAttribute("data-tone")).toBe("ask");
});

test("what can be typed now stands there as text, a line for each command", () => {
  const view = adviceView();
  view.show(card("unsure"));
  const commands = find(view.el, ".snb-commands");
  expect(commands.textContent).toBe("%sora adopt u5b3hc TASKID\n%sora retry u5b3hc\n%sora forget u5b3hc");
  expect(shown(commands)).toBe(true);
  view.show(card("failed_content"));
  expect(shown(commands)).toBe(false);
});

test("a command is never markup, whatever the key", () => {
  const view = adviceView();
  const { failure } = card("unsure");
  view.show(card("unsure", { failure: failure && { ...failure, commands: ["%sora retry <img src=x onerror=alert(1)>"] } }));
  expect(view.el.querySelector("img")).toBeNull();
});

test("a task that is taken up again shows no failure", () => {
  const view = adviceView();
  view.show(card("failed_retryable"));
  expect(shown(view.el)).toBe(true);
  view.show(card("processing"));
  expect(shown(view.el)).toBe(false);
});

test("a fold that a person opened stays open", () => {
  const view = adviceView();
  view.show(card("failed_content"));
  find<HTMLDetailsElement>(view.el, "details").open = true;
  view.show(card("failed_content"));
  expect(find<HTMLDetailsElement>(view.el, "details").open).toBe(true);
});
