/** One row of a list of tasks: made once, then shows one task after the other as the list scrolls. */
import { attribute, make, visible, write } from "../kit/dom";
import { duration } from "../kit/format";
import { icon, putIcon, type IconName } from "../kit/icons";
import type { Row, RowState } from "../protocol/row";

const SYMBOLS: Record<RowState, IconName> = {
  planned: "dash",
  queued: "clock",
  submitting: "send",
  pending: "clock",
  processing: "spark",
  saving: "save",
  ready: "check",
  failed: "cross",
  unsure: "question",
  stopped: "pause",
  invalid: "warning",
};

/** States that have no time to tell. */
const TIMELESS: ReadonlySet<RowState> = new Set(["planned", "invalid"]);

export interface RowMarks {
  /** The one that the Tab key stops at. */
  active: boolean;
  opened: boolean;
  /** Null where rows cannot be selected. */
  selected: boolean | null;
  pickable: boolean;
  /** The address of a picture of the film. */
  poster: string | null;
}

export interface RowItem {
  el: HTMLElement;
  /** Pixels from the list's own corner. */
  move(x: number, y: number): void;
  show(row: Row, index: number, marks: RowMarks): void;
  /** Service seconds since the submit. */
  tick(seconds: number): void;
}

function cell(part: string, children: readonly (Node | string)[]): HTMLElement {
  const el = make("div", `snb-cell snb-${part}`, children);
  el.setAttribute("role", "gridcell");
  return el;
}

export function rowItem(selects: boolean, picks: boolean): RowItem {
  const box = make("span", "snb-box", [icon("check")]);
  const chosen = make("span", "snb-unseen");
  const check = cell("check", [box, chosen]);
  check.dataset["part"] = "check";
  check.title = "Select (Space)";

  const symbol = make("span", "snb-symbol");
  const picture = make("img", "snb-poster");
  picture.alt = "";
  picture.draggable = false;
  const thumb = make("span", "snb-thumb", [symbol, picture]);
  thumb.setAttribute("aria-hidden", "true");
  const prompt = make("span", "snb-rowprompt");
  prompt.setAttribute("dir", "auto");
  const facts = make("span", "snb-rowfacts");
  const what = cell("what", [thumb, make("span", "snb-rowwords", [prompt, facts])]);

  const mark = make("span", "snb-mark");
  const word = make("span", "snb-word");
  const time = make("span", "snb-rowtime");
  const where = cell("where", [make("span", "snb-state", [mark, word]), time]);

  const star = make("span", "snb-star", [icon("star")]);
  const picked = make("span", "snb-unseen");
  const pick = cell("pick", [star, picked]);
  pick.dataset["part"] = "pick";

  const el = make("div", "snb-row", [...(selects ? [check] : []), what, where, ...(picks ? [pick] : [])]);
  el.setAttribute("role", "row");
  let timeless = false;
  let place = "";

  return {
    el,
    move(x, y) {
      const next = `translate(${x}px,${y}px)`;
      if (next !== place) el.style.transform = place = next;
    },
    show(row, index, marks) {
      attribute(el, "aria-rowindex", String(index + 1));
      attribute(el, "aria-selected", marks.selected === null ? null : String(marks.selected));
      attribute(el, "aria-current", marks.opened ? "true" : null);
      attribute(el, "data-state", row.state);
      attribute(el, "data-picked", String(row.picked));
      attribute(el, "data-frame", row.frame);
      el.tabIndex = marks.active ? 0 : -1;
      write(chosen, marks.selected ? "selected" : "not selected");
      if (Object.hasOwn(SYMBOLS, row.state)) {
        putIcon(mark, SYMBOLS[row.state]);
        putIcon(symbol, row.state === "ready" ? "play" : SYMBOLS[row.state]);
      }
      // A row may stand for another task now: the picture of the one before must not be seen.
      if (marks.poster === null) picture.removeAttribute("src");
      else attribute(picture, "src", marks.poster);
      visible(picture, marks.poster !== null);
      write(prompt, row.prompt);
      write(facts, row.error ? `${row.error} · ${row.facts}` : row.facts);
      attribute(facts, "data-trouble", String(row.error !== null));
      write(word, row.state);
      timeless = TIMELESS.has(row.state);
      visible(time, !timeless);
      visible(star, marks.pickable);
      write(picked, marks.pickable ? (row.picked ? "picked" : "not picked") : "");
      attribute(pick, "title", marks.pickable ? (row.picked ? "Picked: take that back (P)" : "Pick (P)") : null);
    },
    tick(seconds) {
      if (!timeless) write(time, duration(seconds));
    },
  };
}
