/** The sources from which a film's bytes can come to this page, and which of them may be used. */
import type { Environment } from "../kit/environment";
import { after, childOf } from "../kit/lifetime";
import type { Film } from "../protocol/card";

/** Above this many bytes the film's own address goes before messages from the kernel. */
export const MUCH = 64 * 2 ** 20;

/** A server that does not answer a probe within this many ms is no source. */
const PROBE = 8_000;

/**
 * The address under which the Jupyter server answers, or null outside of one. JupyterLab, Notebook 7
 * and Voila write it into the page as JSON, the classic Notebook as an attribute of the body.
 */
export function serverBase(page: Document): URL | null {
  let told: unknown = page.body?.dataset["baseUrl"];
  try {
    const config = page.getElementById("jupyter-config-data")?.textContent;
    if (config) told = (JSON.parse(config) as { baseUrl?: unknown }).baseUrl ?? told;
    if (typeof told !== "string" || told === "") return null;
    const base = new URL(told.endsWith("/") ? told : `${told}/`, page.location.href);
    return base.origin === page.location.origin ? base : null;
  } catch {
    return null;
  }
}

/** Where the server gives out the file, or null when the path could leave its root. */
export function fileAddress(base: URL | null, path: string | null): string | null {
  if (!base || !path) return null;
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) return null;
  try {
    return new URL(`files/${names.map(encodeURIComponent).join("/")}`, base).href;
  } catch {
    // A lone surrogate cannot be encoded.
    return null;
  }
}

/** The film's own address if this page may load it: https, or http on a page that is http itself. */
export function remoteAddress(url: string | null, page: Document): string | null {
  if (!url || !URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  const fits = protocol === "https:" || (protocol === "http:" && page.location.protocol === "http:");
  return fits ? href : null;
}

/** Whether `address` gives out a file of exactly `size` bytes: asks for its first byte only. */
export async function serves(
  address: string,
  size: number,
  env: Pick<Environment, "fetch">,
  signal: AbortSignal,
): Promise<boolean> {
  const life = childOf(signal);
  after(PROBE, life.signal, () => life.abort());
  try {
    const reply = await env.fetch(address, {
      headers: { Range: "bytes=0-0" },
      credentials: "same-origin",
      cache: "no-store",
      signal: life.signal,
    });
    if (reply.status === 206) {
      const total = /\/(\d+)$/.exec(reply.headers.get("content-range") ?? "")?.[1];
      return Number(total) === size;
    }
    return reply.status === 200 && reply.headers.get("content-length") === String(size);
  } catch {
    return false;
  } finally {
    // Ends a body that nobody reads.
    life.abort();
  }
}

export type Source = "server" | "kernel" | "remote";

/** The order in which the sources are tried. The kernel's bytes cannot expire and go through no other host. */
export function order(film: Film): Source[] {
  return film.size > MUCH ? ["server", "remote", "kernel"] : ["server", "kernel", "remote"];
}
