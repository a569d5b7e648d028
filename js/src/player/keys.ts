/** The player's keys: which of them does what, and when a key belongs to the focused control instead. */
import type { Act } from "./playback";

export interface Shortcut {
  /** Values of KeyboardEvent.key, letters in lower case. */
  keys: readonly string[];
  act: Act;
}

/** One line of the list of keys. */
export interface KeyRow {
  shown: readonly string[];
  words: string;
}

/** What the list of keys says; a row may hold two opposite acts. */
export const ROWS: readonly (KeyRow & { shortcuts: readonly Shortcut[] })[] = [
  { shown: ["Space", "K"], words: "play or pause", shortcuts: [{ keys: [" ", "k"], act: "play" }] },
  {
    shown: ["←", "→"],
    words: "1 second back or on",
    shortcuts: [
      { keys: ["ArrowLeft"], act: "back" },
      { keys: ["ArrowRight"], act: "forward" },
    ],
  },
  {
    shown: [",", "."],
    words: "one frame back or on",
    shortcuts: [
      { keys: [","], act: "earlier" },
      { keys: ["."], act: "later" },
    ],
  },
  {
    shown: ["Home", "End"],
    words: "beginning or end",
    shortcuts: [
      { keys: ["Home"], act: "start" },
      { keys: ["End"], act: "end" },
    ],
  },
  {
    shown: ["<", ">"],
    words: "slower or faster",
    shortcuts: [
      { keys: ["<"], act: "slower" },
      { keys: [">"], act: "faster" },
    ],
  },
  { shown: ["L"], words: "loop", shortcuts: [{ keys: ["l"], act: "loop" }] },
  { shown: ["M"], words: "sound on or off", shortcuts: [{ keys: ["m"], act: "mute" }] },
  { shown: ["F"], words: "full screen", shortcuts: [{ keys: ["f"], act: "full" }] },
];

const ACTS = new Map<string, Act>(
  ROWS.flatMap(({ shortcuts }) => shortcuts.flatMap(({ keys, act }) => keys.map((key): [string, Act] => [key, act]))),
);

/** Keys with which a focused list of speeds chooses among them. */
const OF_LISTS = new Set([" ", "ArrowLeft", "ArrowRight", "Home", "End"]);

function belongsTo(target: EventTarget | null, key: string): boolean {
  const tag = (target as Partial<Element> | null)?.tagName;
  if (tag === "SELECT") return OF_LISTS.has(key);
  return (tag === "BUTTON" || tag === "A" || tag === "SUMMARY") && key === " ";
}

/** The act that a key press asks for, or null. */
export function actOf(event: KeyboardEvent): Act | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return belongsTo(event.target, key) ? null : (ACTS.get(key) ?? null);
}

/** While a key is held down, only these go on. */
const REPEATING: ReadonlySet<Act> = new Set(["back", "forward", "earlier", "later"]);

/** Until `signal` aborts. A key that did something goes no further: hosts have commands on letters. */
export function listenToKeys(root: HTMLElement, act: (name: Act) => void, signal: AbortSignal): void {
  root.addEventListener(
    "keydown",
    (event) => {
      const asked = actOf(event);
      if (asked === null) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat || REPEATING.has(asked)) act(asked);
    },
    { signal },
  );
}
