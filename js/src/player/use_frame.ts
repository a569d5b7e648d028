/** "Use this frame": asks Python for the picture that is shown, and says where it is. */
import { askButton } from "../kit/ask_button";
import { make, visible, write } from "../kit/dom";
import type { Environment } from "../kit/environment";
import { timecode } from "../kit/format";
import { isMessage } from "../kit/message";

export interface UseFrameView {
  button: HTMLButtonElement;
  answer: HTMLElement;
}

export function useFrameView(
  key: string,
  video: HTMLVideoElement,
  env: Pick<Environment, "send" | "listen">,
  signal: AbortSignal,
): UseFrameView {
  const { el: button, settle } = askButton("", "Use this frame", ({ ask }) => {
    video.pause();
    ask();
    env.send({ kind: "frame", key, seconds: video.currentTime });
  }, signal, () => say("The kernel is busy, or gone: the frame comes when it answers.", null));
  button.title = "Gives Python the picture that is shown, and saves it as PNG beside the film.";
  const words = make("span", "");
  const path = make("code", "snb-id");
  const hint = make("code", "snb-id");
  const use = make("span", "snb-inpython", ["In Python: ", hint]);
  const answer = make("p", "snb-still", [words, path, use]);
  answer.setAttribute("role", "status");
  answer.dir = "ltr";

  function say(text: string, saved: string | null): void {
    write(words, text);
    write(path, saved ?? "");
    write(hint, saved === null ? "" : `sora.get("${key}").video().frame()`);
    visible(path, saved !== null);
    visible(use, saved !== null);
    visible(answer, text !== "");
  }

  // Every view of the film hears the answer: the frame is the same for all of them.
  env.listen((message) => {
    if (!isMessage(message, "frame") || message.key !== key || typeof message.seconds !== "number") return;
    settle();
    if ("error" in message) say(String(message.error), null);
    else say(`Frame at ${timecode(message.seconds)} saved as `, String(message.path));
  }, signal);
  say("", null);
  return { button, answer };
}
