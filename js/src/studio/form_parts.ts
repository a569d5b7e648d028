/** What the form is made of, from the prompt to the button, and where a trouble is said in it. */
import type { CopyTools } from "../kit/copy_button";
import { attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import type { Preview } from "../protocol/messages";
import type { Fields, Rules, StudioSnapshot, Trouble } from "../protocol/studio";
import { codeButtons } from "./code_buttons";
import type { FormFields } from "./fields";
import { generateView, type GenerateView } from "./generate";
import { moreSettings, type MoreSettings } from "./more_settings";
import { phraseChips } from "./phrase_chips";
import { insertPhrase, removePhrase } from "./phrases";
import { promptField } from "./prompt_field";
import { settingsView } from "./settings";

export interface FormParts {
  el: HTMLElement;
  go: GenerateView;
  more: MoreSettings;
  show(state: StudioSnapshot | null, preview: Preview | null): void;
  /** Says what stands against the request, beside its field. */
  blame(trouble: Trouble | null): void;
  focus(field: keyof Fields | null): void;
}

export function formParts(
  form: FormFields,
  id: string,
  env: Environment,
  tools: CopyTools,
  rules: () => Rules | null,
  generate: () => void,
  signal: AbortSignal,
): FormParts {
  const prompt = promptField(`${id}-prompt`, (text) => form.edit({ prompt: text }), generate, signal);
  const promptWrong = make("p", "snb-hint");
  promptWrong.id = `${id}-prompt-wrong`;
  attribute(promptWrong, "data-tone", "bad");
  prompt.input.setAttribute("aria-describedby", `${prompt.count.id} ${promptWrong.id}`);
  const code = codeButtons(() => form.now, tools, signal);
  const chips = phraseChips((phrase, put) => {
    const text = prompt.input.value;
    prompt.put(put ? insertPhrase(text, prompt.caret(), phrase) : removePhrase(text, phrase));
  }, signal);
  const settings = settingsView(form, id, signal);
  const more = moreSettings(form, id, env, rules, signal);
  const go = generateView(env, id, generate, (yes) => form.edit({ new: yes }), signal);
  const under = make("div", "snb-line snb-under", [prompt.count, code.el]);
  const el = make("section", "snb-form", [
    prompt.el, under, promptWrong, code.below, chips.el, settings.el, more.el, go.el,
  ]);
  el.setAttribute("aria-label", "Studio");

  return {
    el,
    go,
    more,
    show(state, preview) {
      prompt.show(form.now.prompt, rules()?.prompt_limit ?? null);
      chips.show(form.now.prompt);
      settings.show(state);
      more.show(form.now);
      go.show(state, form.now, preview);
    },
    blame(trouble) {
      const words = trouble ? `${trouble.message} ${trouble.advice}`.trim() : null;
      const ofPrompt = trouble?.field === "prompt";
      const ofPicture = trouble?.field === "image";
      write(promptWrong, ofPrompt ? (words ?? "") : "");
      visible(promptWrong, ofPrompt);
      attribute(prompt.input, "aria-invalid", ofPrompt ? "true" : null);
      more.blame(ofPicture ? words : null);
      const beside = settings.blame(trouble) || ofPrompt || ofPicture;
      go.blame(beside ? null : words);
    },
    focus(field) {
      if (field === "prompt") prompt.input.focus();
      else if (field === "image") more.focus();
      else if (field) settings.focus(field);
    },
  };
}
