/** The form: a prompt and its settings become one click that asks for films. */
import type { CopyTools } from "../kit/copy_button";
import { attribute, focused, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { after } from "../kit/lifetime";
import { isMessage } from "../kit/message";
import type { Preview } from "../protocol/messages";
import type { Fields, StudioSnapshot, Trouble } from "../protocol/studio";
import { codeButtons } from "./code_buttons";
import { formFields, type Traits } from "./fields";
import { generateView } from "./generate";
import { imageField } from "./image_field";
import { phraseChips } from "./phrase_chips";
import { insertPhrase, removePhrase } from "./phrases";
import { characters, promptField } from "./prompt_field";
import { fitting, rulesOf, settingsView } from "./settings";

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
  let number = Math.floor(env.random() * 2 ** 31);
  const id = `snb-${number.toString(36)}`;
  let state: StudioSnapshot | null = null;
  let preview: Preview | null = null;
  let asking = -1;
  let click: { request: number; fields: string } | null = null;
  let handled: number | null = null;
  let refused: Trouble | null = null;
  let callOff: () => void = () => undefined;

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
  const image = imageField(`${id}-image`, env, (address) => {
    form.edit({ image: address, extra: fitting(form.now.extra, rulesOf(state, form.now.model), address) });
  }, signal);
  const mark = make("input", "");
  mark.type = "checkbox";
  mark.addEventListener("change", () => form.edit({ remove_watermark: mark.checked }), { signal });
  const watermark = make("label", "snb-check-line", [mark, "Remove the service’s watermark"]);
  const summary = make("summary", "", ["Picture and watermark"]);
  const more = make("details", "snb-more-settings", [summary, image.el, watermark]);
  const go = generateView(env, id, generate, (yes) => form.edit({ new: yes }), signal);
  const el = make("section", "snb-form", [
    prompt.el,
    make("div", "snb-line snb-under", [prompt.count, code.el]),
    promptWrong,
    code.below,
    chips.el,
    settings.el,
    more,
    go.el,
  ]);
  el.setAttribute("aria-label", "Studio");

  function limit(): number | null {
    return rulesOf(state, form.now.model)?.prompt_limit ?? null;
  }

  /** What is wrong and can be known without the kernel. */
  function wrongHere(): Trouble | null {
    const most = limit();
    const used = characters(form.now.prompt);
    if (!form.now.prompt.trim()) {
      return { message: "The prompt is empty.", advice: "Describe the film first.", field: "prompt" };
    }
    if (most !== null && used > most) {
      return { message: `The prompt is ${used - most} characters too long for ${form.now.model}.`, advice: "Shorten it.", field: "prompt" };
    }
    const picture = form.now.image === "" ? null : image.wrong();
    return picture === null ? null : { message: picture, advice: "", field: "image" };
  }

  function generate(): void {
    form.flush();
    const wrong = wrongHere();
    if (wrong) {
      refuse(wrong, true);
      return;
    }
    const fields: Fields = { ...form.now };
    const text = JSON.stringify(fields);
    // An answer that is still out: the same click is sent again, so that nothing is paid twice.
    if (click?.fields !== text) click = { request: (number += 1), fields: text };
    refuse(null, false);
    go.asked();
    env.send({ kind: "generate", request: click.request, fields });
  }

  /** Says what stands against the request, beside its field, and takes a person there. */
  function refuse(trouble: Trouble | null, takeThere: boolean): void {
    refused = trouble;
    drawTrouble();
    if (!trouble) return;
    tools.announce(`${trouble.message} ${trouble.advice}`);
    if (!takeThere) return;
    if (trouble.field === "prompt") prompt.input.focus();
    else if (trouble.field === "image") {
      more.open = true;
      image.focus();
    } else if (trouble.field) settings.focus(trouble.field);
  }

  function drawTrouble(): void {
    const empty = !form.now.prompt.trim();
    const trouble = refused ?? (empty ? null : (preview?.problem ?? null));
    const words = trouble ? `${trouble.message} ${trouble.advice}`.trim() : "";
    const ofPrompt = trouble?.field === "prompt";
    write(promptWrong, ofPrompt ? words : "");
    visible(promptWrong, ofPrompt);
    attribute(prompt.input, "aria-invalid", ofPrompt ? "true" : null);
    image.blame(trouble?.field === "image" && image.wrong() === null ? words : null);
    if (trouble?.field === "image") more.open = true;
    const beside = settings.blame(trouble);
    go.blame(trouble && !ofPrompt && !beside && trouble.field !== "image" ? words : null);
  }

  function draw(): void {
    const { now } = form;
    prompt.show(now.prompt, limit());
    chips.show(now.prompt);
    settings.show(state);
    image.show(now.image);
    if (mark.checked !== now.remove_watermark) mark.checked = now.remove_watermark;
    const words = [
      ...(now.image ? ["starts from a picture"] : []),
      ...(now.remove_watermark ? [] : ["watermark stays in"]),
    ];
    write(summary, ["Picture and watermark", ...words].join(" · "));
    go.show(state, now, preview);
    drawTrouble();
  }

  function look(): void {
    callOff();
    callOff = after(PAUSE, signal, () => {
      if (form.now.prompt.trim() === "") return;
      asking = number += 1;
      env.send({ kind: "preview", request: asking, fields: { ...form.now } });
    });
  }

  form.changed((names) => {
    refused = null;
    if (!names.has("new")) go.hush();
    // Whether this very request was made already is not known before the kernel has looked.
    if ([...names].some((name) => name !== "new")) preview = preview && { ...preview, reuses: [], problem: null };
    if (form.now.prompt.trim() === "") preview = null;
    draw();
    look();
  });

  env.listen((message) => {
    if (!isMessage(message, "preview") || message.request !== asking) return;
    preview = message;
    draw();
  }, signal);

  /** What came of this page's own click. */
  function answer({ request, keys, reused, error }: NonNullable<StudioSnapshot["answered"]>): void {
    if (click?.request !== request || handled === request) return;
    handled = request;
    click = null;
    const words = error ? "" : spoken(keys.length, reused.length);
    go.settle(words);
    // A busy kernel answers minutes later: who has gone on to another cell is not called back.
    if (error) refuse(error, el.contains(focused(el)));
    else tools.announce(words);
    // Paying again is decided anew each time.
    if (!error && form.now.new) form.edit({ new: false });
    if (keys.length > 0) made(keys);
    look();
  }

  if (form.now.image !== "" || !form.now.remove_watermark) more.open = true;
  draw();
  look();
  return {
    el,
    show(next) {
      const rowsBefore = state?.rows;
      state = next;
      if (next?.answered) answer(next.answered);
      draw();
      // Another cell may have made this film, or its task may have failed.
      const about = new Set(preview?.reuses);
      const moved = next?.rows.some((row, index) => about.has(row.key) && row.state !== rowsBefore?.[index]?.state);
      if (moved || next?.rows.length !== rowsBefore?.length) look();
    },
  };
}

function spoken(all: number, reused: number): string {
  const fresh = all - reused;
  const films = (count: number): string => (count === 1 ? "1 film" : `${count} films`);
  if (fresh === 0) return all === 1 ? "It was made already: shown below, no charge." : "They were made already: shown below, no charge.";
  return `${films(fresh)} asked for: shown below.${reused > 0 ? ` ${films(reused)} made already.` : ""}`;
}
