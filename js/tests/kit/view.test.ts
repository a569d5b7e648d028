// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { mountView } from "../../src/kit/view";
import { fakeEnvironment, FakeModel, find } from "../support/stage";

test("a view stands in a root of its own, keeps shortcuts out, speaks, and goes when it ends", () => {
  const life = new AbortController();
  const env = fakeEnvironment();
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  const { root, live, tools } = mountView({ model: new FakeModel(null), el, signal: life.signal }, env);
  root.append(document.createElement("button"), live);
  expect([root.className, root.lang, root.parentElement]).toEqual(["sora-nb", "en", el]);
  find<HTMLButtonElement>(root, "button").focus();
  expect(find(root, "button").hasAttribute("data-lm-suppress-shortcuts")).toBe(true);
  tools.announce("Picked.");
  expect(find(root, "[aria-live]").textContent).toBe("Picked.");
  tools.send({ kind: "used" });
  expect(env.sent).toEqual([{ kind: "used" }]);
  life.abort();
  expect(el.childElementCount).toBe(0);
});
