/** Phrases in a prompt: whether one is there, put in at the caret, taken out again. Pure. */

/** The service's own advice for prompts, in its words. */
export const ADVICE: readonly { name: string; phrases: readonly string[] }[] = [
  { name: "camera", phrases: ["slow dolly in", "orbiting shot", "aerial view", "handheld"] },
  { name: "light", phrases: ["golden hour", "dramatic", "soft diffused", "backlit silhouette"] },
  { name: "tone", phrases: ["warm", "tense", "epic", "dreamlike"] },
  { name: "action", phrases: ["slowly turns", "flowing hair", "swaying leaves"] },
  { name: "transition", phrases: ["zoom from wide to close", "descend through clouds"] },
];

export interface Edited {
  text: string;
  caret: number;
}

/** Where `phrase` stands in `text` as words of its own, in any case; null when it does not. */
export function findPhrase(text: string, phrase: string): { from: number; to: number } | null {
  const words = phrase.split(" ").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${words.join("\\s+")}(?![\\p{L}\\p{N}])`, "iu").exec(text);
  return found && { from: found.index, to: found.index + found[0].length };
}

/** The phrase between what stands before and after `caret`, set off by commas where words meet. */
export function insertPhrase(text: string, caret: number, phrase: string): Edited {
  // Never into the middle of a word.
  while (caret < text.length && /[\p{L}\p{N}]/u.test(text.charAt(caret)) && /[\p{L}\p{N}]$/u.test(text.slice(0, caret))) caret += 1;
  const before = text.slice(0, caret);
  const rest = text.slice(caret);
  const set = before.replace(/[^\S\n]+$/, "");
  const lead = set === "" || set.endsWith("\n") ? before : /[,.;:!?—–-]$/.test(set) ? `${set} ` : `${set}, `;
  const trimmed = rest.replace(/^[^\S\n]+/, "");
  const tail = trimmed === "" || trimmed.startsWith("\n") ? trimmed : /^[,.;:!?]/.test(trimmed) ? trimmed : `, ${trimmed}`;
  return { text: lead + phrase + tail, caret: lead.length + phrase.length };
}

/** Without the phrase, and without the comma that set it off. */
export function removePhrase(text: string, phrase: string): Edited {
  const found = findPhrase(text, phrase);
  if (!found) return { text, caret: text.length };
  let before = text.slice(0, found.from);
  let rest = text.slice(found.to);
  if (/,[^\S\n]*$/.test(before)) before = before.replace(/,[^\S\n]*$/, "");
  else if (/^[^\S\n]*,[^\S\n]*/.test(rest)) rest = rest.replace(/^[^\S\n]*,[^\S\n]*/, "");
  else if (/\s$/.test(before) || before === "") rest = rest.replace(/^[^\S\n]+/, "");
  if (rest.trim() === "") before = before.replace(/[^\S\n]+$/, "");
  return { text: before + rest, caret: before.length };
}
