/** The buttons of a card. A click answers at once here, whenever the kernel gets to it. */
import { askButton, type AskButton } from "../kit/ask_button";
import { copyButton } from "../kit/copy_button";
import { arrange, focused, make, visible, write } from "../kit/dom";
import type { ViewTools } from "../kit/view";
import type { Action, Card } from "../protocol/card";

const LABELS: Record<Action, string> = {
  stop: "Stop watching",
  watch: "Watch again",
  retry: "Try again",
  resend: "Send again (may pay twice)",
  copy_id: "Copy task id",
};

/** `hintId`: an id that nothing else in the page has. */
export function actionsView(
  tools: ViewTools,
  hintId: string,
  signal: AbortSignal,
): { el: HTMLElement; show(card: Card): void } {
  const buttons = new Map<Action, AskButton>();
  const row = make("div", "snb-buttons");
  const id = make("code", "snb-id");
  const hint = make("p", "snb-hint");
  hint.id = hintId;
  const el = make("div", "snb-actions", [row, id, hint]);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Actions");
  id.hidden = true;
  let shown: Card | null = null;

  function ask(action: Exclude<Action, "copy_id">): AskButton {
    const button = askButton("", LABELS[action], ({ ask }) => {
      if (!shown) return;
      ask();
      tools.send({ kind: action, key: shown.key });
    }, signal);
    button.el.setAttribute("aria-describedby", hintId);
    return button;
  }

  const copyId = copyButton({
    label: LABELS.copy_id,
    text: () => shown?.task_id ?? "",
    copied: "Task id copied.",
    refused: "The task id is shown: this page may not copy it.",
    instead: "Copy it from here:",
    ended(copied, text) {
      write(id, text);
      visible(id, !copied);
    },
  }, tools, signal);

  function button(action: Action): HTMLButtonElement {
    if (action === "copy_id") return copyId;
    const known = buttons.get(action) ?? ask(action);
    buttons.set(action, known);
    return known.el;
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
      if (changed) for (const each of buttons.values()) each.settle();
      arrange(row, wanted.map(button));
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
