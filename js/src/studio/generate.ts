/** The button that asks for films, and what a click on it would cost, said before it. */
import { askButton } from "../kit/ask_button";
import { attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { icon } from "../kit/icons";
import { isMessage } from "../kit/message";
import type { Preview } from "../protocol/messages";
import type { Fields, StudioSnapshot } from "../protocol/studio";
import { dollars, expected, price } from "./price";

export interface GenerateView {
  el: HTMLElement;
  show(state: StudioSnapshot | null, fields: Fields, preview: Preview | null): void;
  /** Something stands against the request as a whole; null takes it back. */
  blame(text: string | null): void;
  /** The button waits for an answer. */
  asked(): void;
  /** The answer is there. */
  settle(said: string): void;
  /** What was said of the last click is over. */
  hush(): void;
}

export function generateView(
  env: Environment,
  id: string,
  go: () => void,
  again: (yes: boolean) => void,
  signal: AbortSignal,
): GenerateView {
  const button = askButton("snb-go", "Generate", go, signal, () =>
    say("The kernel has not answered yet: it is busy, or gone. Asking again pays for nothing twice."));
  const cost = make("span", "snb-cost");
  const budget = make("span", "snb-budget");
  const time = make("p", "snb-hint");
  const wrong = make("p", "snb-hint");
  wrong.id = `${id}-refused`;
  attribute(wrong, "data-tone", "bad");
  const status = make("p", "snb-hint");
  const box = make("input", "");
  box.type = "checkbox";
  const payLabel = make("span", "");
  const pay = make("label", "snb-check-line", [box, payLabel]);
  const badge = make("span", "snb-badge");
  const balance = askButton("snb-plain", "Balance", ({ ask }) => {
    ask();
    env.send({ kind: "balance" });
  }, signal);
  const money = make("p", "snb-money", [cost, budget]);
  money.id = `${id}-cost`;
  button.el.setAttribute("aria-describedby", `${money.id} ${wrong.id}`);
  const el = make("div", "snb-generate", [
    make("div", "snb-line", [button.el, money, balance.el, badge]),
    pay,
    wrong,
    status,
    time,
  ]);
  visible(wrong, false);
  visible(status, false);

  box.addEventListener("change", () => again(box.checked), { signal });
  env.listen((message) => {
    if (!isMessage(message, "balance")) return;
    balance.settle();
    say("usd" in message ? `Balance at the service: ${dollars(message.usd)}` : message.error);
  }, signal);

  function say(text: string): void {
    write(status, text);
    visible(status, text !== "");
  }

  return {
    el,
    show(state, fields, preview) {
      const reuses = preview?.reuses?.flatMap((key) => key ?? []) ?? [];
      const made = reuses.length;
      const { cost: words, budget: left, over } = price(fields, state, reuses);
      write(cost, words);
      write(budget, left === "" ? "" : over ? `${left}: not enough, it would be refused` : left);
      attribute(budget, "data-tone", over ? "bad" : null);
      visible(budget, left !== "");
      const simulated = state?.service?.simulated ?? false;
      attribute(badge, "data-kind", "simulator");
      write(badge, "Simulator");
      visible(badge, simulated);
      visible(balance.el, state?.service !== undefined && !simulated);
      const all = made === fields.takes;
      write(payLabel, `Make ${fields.takes === 1 ? "it" : all ? "them" : "all of them"} anew${simulated ? "" : ", and pay again"}`);
      if (box.checked !== fields.new) box.checked = fields.new;
      visible(pay, made > 0 || fields.new);
      const wait = preview?.estimate && (!all || fields.new) ? expected(preview.estimate) : "";
      write(time, wait);
      visible(time, wait !== "");
      button.label(all && !fields.new ? "Show" : "Generate");
    },
    blame(text) {
      if (text !== null && wrong.textContent !== text) wrong.replaceChildren(icon("warning"), text);
      if (text === null) wrong.replaceChildren();
      visible(wrong, text !== null);
    },
    asked() {
      button.ask();
      say("");
    },
    settle(said) {
      button.settle();
      say(said);
    },
    hush: () => say(""),
  };
}
