/** Which rows of a list are shown, and in which order. */
import { iconButton, makeButton } from "../kit/buttons";
import { arrange, attribute, make, write } from "../kit/dom";
import type { Row, RowState } from "../protocol/row";
import type { Layout } from "../rows/layout";
import { elapsed } from "../rows/row_clock";
import { counted } from "../rows/summary";

export type Sort = "order" | "newest" | "state" | "time" | "name";

export interface Wish {
  state: RowState | null;
  text: string;
  sort: Sort;
}

/** What needs a person first, what is over last. */
export const STATES: readonly RowState[] = [
  "unsure", "failed", "invalid", "saving", "processing", "pending", "submitting", "queued", "planned", "ready", "stopped",
];

const SORTS: Record<Sort, string> = {
  order: "Order",
  newest: "Newest first",
  state: "State",
  time: "Time",
  name: "Prompt",
};

/** The rows that are wished for. `moment`: the kernel's Unix seconds, for clocks that run. */
export function arranged(rows: readonly Row[], { state, text, sort }: Wish, moment: number): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    if (state !== null && row.state !== state) return false;
    if (words.length === 0) return true;
    const all = `${row.prompt} ${row.facts} ${row.key ?? ""} ${row.error ?? ""}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const orders: Record<Sort, (a: Row, b: Row) => number> = {
    order: (a, b) => a.n - b.n,
    newest: (a, b) => b.n - a.n,
    state: (a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state) || a.n - b.n,
    time: (a, b) => elapsed(b, moment) - elapsed(a, moment) || a.n - b.n,
    name: (a, b) => a.prompt.localeCompare(b.prompt) || a.n - b.n,
  };
  return found.sort(orders[sort]);
}

export interface FilterBar {
  el: HTMLElement;
  wish: Wish;
  show(rows: readonly Row[]): void;
}

/** `changed` is called when a person wishes something else. */
export function filterBar(changed: () => void, layout: (kind: Layout) => void, signal: AbortSignal): FilterBar {
  const wish: Wish = { state: null, text: "", sort: "order" };
  const buttons = new Map<RowState | null, { el: HTMLButtonElement; count: HTMLElement }>();
  const states = make("div", "snb-states");
  states.setAttribute("role", "group");
  states.setAttribute("aria-label", "Show only");

  const search = make("input", "snb-find");
  search.type = "search";
  search.placeholder = "Find";
  search.setAttribute("aria-label", "Find in prompts");
  search.dir = "auto";
  const sort = make("select", "snb-speed snb-sort", Object.entries(SORTS).map(([value, label]) => {
    const option = make("option", "", [label]);
    option.value = value;
    return option;
  }));
  sort.setAttribute("aria-label", "Sort by");

  const kinds: [Layout, string][] = [["list", "List"], ["posters", "Pictures"]];
  const looks = kinds.map(([kind, label]) => {
    return [kind, iconButton(kind === "list" ? "rows" : "tiles", label, () => look(kind), signal).el] as const;
  });
  const el = make("div", "snb-filter", [
    states,
    make("div", "snb-tools", [search, sort, ...looks.map(([, button]) => button)]),
  ]);

  function look(kind: Layout): void {
    for (const [each, button] of looks) attribute(button, "aria-pressed", String(each === kind));
    layout(kind);
  }

  function press(state: RowState | null): void {
    wish.state = wish.state === state ? null : state;
    changed();
  }

  function button(state: RowState | null): { el: HTMLButtonElement; count: HTMLElement } {
    const known = buttons.get(state);
    if (known) return known;
    const count = make("b", "snb-count");
    const el = makeButton("snb-only", [make("span", "snb-dot"), `${state ?? "all"} `, count], () => press(state), signal);
    attribute(el, "data-state", state ?? "all");
    buttons.set(state, { el, count });
    return { el, count };
  }

  search.addEventListener("input", () => {
    wish.text = search.value;
    changed();
  }, { signal });
  sort.addEventListener("change", () => {
    wish.sort = sort.value as Sort;
    changed();
  }, { signal });
  for (const [kind, each] of looks) attribute(each, "aria-pressed", String(kind === "list"));

  return {
    el,
    wish,
    show(rows) {
      const counts = counted(rows);
      const wanted = STATES.filter((state) => counts.has(state) || wish.state === state);
      const all = wanted.length > 1 || wish.state !== null ? [null, ...wanted] : wanted;
      for (const state of all) {
        const { el, count } = button(state);
        write(count, String(state === null ? rows.length : (counts.get(state) ?? 0)));
        attribute(el, "aria-pressed", String(wish.state === state));
      }
      arrange(states, all.map((state) => button(state).el));
    },
  };
}
