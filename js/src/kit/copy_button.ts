/** A button that puts text on the clipboard, and says whether it did: some hosts refuse. */
import { makeButton } from "./buttons";
import { write } from "./dom";
import { after } from "./lifetime";

/** The button says what became of it for so many ms. */
const COPIED = 2_000;

export interface CopyTools {
  copy(text: string, near: Element): Promise<boolean>;
  announce(text: string): void;
}

export interface Copying {
  label: string;
  /** What is to be copied, or null where there is nothing. */
  text(): string | null;
  /** Said aloud. */
  copied: string;
  refused: string;
  /** What the button says where the page may not copy. */
  instead?: string;
  ended?(copied: boolean, text: string): void;
}

export function copyButton(
  { label, text, copied, refused, instead = label, ended }: Copying,
  tools: CopyTools,
  signal: AbortSignal,
): HTMLButtonElement {
  let callOff: () => void = () => undefined;

  async function press(): Promise<void> {
    const wanted = text();
    if (wanted === null) return;
    const done = await tools.copy(wanted, el);
    if (signal.aborted) return;
    ended?.(done, wanted);
    write(el, done ? "Copied" : instead);
    tools.announce(done ? copied : refused);
    callOff();
    callOff = after(COPIED, signal, () => write(el, label));
  }

  const el = makeButton("snb-plain", [label], () => void press(), signal);
  return el;
}
