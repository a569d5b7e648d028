/** The picture that a film starts from: its address, a look at it, and whether the service can take it. */
import { makeButton } from "../kit/buttons";
import { attribute, make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { after, childOf } from "../kit/lifetime";
import { addressTrouble, checkPicture } from "./image_check";

/** A person types: the picture's host is asked once that pauses for so many ms. */
const PAUSE = 500;

export interface ImageField {
  el: HTMLElement;
  show(address: string): void;
  /** What Python says against it, or null. */
  blame(text: string | null): void;
  /** Why nothing should be asked for with this picture, or null. */
  wrong(): string | null;
  focus(): void;
}

export function imageField(
  id: string,
  env: Pick<Environment, "fetch">,
  typed: (address: string) => void,
  signal: AbortSignal,
): ImageField {
  const input = make("input", "snb-input");
  input.type = "url";
  input.id = id;
  input.placeholder = "https://… a JPG, PNG or WebP of at most 10 MB";
  input.spellcheck = false;
  input.autocomplete = "off";
  const label = make("label", "snb-label", ["Start from a picture (public URL)"]);
  label.htmlFor = id;
  const said = make("p", "snb-hint");
  said.id = `${id}-said`;
  said.setAttribute("role", "status");
  const picture = make("img", "snb-preview");
  picture.alt = "The picture that the film starts from";
  const clear = makeButton("snb-plain", ["Remove"], () => {
    input.value = "";
    typed("");
    input.focus();
  }, signal);
  const el = make("div", "snb-setting snb-imagefield", [
    label,
    make("div", "snb-imagerow", [picture, make("div", "snb-imagewords", [make("div", "snb-line", [input, clear]), said])]),
  ]);
  input.setAttribute("aria-describedby", said.id);
  visible(picture, false);
  let address = "";
  let looking = childOf(signal);
  let found: { wrong: boolean; text: string } | null = null;
  let refused: string | null = null;

  function draw(): void {
    const wrong = refused ?? (found?.wrong ? found.text : null);
    write(said, refused ?? found?.text ?? "");
    visible(said, said.textContent !== "");
    attribute(said, "data-tone", wrong === null ? null : "bad");
    attribute(input, "aria-invalid", wrong === null ? null : "true");
    visible(clear, address !== "");
  }

  function look(): void {
    looking.abort();
    const own = (looking = childOf(signal));
    found = null;
    visible(picture, false);
    picture.removeAttribute("src");
    const asked = address;
    const trouble = asked === "" ? null : addressTrouble(asked);
    if (asked === "" || trouble !== null) {
      found = trouble === null ? null : { wrong: true, text: trouble };
      draw();
      return;
    }
    found = { wrong: false, text: "Looking at the picture…" };
    draw();
    after(PAUSE, own.signal, () => {
      void checkPicture(asked, drawn(asked, own.signal), env, own.signal).then((verdict) => {
        if (own.signal.aborted) return;
        found = verdict;
        draw();
      });
    });
  }

  /** The picture's sides once the page has drawn it; null when it cannot. */
  function drawn(from: string, life: AbortSignal): Promise<{ width: number; height: number } | null> {
    return new Promise((resolve) => {
      life.addEventListener("abort", () => resolve(null), { once: true });
      picture.addEventListener("load", () => {
        visible(picture, true);
        resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
      }, { once: true, signal: life });
      picture.addEventListener("error", () => {
        if (picture.hasAttribute("crossorigin")) {
          // Many hosts let any page show their pictures and none read them, which is not needed here.
          picture.removeAttribute("crossorigin");
          picture.src = from;
          return;
        }
        visible(picture, false);
        resolve(null);
      }, { signal: life });
      // First without cookies, which only a host that answers such requests allows; never with a referrer.
      picture.crossOrigin = "anonymous";
      picture.referrerPolicy = "no-referrer";
      picture.src = from;
    });
  }

  input.addEventListener("input", () => typed(input.value.trim()), { signal });
  draw();

  return {
    el,
    show(next) {
      if (input.value.trim() !== next) input.value = next;
      if (next === address) return;
      address = next;
      look();
    },
    blame(text) {
      refused = text;
      draw();
    },
    wrong: () => (found?.wrong ? found.text : null),
    focus: () => input.focus(),
  };
}
