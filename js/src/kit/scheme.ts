/** Light or dark, where a page says so by its colour scheme: marimo does, and has no colours to take over. */
import { attribute } from "./dom";

/** Marks what was drawn into `el` for theme.css, now and after each change, until `signal` aborts. */
export function followScheme(el: HTMLElement, signal: AbortSignal): void {
  function look(): void {
    // `el` inherits it, through a shadow root as well; before it is in the page it has none.
    const scheme = getComputedStyle(el.isConnected ? el : document.body).colorScheme;
    const root = el.querySelector(".sora-nb");
    if (root) attribute(root, "data-scheme", /^(light|dark)$/.test(scheme) ? scheme : null);
  }
  const watch = new MutationObserver(look);
  for (const page of [document.documentElement, document.body]) {
    watch.observe(page, { attributeFilter: ["class", "data-theme"] });
  }
  signal.addEventListener("abort", () => watch.disconnect(), { once: true });
  look();
}
