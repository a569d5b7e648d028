/** How long things live: everything that was started ends when its AbortSignal says so. */

/** A controller that ends with `parent`, or earlier by itself. */
export function childOf(parent: AbortSignal): AbortController {
  const child = new AbortController();
  if (parent.aborted) child.abort();
  else parent.addEventListener("abort", () => child.abort(), { once: true, signal: child.signal });
  return child;
}

/** Calls `act` after `ms` unless `signal` aborts first; the returned function calls it off. */
export function after(ms: number, signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) return () => undefined;
  const life = childOf(signal);
  const timer = setTimeout(() => {
    life.abort();
    act();
  }, ms);
  life.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return () => life.abort();
}

/** Resolves when `signal` aborts, at once if it has. */
export function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
