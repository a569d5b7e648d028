/** Says to the kernel that a person uses what is shown, which then stays. */
import type { Environment } from "./environment";

/** Said at most once in so many ms. */
const USED = 30_000;

/** Watches `root` until `signal` aborts. */
export function tellUse(root: HTMLElement, env: Environment, signal: AbortSignal): void {
  let told = -Infinity;
  function tell(): void {
    if (env.now() - told < USED) return;
    told = env.now();
    env.send({ kind: "used" });
  }
  for (const event of ["pointerdown", "keydown", "wheel", "click", "focusin"]) {
    root.addEventListener(event, tell, { capture: true, passive: true, signal });
  }
}
