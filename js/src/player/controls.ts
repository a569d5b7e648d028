/** The row under a film: play, where it is, speed, loop, sound, full screen. Shows what the video does. */
import { iconButton, type IconButton } from "../kit/buttons";
import { attribute, make, visible, write } from "../kit/dom";
import { timecode } from "../kit/format";
import type { IconName } from "../kit/icons";
import { fills, mayFill } from "./fullscreen";
import { SPEEDS, type Act, type Playback } from "./playback";

function option(rate: number): HTMLOptionElement {
  const el = make("option", "", [`${rate}×`]);
  el.value = String(rate);
  return el;
}

/** `extra` stands before the last button. Listens to the video until `signal` aborts. */
export function playerControls(
  video: HTMLVideoElement,
  stage: HTMLElement,
  control: Playback,
  extra: HTMLElement,
  signal: AbortSignal,
): HTMLElement {
  const button = (name: IconName, label: string, act: Act, key: string): IconButton =>
    iconButton(name, label, () => control.act(act), signal, key);
  const play = button("play", "Play", "play", "K");
  const earlier = button("earlier", "One frame back", "earlier", ",");
  const later = button("later", "One frame on", "later", ".");
  const loop = button("loop", "Loop", "loop", "L");
  const sound = button("sound", "Mute", "mute", "M");
  const full = button("full", "Full screen", "full", "F");

  const seek = make("input", "snb-seek");
  seek.type = "range";
  seek.min = "0";
  seek.step = "any";
  seek.setAttribute("aria-label", "Position in the film");
  const time = make("span", "snb-time");
  const speed = make("select", "snb-speed", SPEEDS.map(option));
  speed.setAttribute("aria-label", "Speed");
  speed.title = "Speed (< and >)";

  // A film's time runs from left to right in every script, as on the film itself.
  const bar = make("div", "snb-bar", [
    seek,
    play.el,
    earlier.el,
    later.el,
    time,
    make("span", "snb-gap"),
    speed,
    loop.el,
    sound.el,
    extra,
    full.el,
  ]);
  bar.dir = "ltr";

  function showTime(): void {
    const [now, whole] = [control.time(), control.length()];
    const words = `${timecode(now)} / ${timecode(whole)}`;
    write(time, words);
    attribute(seek, "max", String(whole));
    seek.value = String(now);
    seek.style.setProperty("--snb-done", String(whole > 0 ? Math.min(1, now / whole) : 0));
    // While it plays, a screen reader on the slider would read every change aloud.
    if (video.paused) attribute(seek, "aria-valuetext", `${timecode(now)} of ${timecode(whole)}`);
  }

  let beat = 0;
  function follow(): void {
    cancelAnimationFrame(beat);
    showTime();
    if (!video.paused && !video.ended && !signal.aborted) beat = requestAnimationFrame(follow);
  }

  function showModes(): void {
    const paused = video.paused || video.ended;
    play.show(paused ? "play" : "pause", paused ? "Play" : "Pause");
    loop.show("loop", "Loop", video.loop);
    sound.show(video.muted ? "silent" : "sound", "Mute", video.muted);
    full.show("full", fills(stage) ? "Leave full screen" : "Full screen");
    visible(full.el, mayFill(stage, video));
    speed.value = String(video.playbackRate);
  }

  seek.addEventListener("input", () => control.seek(Number(seek.value)), { signal });
  speed.addEventListener("change", () => control.speed(Number(speed.value)), { signal });
  for (const event of ["play", "pause", "ended", "seeking", "seeked", "timeupdate", "durationchange", "emptied"]) {
    video.addEventListener(event, follow, { signal });
  }
  for (const event of ["play", "pause", "ended", "volumechange", "ratechange", "loadedmetadata"]) {
    video.addEventListener(event, showModes, { signal });
  }
  // No event of the video tells of a loop.
  const looping = new MutationObserver(showModes);
  looping.observe(video, { attributeFilter: ["loop"] });
  stage.addEventListener("fullscreenchange", showModes, { signal });
  signal.addEventListener(
    "abort",
    () => {
      cancelAnimationFrame(beat);
      looping.disconnect();
    },
    { once: true },
  );
  showTime();
  showModes();
  return bar;
}
