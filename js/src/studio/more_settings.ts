/** What is folded away below the settings: the picture that a film starts from, and the watermark. */
import { make, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import type { Fields, Rules } from "../protocol/studio";
import type { FormFields } from "./fields";
import { imageField } from "./image_field";
import { fitting } from "./settings";

export interface MoreSettings {
  el: HTMLElement;
  show(now: Fields): void;
  /** Says a trouble of the picture beside it. */
  blame(words: string | null): void;
  /** What is wrong with the picture, as far as this page can see. */
  wrong(): string | null;
  focus(): void;
}

export function moreSettings(form: FormFields, id: string, env: Environment, rules: () => Rules | null, signal: AbortSignal): MoreSettings {
  const image = imageField(`${id}-image`, env, (address) => {
    form.edit({ image: address, extra: fitting(form.now.extra, rules(), address) });
  }, signal);
  const mark = make("input", "");
  mark.type = "checkbox";
  mark.addEventListener("change", () => form.edit({ remove_watermark: mark.checked }), { signal });
  const watermark = make("label", "snb-check-line", [mark, "Remove the service’s watermark"]);
  const summary = make("summary", "", ["Picture and watermark"]);
  const el = make("details", "snb-more-settings", [summary, image.el, watermark]);
  if (form.now.image !== "" || !form.now.remove_watermark) el.open = true;

  return {
    el,
    show(now) {
      image.show(now.image);
      if (mark.checked !== now.remove_watermark) mark.checked = now.remove_watermark;
      const words = [
        ...(now.image ? ["starts from a picture"] : []),
        ...(now.remove_watermark ? [] : ["watermark stays in"]),
      ];
      write(summary, ["Picture and watermark", ...words].join(" · "));
    },
    blame(words) {
      image.blame(image.wrong() === null ? words : null);
      if (words !== null) el.open = true;
    },
    wrong: image.wrong,
    focus() {
      el.open = true;
      image.focus();
    },
  };
}
