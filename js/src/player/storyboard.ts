/** Pictures along a film, behind a button: a second video that nobody sees is drawn onto canvases. */
import { iconButton, makeButton } from "../kit/buttons";
import { attribute, focused, make, visible } from "../kit/dom";
import { timecode } from "../kit/format";
import { childOf } from "../kit/lifetime";
import { unload } from "./play_address";
import type { Playback } from "./playback";

/** Fills rows of 2, 3, 4 and 6 alike. */
export const PICTURES = 12;

/** Pixels across the longer side of one picture, on a screen of two device pixels each. */
const SIDE = 240;

export interface Storyboard {
  button: HTMLButtonElement;
  strip: HTMLElement;
}

/** Moments in the middle of equal parts of the film. */
export function moments(length: number): number[] {
  return Array.from({ length: PICTURES }, (_, index) => ((index + 0.5) / PICTURES) * length);
}

function happens(source: EventTarget, event: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const over = (yes: boolean) => () => resolve(yes);
    source.addEventListener(event, over(true), { once: true, signal });
    source.addEventListener("error", over(false), { once: true, signal });
    signal.addEventListener("abort", over(false), { once: true });
  });
}

/** Until all are drawn, the film breaks down, or `signal` aborts. Pixels are never read. */
async function draw(address: string, canvases: readonly HTMLCanvasElement[], signal: AbortSignal): Promise<void> {
  const source = make("video", "");
  source.muted = true;
  source.playsInline = true;
  source.preload = "auto";
  source.src = address;
  if (await happens(source, "loadedmetadata", signal)) {
    const shape = source.videoWidth / source.videoHeight || 16 / 9;
    for (const [index, at] of moments(source.duration).entries()) {
      const canvas = canvases[index];
      source.currentTime = at;
      if (!canvas || !(await happens(source, "seeked", signal))) break;
      canvas.width = Math.round(shape > 1 ? SIDE : SIDE * shape);
      canvas.height = Math.round(shape > 1 ? SIDE / shape : SIDE);
      canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
      attribute(canvas, "data-drawn", "true");
    }
  }
  unload(source);
}

/** `S` opens and closes it anywhere in `root`, once `ready`. Nothing is loaded before it is opened. */
export function storyboard(
  video: HTMLVideoElement,
  root: HTMLElement,
  control: Playback,
  ready: () => boolean,
  signal: AbortSignal,
): Storyboard {
  const { el: button } = iconButton("board", "Storyboard", () => show(strip.hidden), signal, "S");
  const strip = make("div", "snb-board");
  strip.setAttribute("role", "group");
  strip.setAttribute("aria-label", "Storyboard");
  strip.dir = "ltr";
  const canvases: HTMLCanvasElement[] = [];
  const goto: HTMLButtonElement[] = [];
  let drawing: { address: string; life: AbortController } | null = null;

  function fill(): void {
    for (let index = 0; index < PICTURES; index += 1) {
      const canvas = make("canvas", "snb-shot");
      const time = make("span", "snb-moment");
      const words = [canvas, make("span", "snb-unseen", ["Go to "]), time];
      const el = makeButton("snb-scene", words, () => control.seek(moments(control.length())[index] ?? 0), signal);
      canvases.push(canvas);
      goto.push(el);
    }
    strip.append(...goto);
  }

  /** Where the film is now: the one stop of the Tab key, and a frame around that picture. */
  function mark(): void {
    if (strip.hidden) return;
    const part = Math.floor((control.time() / (control.length() || 1)) * PICTURES);
    const current = Math.min(PICTURES - 1, Math.max(0, part));
    goto.forEach((el, index) => {
      attribute(el, "aria-current", index === current ? "true" : null);
      el.tabIndex = index === current ? 0 : -1;
    });
  }

  function load(): void {
    const address = video.currentSrc || video.src;
    if (strip.hidden || !address || drawing?.address === address) return;
    drawing?.life.abort();
    drawing = { address, life: childOf(signal) };
    const times = moments(control.length());
    goto.forEach((el, index) => {
      const time = el.querySelector(".snb-moment");
      if (time) time.textContent = timecode(times[index] ?? 0);
    });
    void draw(address, canvases, drawing.life.signal);
  }

  function show(open: boolean): void {
    if (open && goto.length === 0) fill();
    visible(strip, open);
    attribute(button, "aria-expanded", String(open));
    if (!open) {
      drawing?.life.abort();
      drawing = null;
    }
    load();
    mark();
  }

  function move(event: KeyboardEvent): void {
    const from = goto.findIndex((el) => el === focused(strip));
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: PICTURES - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = goto[Math.min(PICTURES - 1, Math.max(0, to))];
    next?.click();
    next?.focus({ preventScroll: true });
  }

  strip.addEventListener("keydown", move, { signal });
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "s" || event.ctrlKey || event.metaKey || event.altKey || !ready()) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) show(strip.hidden);
    },
    { signal },
  );
  for (const event of ["timeupdate", "seeking", "seeked"]) video.addEventListener(event, mark, { signal });
  video.addEventListener("loadedmetadata", load, { signal });
  show(false);
  return { button, strip };
}
