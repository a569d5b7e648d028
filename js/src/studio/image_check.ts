/** What can be known here about a picture that the service will fetch by itself. */
import type { Environment } from "../kit/environment";
import { bytes } from "../kit/format";

/** Bytes that the service takes at most. */
const MOST = 10_000_000;
/** The service's formats, by a type's or a name's last word. */
const FORMATS = new Map([["jpg", "JPG"], ["jpeg", "JPG"], ["png", "PNG"], ["webp", "WebP"]]);
/** Endings of other pictures. A name may end in anything (`photo.v2`, `image.php`), which says nothing. */
const OTHERS = /^(avif|bmp|gif|hei[cf]|svg|tiff?)$/;
/** What a host answers when there is nothing; 403 and 405 may be about HEAD, or this page, alone. */
const GONE = [404, 410];

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

/** By what the host says it is, else by the name's ending; null where neither tells. */
function formatOf(address: string, type: string, drawn: boolean): string | null {
  const [kind, word = ""] = type.split("/");
  if (kind === "image" && word) return FORMATS.get(word) ?? type;
  // A web page's own address; what the page could draw is a picture, whatever its host calls it.
  if (kind === "text" && !drawn) return type;
  const ending = /\.([a-z0-9]+)$/i.exec(new URL(address).pathname)?.[1]?.toLowerCase() ?? "";
  return FORMATS.get(ending) ?? (OTHERS.test(ending) ? `.${ending}` : null);
}

/**
 * Asks the picture's host for its head, without credentials or referrer; `seen` gives its sides
 * once the page has drawn it, or null. A host that does not let pages ask leaves the size unknown.
 */
export async function checkPicture(
  address: string,
  seen: Promise<{ width: number; height: number } | null>,
  env: Pick<Environment, "fetch">,
  signal: AbortSignal,
): Promise<Verdict> {
  const [head, size] = await Promise.all([headOf(address, env, signal), seen]);
  if (head && !head.ok && (!size || GONE.includes(head.status))) {
    return { wrong: true, text: `Its host answers ${head.status}: the service would not get it either.` };
  }
  // A refusal's headers are about the refusal.
  const told = head?.ok ? head.headers : new Headers();
  const type = told.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const length = Number(told.get("content-length") ?? NaN);
  const format = formatOf(address, type, size !== null);
  if (format !== null && ![...FORMATS.values()].includes(format)) {
    return { wrong: true, text: `${format} is not a JPG, PNG or WebP.` };
  }
  if (length > MOST) return { wrong: true, text: `${bytes(length)} is above the service's 10 MB.` };
  const facts = [
    format ?? "format could not be checked",
    ...(size ? [`${size.width} × ${size.height}`] : []),
    length > 0 ? bytes(length) : "size could not be checked (at most 10 MB)",
  ];
  if (!size) facts.push("this page could not show it");
  return { wrong: false, text: facts.join(" · ") };
}

async function headOf(address: string, env: Pick<Environment, "fetch">, signal: AbortSignal): Promise<Response | null> {
  try {
    return await env.fetch(address, {
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
