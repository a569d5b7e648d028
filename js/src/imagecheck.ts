/** What can be known here about a picture that the service will fetch by itself. */
import type { Surroundings } from "./surroundings";
import { bytes } from "./words";

/** Bytes that the service takes at most. */
const MOST = 10_000_000;
const FORMATS: Record<string, string> = { "image/jpeg": "JPG", "image/png": "PNG", "image/webp": "WebP" };
const ENDINGS: Record<string, string> = { jpg: "JPG", jpeg: "JPG", png: "PNG", webp: "WebP" };

/** `wrong`: the service would refuse it, which may be charged. */
export interface Verdict {
  wrong: boolean;
  text: string;
}

/** Why the service could not fetch it at all, or null. Nothing is asked of any host. */
export function addressTrouble(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "This is no URL: give a public http(s) address of a JPG, PNG or WebP.";
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return "Only http(s) works: the service fetches the picture itself, so a local file cannot be sent.";
  }
  return url.hostname === "" || /\s/.test(text) ? "This is no http(s) URL." : null;
}

/** By the ending of its path: a host that says nothing more leaves only that. */
function formatByName(address: string): string | null {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(new URL(address).pathname)?.[1]?.toLowerCase();
  return ending === undefined ? null : (ENDINGS[ending] ?? `.${ending}`);
}

/**
 * Asks the picture's host for its head, without credentials or referrer; `seen` says whether the
 * page could draw it. A host that does not let pages ask leaves the size unknown.
 */
export async function checkPicture(
  address: string,
  seen: Promise<{ width: number; height: number } | null>,
  world: Pick<Surroundings, "fetch">,
  signal: AbortSignal,
): Promise<Verdict> {
  const [head, size] = await Promise.all([headOf(address, world, signal), seen]);
  const type = head?.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const length = Number(head?.headers.get("content-length") ?? NaN);
  const format = type ? (FORMATS[type] ?? type) : formatByName(address);
  const known = format !== null && Object.values(FORMATS).includes(format);
  if (head && !head.ok) return { wrong: true, text: `Its host answers ${head.status}: the service would not get it either.` };
  if (format !== null && !known) return { wrong: true, text: `${format} is not a JPG, PNG or WebP.` };
  if (length > MOST) return { wrong: true, text: `${bytes(length)} is above the service's 10 MB.` };
  const facts = [
    ...(format === null ? ["format could not be checked"] : [format]),
    ...(size ? [`${size.width} × ${size.height}`] : []),
    length > 0 ? bytes(length) : "size could not be checked (at most 10 MB)",
  ];
  if (!size) facts.push("its host does not let this page show it");
  return { wrong: false, text: facts.join(" · ") };
}

async function headOf(address: string, world: Pick<Surroundings, "fetch">, signal: AbortSignal): Promise<Response | null> {
  try {
    return await world.fetch(address, {
      method: "HEAD",
      mode: "cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
    });
  } catch {
    return null;
  }
}
