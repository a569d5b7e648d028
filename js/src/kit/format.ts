/** Numbers as words. Pure. */

/** 111.6 -> "1:51", 3725 -> "1:02:05". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A moment of a film with tenths: 3.14 -> "0:03.1", 3725 -> "1:02:05.0". */
export function timecode(seconds: number): string {
  // A player's 3.1 may be 3.0999999 inside.
  const tenths = Math.floor(Math.max(0, seconds) * 10 + 1e-3);
  const [minutes = "", rest = ""] = duration(tenths / 10).split(/:(?=\d+$)/);
  return `${minutes}:${rest}.${tenths % 10}`;
}

const UNITS = ["kB", "MB", "GB"];

/** 5452595 -> "5.5 MB": decimal units, as file managers and the service count. */
export function bytes(count: number): string {
  if (count < 1000) return `${Math.max(0, Math.round(count))} B`;
  let value = count / 1000;
  let unit = 0;
  // 999.5 kB would be written "1000 kB".
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 99.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** The length of a film: 8 -> "8 s", 8.04 -> "8 s", 7.5 -> "7.5 s". */
export function length(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`;
}

/** The first `limit` code points of `text`, with an ellipsis when something was left off. */
export function shortened(text: string, limit: number): string {
  const points = [...text];
  return points.length <= limit ? text : `${points.slice(0, limit - 1).join("").trimEnd()}…`;
}
