/** The buttons of a card. A click answers at once here, whenever the kernel gets to it. */
import { arrange, attribute, focused, make, visible, write } from "../kit/dom";
import { after } from "../kit/lifetime";
import type { Action, Card } from "../protocol/card";
import type { Command } from "../protocol/messages";

const LABELS: Record<Action, string> = {
  stop: "Stop watching",
  watch: "Watch again",
  retry: "Try again",
  resend: "Send again (may pay twice)",
  copy_id: "Copy task id",
};

/** A click that nothing answered may be repeated after this many ms. */
const ASKED = 10_000;
const COPIED = 2_000;

export interface ActionTools {
  send(command: Command): void;
  copy(text: string, near: Element): Promise<boolean>;
  announce(text: string): void;
}

interface ActionButton {
  el: HTMLButtonElement;
  settle(): void;
}

/** `hintId`: an id that nothing else in the page has. */
export function actionsView(
  tools: ActionTools,
  hintId: string,
  signal: AbortSignal,
): { el: HTMLElement; show(card: Card): void } {
  const buttons = new Map<Action, ActionButton>();
  const row = make("div", "snb-buttons");
  const id = make("code", "snb-id");
  const hint = make("p", "snb-hint");
  hint.id = hintId;
  const el = make("div", "snb-actions", [row, id, hint]);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Actions");
  id.hidden = true;
  let shown: Card | null = null;

  function button(action: Action): ActionButton {
    const label = LABELS[action];
    const el = make("button", action === "copy_id" ? "snb-button snb-plain" : "snb-button", [label]);
    el.type = "button";
    if (action !== "copy_id") el.setAttribute("aria-describedby", hintId);
    let callOff: () => void = () => undefined;

    function settle(): void {
      callOff();
      write(el, label);
      attribute(el, "aria-disabled", null);
    }

    function meanwhile(text: string, ms: number): void {
      write(el, text);
      callOff();
      callOff = after(ms, signal, settle);
    }

    async function copyId(text: string): Promise<void> {
      const done = await tools.copy(text, el);
      if (signal.aborted) return;
      meanwhile(done ? "Copied" : "Copy it from here:", COPIED);
      write(id, text);
      visible(id, !done);
      tools.announce(done ? "Task id copied." : "The task id is shown: this page may not copy it.");
    }

    el.addEventListener(
      "click",
      () => {
        // Not `disabled`: that would take the focus away from where the person is.
        if (!shown || el.getAttribute("aria-disabled") === "true") return;
        if (action === "copy_id") {
          void copyId(shown.task_id ?? "");
          return;
        }
        attribute(el, "aria-disabled", "true");
        meanwhile("Asked…", ASKED);
        tools.send({ kind: action, key: shown.key });
      },
      { signal },
    );
    return { el, settle };
  }

  return {
    el,
    show(card) {
      const changed = shown !== null && shown.state !== card.state;
      shown = card;
      const wanted = card.actions.filter(
        (action) => Object.hasOwn(LABELS, action) && (action !== "copy_id" || card.task_id !== null),
      );
      const held = focused(row);
      const lost = held !== null && row.contains(held);
      for (const action of wanted) {
        const known = buttons.get(action);
        if (!known) buttons.set(action, button(action));
        else if (changed) known.settle();
      }
      arrange(row, wanted.flatMap((action) => buttons.get(action)?.el ?? []));
      write(hint, card.hint ?? "");
      visible(hint, card.hint !== null);
      visible(el, wanted.length > 0);
      // The button under the focus may be gone with the state it belonged to: stay in the card.
      if (!lost || row.contains(held)) return;
      const near = row.querySelector("button") ?? el.closest<HTMLElement>("article");
      near?.focus({ preventScroll: true });
    },
  };
}
