/** The whole screen for an element, where the page that holds this output allows it. */

/** Safari on a telephone gives the whole screen to a bare video only. */
interface Telephone extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** The element of `element`'s own document or shadow root that fills the screen. */
function filling(element: Element): Element | null {
  return (element.getRootNode() as Partial<DocumentOrShadowRoot>).fullscreenElement ?? null;
}

/** Whether the frame that holds this output lets anything fill the screen. */
export function mayFill(stage: HTMLElement, video: Telephone): boolean {
  const plain = typeof stage.requestFullscreen === "function" && document.fullscreenEnabled !== false;
  return plain || typeof video.webkitEnterFullscreen === "function";
}

export function fills(stage: HTMLElement): boolean {
  return filling(stage) === stage;
}

/** To the whole screen, or back. A host that says no leaves everything as it is. */
export async function toggleFull(stage: HTMLElement, video: Telephone): Promise<void> {
  try {
    if (fills(stage)) await document.exitFullscreen();
    else if (typeof stage.requestFullscreen === "function") await stage.requestFullscreen();
    else video.webkitEnterFullscreen?.();
  } catch {
    // A page may refuse it at the moment of asking.
  }
}
