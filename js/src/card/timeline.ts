/** The steps of a task, as a list of shapes and words. */
import { arrange, attribute, make, write } from "../kit/dom";
import { putIcon, type IconName } from "../kit/icons";
import type { Mark, Step } from "../protocol/card";

const ICONS: Record<Mark, IconName> = {
  done: "check",
  now: "dot",
  todo: "dot",
  bad: "cross",
  ask: "question",
  off: "dash",
};

/** What the shape says, for those who do not see it. */
const SPOKEN: Record<Mark, string> = {
  done: "done",
  now: "now",
  todo: "to come",
  bad: "failed",
  ask: "needs you",
  off: "not followed",
};

interface StepView {
  item: HTMLLIElement;
  show(step: Step): void;
}

function stepView(): StepView {
  const shape = make("span", "snb-shape");
  const name = make("span", "snb-name");
  const spoken = make("span", "snb-unseen");
  const item = make("li", "snb-step", [shape, name, spoken]);
  return {
    item,
    show(step) {
      const mark = Object.hasOwn(ICONS, step.mark) ? step.mark : "todo";
      attribute(item, "data-mark", mark);
      attribute(item, "aria-current", mark === "now" ? "step" : null);
      putIcon(shape, ICONS[mark]);
      write(name, step.name);
      write(spoken, `, ${SPOKEN[mark]}`);
    },
  };
}

export function timelineView(): { el: HTMLElement; show(steps: readonly Step[]): void } {
  const el = make("ol", "snb-steps");
  el.setAttribute("aria-label", "Steps");
  const views: StepView[] = [];
  return {
    el,
    show(steps) {
      while (views.length < steps.length) views.push(stepView());
      steps.forEach((step, index) => views[index]?.show(step));
      arrange(el, views.slice(0, steps.length).map((view) => view.item));
    },
  };
}
