/** The gallery: many tasks as one list; its films are opened, compared and picked. */
import { comparisonDock } from "../compare/dock";
import { ticker } from "../kit/clock";
import { attribute, focused, make, visible } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { follow } from "../kit/feed";
import type { ViewProps } from "../kit/host";
import { after } from "../kit/lifetime";
import { tellUse } from "../kit/usage";
import { mountView } from "../kit/view";
import type { GallerySnapshot } from "../protocol/gallery";
import type { Row } from "../protocol/row";
import { rowList } from "../rows/list";
import { posters } from "../rows/posters";
import { runs } from "../rows/row_clock";
import { gathered, summary } from "../rows/summary";
import { detailView } from "./detail";
import { arranged, filterBar } from "./filter";
import { headerView } from "./header";
import { comparable, selectionBar } from "./selection";

/** Keys are few: a thousand rows are sorted anew at most once in so many ms while they change. */
const RESORT = 400;

export function show(props: ViewProps, env: Environment): void {
  const { model, signal } = props;
  const { root, live, tools } = mountView(props, env);
  const clock = ticker(signal);
  const pictures = posters(env, signal);
  const tell = gathered(news, tools.announce, signal);

  let state: GallerySnapshot | null = null;
  let ahead = 0;
  let shown: Row[] = [];
  let opened: number | null = null;
  let chosen: ReadonlySet<number> = new Set();
  let waiting: (() => void) | null = null;
  let said: string | null = null;

  const head = headerView(env, signal);
  const filter = filterBar(() => draw(), (kind) => list.layout(kind), signal);
  const list = rowList(env, clock, pictures, {
    label: "Films",
    open: (row) => open(row.n === opened ? null : row.n),
    select: choose,
    pick,
  }, signal);
  const none = make("p", "snb-quiet snb-none", ["No film is like that."]);
  const detail = detailView(env, tools, clock, { close: () => leave(() => open(null)), turn, pick }, signal);
  const selection = selectionBar(() => startComparison(selected()), () => {
    list.choose(new Set());
    choose(new Set());
  }, signal);
  const rows = make("div", "snb-listing", [filter.el, list.el, none, selection.el]);
  const side = make("div", "snb-side", [detail.el]);
  const comparison = comparisonDock(side, env, {
    announce: tools.announce, pick, find, leave: () => leave(endComparison),
  }, signal);
  const body = make("div", "snb-gbody", [rows, side]);
  root.append(make("div", "snb-gallery", [head.el, body]), live);
  clock.add(head.beat, signal);

  function find(n: number | null): Row | null {
    return state?.rows.find((row) => row.n === n) ?? null;
  }
  const selected = (): Row[] => (state?.rows ?? []).filter((row) => chosen.has(row.n) && row.seconds !== null);

  function pick(row: Row): void {
    if (row.key !== null) env.send({ kind: "pick", key: row.key, picked: !row.picked });
    tools.announce(row.picked ? "No longer picked." : "Picked.");
  }

  /** Closes what has the focus: it goes back to the list, not to nowhere. */
  function leave(close: () => void): void {
    const inside = side.contains(document.activeElement) || side.contains((side.getRootNode() as Document).activeElement);
    close();
    if (inside) list.focus();
  }

  function open(n: number | null): void {
    endComparison();
    opened = n;
    list.mark(n);
    detail.show(find(n));
    attribute(body, "data-side", n === null ? null : "detail");
  }

  function turn(by: 1 | -1): void {
    const next = shown[shown.findIndex((row) => row.n === opened) + by];
    if (next) open(next.n);
  }

  function startComparison(chosen: Row[]): void {
    if (!comparable(chosen.length)) return;
    open(null);
    attribute(body, "data-side", "compare");
    comparison.start(chosen);
  }

  function endComparison(): void {
    comparison.end();
    attribute(body, "data-side", opened === null ? null : "detail");
  }

  function choose(next: ReadonlySet<number>): void {
    chosen = next;
    selection.show(chosen.size, selected().length);
  }

  function draw(): void {
    waiting?.();
    waiting = null;
    if (!state) return;
    shown = arranged(state.rows, filter.wish, env.wall() - ahead);
    filter.show(state.rows);
    const inside = list.el.contains(focused(list.el));
    list.show(shown, ahead);
    visible(none, shown.length === 0);
    visible(list.el, shown.length > 0);
    // The last row of that state has another one now: what filters takes the focus.
    if (inside && shown.length === 0) filter.el.querySelector("button")?.focus({ preventScroll: true });
    head.show(state, state.rows, ahead);
    if (opened !== null) detail.show(find(opened));
    comparison.draw();
    choose(chosen);
    clock.wake();
  }

  function news(): string {
    const text = summary(state?.rows ?? []);
    const fresh = said !== null && text !== said;
    said = text;
    return fresh ? text : "";
  }

  function changed(next: GallerySnapshot | null, seconds: number): void {
    const first = state === null;
    const same = next !== null && state !== null && next.rows.length === state.rows.length;
    state = next;
    ahead = seconds;
    if (!next) return;
    // A row that is open, compared or picked is drawn at once; the order of a thousand can wait.
    if (first || !same || next.rows.length < 300) draw();
    else {
      head.show(next, next.rows, ahead);
      waiting ??= after(RESORT, signal, draw);
    }
    if (first && next.comparing) startComparison(next.rows.filter((row) => row.seconds !== null));
    tell(!next.rows.some(runs));
  }

  tellUse(root, env, signal);
  follow<GallerySnapshot>(model, env, { name: "rows", by: "n" }, changed, signal);
}
