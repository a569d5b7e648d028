/** What stands above the rows: how far all of them are, when they will be done, what they cost. */
import { askButton, type AskButton } from "../kit/ask_button";
import type { Beat } from "../kit/clock";
import { arrange, focused, make, newId, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { duration } from "../kit/format";
import type { Head, SweepAct } from "../protocol/gallery";
import type { Row } from "../protocol/row";
import { counted } from "../rows/summary";
import { STATES } from "./filter";

const ACTS: Record<SweepAct, string> = {
  start: "Start",
  pause: "Pause",
  continue: "Continue",
  stop: "Stop the rest",
  retry_failed: "Try failed again",
};

/** From the left: what is done, what moves, what waits, what went wrong. */
const STRIP = [...["ready", "saving", "processing", "pending", "submitting"], ...["queued", "planned", "stopped", "unsure", "failed", "invalid"]];

export interface HeaderView {
  el: HTMLElement;
  show(head: Head, rows: readonly Row[], ahead: number): void;
  beat: Beat;
}

export function headerView(
  env: Pick<Environment, "wall" | "random" | "send">,
  signal: AbortSignal,
): HeaderView {
  const title = make("b", "snb-total");
  const badge = make("span", "snb-badge", ["Simulator"]);
  badge.dataset["kind"] = "simulator";
  const acts = make("div", "snb-buttons");
  acts.setAttribute("role", "group");
  acts.setAttribute("aria-label", "All films");
  const hint = make("p", "snb-hint");
  hint.id = newId(env.random);
  const strip = make("div", "snb-strip");
  strip.setAttribute("aria-hidden", "true");
  const time = make("span", "snb-when");
  const money = make("span", "snb-money");
  const note = make("p", "snb-note snb-plan");
  const line = make("p", "snb-facts snb-sum", [time, money]);
  const el = make("header", "snb-ghead", [make("div", "snb-gtitle", [title, badge, acts]), hint, strip, line, note]);

  const buttons = new Map<SweepAct, AskButton>();
  const segments = new Map<string, HTMLElement>();
  let shown: { head: Head; ahead: number; moving: boolean } | null = null;
  let offered = "";

  function button(act: SweepAct): AskButton {
    const known = buttons.get(act);
    if (known) return known;
    const made = askButton(act === "start" ? "snb-go" : "", ACTS[act], ({ ask }) => {
      ask();
      env.send({ kind: "sweep", act });
    }, signal);
    made.el.setAttribute("aria-describedby", hint.id);
    buttons.set(act, made);
    return made;
  }

  function settle(): void {
    for (const each of buttons.values()) each.settle();
  }

  function showActs(actions: readonly SweepAct[]): void {
    const wanted = actions.filter((act) => Object.hasOwn(ACTS, act));
    if (wanted.join() !== offered) settle();
    offered = wanted.join();
    const held = focused(acts) as HTMLElement | null;
    const lost = held !== null && acts.contains(held);
    arrange(acts, wanted.map((act) => button(act).el));
    // Pause gives way to Continue: the focus stays where the person is.
    if (lost && !acts.contains(held)) acts.querySelector("button")?.focus({ preventScroll: true });
  }

  function showStrip(rows: readonly Row[]): void {
    const counts = counted(rows);
    const there = STRIP.filter((state) => counts.has(state as Row["state"]));
    for (const state of there) {
      const part = segments.get(state) ?? make("span", "snb-part");
      segments.set(state, part);
      part.dataset["state"] = state;
      part.style.flexGrow = String(counts.get(state as Row["state"]));
    }
    arrange(strip, there.flatMap((state) => segments.get(state) ?? []));
  }

  function sentence(): string {
    if (!shown) return "";
    const { head, ahead, moving } = shown;
    if (head.paused) return "Paused: films at the service go on, no more are sent";
    const { began, estimate } = head;
    if (!began || !moving) return "";
    const since = (moment: number): string => duration((moment - began.at) * began.speed);
    const now = env.wall() - ahead;
    const words = `${since(now)} so far`;
    if (!estimate) return words;
    if (now > estimate.p90) return `${words} · longer than nine in ten`;
    return `${words} · all done by ${since(estimate.median)} as likely as not, by ${since(estimate.p90)} nine times in ten`;
  }

  function cost({ simulated, spent, cost }: Head): string {
    if (simulated) return "no charge";
    if (spent === null || !cost) return "";
    return spent < cost ? `about $${spent.toFixed(2)} of $${cost.toFixed(2)} so far` : `about $${cost.toFixed(2)}`;
  }

  function beat(): number | null {
    if (!shown) return null;
    write(time, sentence());
    visible(time, time.textContent !== "");
    const speed = shown.head.began?.speed ?? 1;
    return shown.moving && shown.head.began && speed > 0 ? 1000 / speed : null;
  }

  return {
    el,
    beat,
    show(head, rows, ahead) {
      // What was asked is answered, if only by a word against it.
      if (shown && head.note !== shown.head.note) settle();
      const moving = rows.some(({ state }) => STATES.indexOf(state) >= 3 && STATES.indexOf(state) <= 7);
      shown = { head, ahead, moving };
      write(title, head.title);
      visible(badge, head.simulated);
      showActs(head.actions);
      write(hint, head.hint ?? "");
      visible(hint, head.hint !== null);
      showStrip(rows);
      write(money, cost(head));
      visible(money, money.textContent !== "");
      write(note, head.note ?? "");
      visible(note, head.note !== null);
      beat();
      visible(line, time.textContent !== "" || money.textContent !== "");
    },
  };
}
