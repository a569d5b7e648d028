/** The Studio: the form, the films it made, and every task of the folder below it. */
import { comparisonDock } from "../compare/dock";
import { ticker } from "../kit/clock";
import { make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { follow } from "../kit/feed";
import type { ViewProps } from "../kit/host";
import { mountView } from "../kit/view";
import type { Row } from "../protocol/row";
import type { StudioSnapshot } from "../protocol/studio";
import { rowList } from "../rows/list";
import { posters } from "../rows/posters";
import { runs } from "../rows/row_clock";
import { gathered, summary } from "../rows/summary";
import { studioForm, type StudioFormView } from "./form";
import { openCards } from "./open_cards";

export function show(props: ViewProps, env: Environment): void {
  const { model, signal } = props;
  const { root, live, tools } = mountView(props, env);
  const clock = ticker(signal);
  let rows: readonly Row[] = [];
  let first = true;
  /** Tasks that moved on without their card, which was not said yet. */
  const moved = new Set<string | null>();

  const list = rowList(env, clock, posters(env, signal), {
    label: "Films of this folder",
    open({ key }) {
      comparison.end();
      cards.open(key === null ? [] : [key]);
    },
    pick,
  }, signal);
  const cards = openCards(env, tools, clock, (keys) => {
    list.mark(rows.find(({ key }) => key === keys[0])?.n ?? null);
  }, () => list.focus(), compare, signal);
  const side = make("div", "");
  const comparison = comparisonDock(side, env, {
    announce: tools.announce,
    pick,
    find: (n) => rows.find((row) => row.n === n) ?? null,
    leave() {
      comparison.end();
      list.focus();
    },
  }, signal);
  /** Made once Python has said which fields there are. */
  let form: StudioFormView | null = null;
  const empty = make("p", "snb-quiet", ["Nothing to show yet."]);
  const title = make("strong", "", ["Films of this folder"]);
  const counts = make("span", "snb-quiet");
  const below = make("section", "snb-below", [make("div", "snb-line", [title, counts]), cards.el, side, list.el]);
  below.setAttribute("aria-label", "Films of this folder");
  root.append(make("div", "snb-studio", [empty, below]), live);

  function pick({ key, picked }: Row): void {
    if (key !== null) env.send({ kind: "pick", key, picked: !picked });
    tools.announce(picked ? "No longer picked." : "Picked.");
  }

  function made(keys: readonly string[]): void {
    comparison.end();
    cards.open(keys);
  }

  function compare(keys: readonly string[]): void {
    cards.open([]);
    comparison.start(keys.flatMap((key) => rows.find((row) => row.key === key) ?? []));
    side.querySelector<HTMLElement>(".snb-compare")?.focus({ preventScroll: true });
  }

  const tell = gathered(() => {
    const told = rows.filter((row) => moved.has(row.key) && !runs(row));
    moved.clear();
    return told.length > 0 ? summary(told) : "";
  }, tools.announce, signal);

  function draw(state: StudioSnapshot | null, ahead: number): void {
    const before = rows;
    rows = state?.rows ?? [];
    const now = new Set(rows.map(({ key }) => key));
    const gone = before.flatMap(({ key }) => (now.has(key) ? [] : [key]));
    cards.drop(gone);
    if (gone.length > 0) comparison.end();
    if (!form && state?.defaults) {
      form = studioForm(model, state.defaults, env, tools, made, signal);
      empty.replaceWith(form.el);
    }
    form?.show(state);
    write(counts, counted(rows));
    visible(below, rows.length > 0);
    list.show(rows, ahead);
    comparison.draw();
    // A page that was reloaded shows the films of the last click again.
    if (first && state?.answered?.keys.length) cards.open(state.answered.keys);
    first &&= state === null;
    clock.wake();
    const states = new Map(before.map(({ key, state }) => [key, state]));
    for (const { key, state } of rows) {
      if (key === null || cards.shows(key)) moved.delete(key);
      else if (states.has(key) && states.get(key) !== state) moved.add(key);
    }
    tell(!rows.some(runs));
  }

  follow<StudioSnapshot>(model, env, { name: "rows", by: "n" }, draw, signal);
}

/** "2 running · 14 ready · 1 failed". */
function counted(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const word = runs(row) ? "running" : row.state;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const order = ["running", "ready", "failed", "unsure", "stopped"];
  return order.flatMap((word) => (counts.has(word) ? [`${counts.get(word)} ${word}`] : [])).join(" · ");
}
