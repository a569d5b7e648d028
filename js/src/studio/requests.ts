/** What this form has asked of the kernel, and what came of it. Pure: each change gives a new value. */
import type { Preview } from "../protocol/messages";
import type { Row } from "../protocol/row";
import type { Fields, Trouble } from "../protocol/studio";
import { characters } from "./prompt_field";

export interface Requests {
  /** That of the last question or click; no other page's are the same. */
  number: number;
  /** The question what a click would do whose answer is waited for. */
  asking: number;
  preview: Preview | null;
  /** The click that has no answer yet. */
  click: { request: number; fields: string } | null;
  /** What stands against the last click, until a field changes. */
  refused: Trouble | null;
}

const blank = ({ prompt }: Fields): boolean => prompt.trim() === "";

export function edited(requests: Requests, names: ReadonlySet<string>, now: Fields): Requests {
  let { preview } = requests;
  // Whether this very request was made already is not known before the kernel has looked.
  if ([...names].some((name) => name !== "new")) preview = preview && { ...preview, reuses: [], problem: null };
  return { ...requests, refused: null, preview: blank(now) ? null : preview };
}

export function asked(requests: Requests): Requests {
  const number = requests.number + 1;
  return { ...requests, number, asking: number };
}

/** An answer that is still out: the same click is sent again, so that nothing is paid twice. */
export function clicked(requests: Requests, now: Fields): Requests & { click: { request: number } } {
  const fields = JSON.stringify(now);
  const again = requests.click?.fields === fields ? requests.click : null;
  const number = again ? requests.number : requests.number + 1;
  return { ...requests, number, refused: null, click: again ?? { request: number, fields } };
}

/** What is wrong and can be known without the kernel; `picture`: what is wrong with the picture. */
export function wrongHere(now: Fields, limit: number | null, picture: string | null): Trouble | null {
  if (blank(now)) return { message: "The prompt is empty.", advice: "Describe the film first.", field: "prompt" };
  const over = limit === null ? 0 : characters(now.prompt) - limit;
  if (over > 0) {
    return { message: `The prompt is ${over} characters too long for ${now.model}.`, advice: "Shorten it.", field: "prompt" };
  }
  return now.image === "" || picture === null ? null : { message: picture, advice: "", field: "image" };
}

/** What is to be said against the request now. */
export function troubleOf({ refused, preview }: Requests, now: Fields): Trouble | null {
  return refused ?? (blank(now) ? null : (preview?.problem ?? null));
}

/** Whether to ask anew: another cell may have made this film, or its task may have failed. */
export function outdated(preview: Preview | null, before: readonly Row[] | undefined, rows: readonly Row[] | undefined): boolean {
  const about = new Set(preview?.reuses);
  const moved = rows?.some((row, index) => about.has(row.key) && row.state !== before?.[index]?.state);
  return moved || rows?.length !== before?.length;
}

/** What is said of a click that was answered: `all` films, of which `reused` were made before. */
export function spoken(all: number, reused: number): string {
  const fresh = all - reused;
  const films = (count: number): string => (count === 1 ? "1 film" : `${count} films`);
  if (fresh === 0) return all === 1 ? "It was made already: shown below, no charge." : "They were made already: shown below, no charge.";
  return `${films(fresh)} asked for: shown below.${reused > 0 ? ` ${films(reused)} made already.` : ""}`;
}
