/** Says to the kernel that a person uses what is shown, which then stays. */
import type { Surroundings } from "./environment";

/** Said at most once in so many ms. */
const USED = 30_000;

/** Watches `root` until `signal` aborts. */
export function tellUse(root: HTMLElement, world: Surroundings, signal: AbortSignal): void {
  let told = -Infinity;
  function tell(): void {
    if (world.now() - told < USED) return;
    told = world.now();
    world.send({ kind: "used" });
  }
  for (const event of ["pointerdown", "keydown", "wheel", "click", "focusin"]) {
    root.addEventListener(event, tell, { capture: true, passive: true, signal });
  }
}
