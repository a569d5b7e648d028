/** The form: a prompt and its settings become one click that asks for films. */
import type { CopyTools } from "../kit/copy_button";
import { focused } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { after } from "../kit/lifetime";
import { isMessage } from "../kit/message";
import type { Fields, Rules, StudioSnapshot, Trouble } from "../protocol/studio";
import { formFields, type Traits } from "./fields";
import { formParts } from "./form_parts";
import { asked, clicked, edited, outdated, spoken, troubleOf, wrongHere, type Requests } from "./requests";
import { rulesOf } from "./settings";

/** What a click would do is asked once the fields stand still for so many ms. */
const PAUSE = 300;

export interface StudioFormView {
  el: HTMLElement;
  show(state: StudioSnapshot | null): void;
}

export function studioForm(
  model: Traits,
  defaults: Fields,
  env: Environment,
  tools: CopyTools,
  made: (keys: readonly string[]) => void,
  signal: AbortSignal,
): StudioFormView {
  const form = formFields(model, defaults, env.now, signal);
  const number = Math.floor(env.random() * 2 ** 31);
  let requests: Requests = { number, asking: -1, preview: null, click: null, refused: null };
  let state: StudioSnapshot | null = null;
  let callOff: () => void = () => undefined;
  const rules = (): Rules | null => rulesOf(state, form.now.model);
  const parts = formParts(form, `snb-${number.toString(36)}`, env, tools, rules, generate, signal);

  function generate(): void {
    form.flush();
    const wrong = wrongHere(form.now, rules()?.prompt_limit ?? null, parts.more.wrong());
    if (wrong) return refuse(wrong, true);
    const next = clicked(requests, form.now);
    requests = next;
    parts.blame(troubleOf(requests, form.now));
    parts.go.asked();
    env.send({ kind: "generate", request: next.click.request, fields: { ...form.now } });
  }

  /** Says what stands against the request, beside its field, and takes a person there. */
  function refuse(trouble: Trouble, takeThere: boolean): void {
    requests = { ...requests, refused: trouble };
    parts.blame(trouble);
    tools.announce(`${trouble.message} ${trouble.advice}`);
    if (takeThere) parts.focus(trouble.field);
  }

  function draw(): void {
    parts.show(state, requests.preview);
    parts.blame(troubleOf(requests, form.now));
  }

  function look(): void {
    callOff();
    callOff = after(PAUSE, signal, () => {
      if (form.now.prompt.trim() === "") return;
      requests = asked(requests);
      env.send({ kind: "preview", request: requests.asking, fields: { ...form.now } });
    });
  }

  /** What came of this page's own click. */
  function answer({ request, keys, reused, error }: NonNullable<StudioSnapshot["answered"]>): void {
    if (requests.click?.request !== request) return;
    requests = { ...requests, click: null };
    const words = error ? "" : spoken(keys.length, reused.length);
    parts.go.settle(words);
    // A busy kernel answers minutes later: who has gone on to another cell is not called back.
    if (error) refuse(error, parts.el.contains(focused(parts.el)));
    else tools.announce(words);
    // Paying again is decided anew each time.
    if (!error && form.now.new) form.edit({ new: false });
    if (keys.length > 0) made(keys);
    look();
  }

  form.changed((names) => {
    requests = edited(requests, names, form.now);
    if (!names.has("new")) parts.go.hush();
    draw();
    look();
  });
  env.listen((message) => {
    if (!isMessage(message, "preview") || message.request !== requests.asking) return;
    requests = { ...requests, preview: message };
    draw();
  }, signal);
  draw();
  look();

  return {
    el: parts.el,
    show(next) {
      const before = state?.rows;
      state = next;
      if (next?.answered) answer(next.answered);
      draw();
      if (outdated(requests.preview, before, next?.rows)) look();
    },
  };
}
