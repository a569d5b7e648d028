/**
 * The form's request as code that makes the same one. Pure. The other side of the contract are
 * `magic/line.py` and Python itself: tests/fixtures/code/ holds examples that both must pass.
 */
import type { Fields } from "../protocol/studio";

/** Code, or the reason why there is none that would be exact. */
export type Code = { text: string } | { trouble: string };

const NOT_A_CELL: readonly [RegExp, string][] = [
  [/^\s*$/, "There is no prompt yet."],
  [/[\r\v\f\x1c-\x1e\x85\u2028\u2029]/, "A cell does not keep this prompt's unusual line breaks."],
  [/^[^\S\n]*\n|\n[^\S\n]*$/, "A cell does not keep the blank lines around this prompt."],
  // IPython takes common indentation off a cell, and with it the blanks of lines that hold nothing else.
  [/^[ \t]+$/m, "A cell does not keep lines of blanks alone."],
  [/^\s*(>>>|\.\.\.|(\[(nav|ins)\] )?In ?\[)/m, "IPython takes what looks like an interpreter's prompt (>>>, ..., In [) off a cell."],
];

/** A word of the option line: no blanks, and nothing at its ends that means something there. */
const WORD = /^[^\s"'“”-][^\s"“”]*$/;
const EXTRA_NAME = /^[A-Za-z_][\w.-]*$/;
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The request as a `%%sora` cell. */
export function magicCode(fields: Fields): Code {
  const { prompt, image, model, extra } = fields;
  const found = NOT_A_CELL.find(([pattern]) => pattern.test(prompt));
  if (found) return { trouble: found[1] };
  if (HALF.test(prompt)) return { trouble: "The prompt holds half of a character." };
  const words = ["%%sora", "--duration", String(fields.duration)];
  if (fields.aspect_ratio === "portrait") words.push("--portrait");
  if (fields.takes > 1) words.push("--takes", String(fields.takes));
  if (model !== "sora-2") words.push("--model", model);
  if (image) words.push("--image", image);
  if (![model, ...(image ? [image] : [])].every((word) => WORD.test(word))) {
    return { trouble: "The model or the image is not one that a line can hold." };
  }
  if (!fields.remove_watermark) words.push("--keep-watermark");
  for (const [name, value] of Object.entries(extra)) {
    if (!EXTRA_NAME.test(name)) return { trouble: `The field ${name} is not one that a line can hold.` };
    words.push("--input", `${name}=${ascii(JSON.stringify(value))}`);
  }
  if (fields.new) words.push("--new");
  return { text: `${words.join(" ")}\n${prompt}` };
}

/** The request as a call of `sora_nb.generate`; several takes are a list of tasks. */
export function pythonCode(fields: Fields): Code {
  if (!fields.prompt.trim()) return { trouble: "There is no prompt yet." };
  const lines = fields.prompt.split(/(?<=\n)/).map(pythonText);
  const prompt = lines.length > 1 ? [`(`, ...lines.map((line) => `    ${line}`), `)`] : lines;
  const settings = [`duration=${fields.duration}`];
  if (fields.aspect_ratio !== "landscape") settings.push(`aspect_ratio=${pythonText(fields.aspect_ratio)}`);
  if (fields.image) settings.push(`image=${pythonText(fields.image)}`);
  if (fields.model !== "sora-2") settings.push(`model=${pythonText(fields.model)}`);
  if (!fields.remove_watermark) settings.push("remove_watermark=False");
  if (fields.new) settings.push("new=True");
  if (Object.keys(fields.extra).length > 0) settings.push(`extra=${pythonValue(fields.extra)}`);
  const many = fields.takes > 1;
  if (many) settings.push("take=take");
  const call = ["sora.generate(", ...indented([...prompt.slice(0, -1), `${prompt.at(-1)},`]), ...indented([`${settings.join(", ")},`]), ")"];
  const body = many
    ? ["tasks = [", ...indented(call), `    for take in range(1, ${fields.takes + 1})`, "]"]
    : [`task = ${call[0]}`, ...call.slice(1)];
  return { text: `import sora_nb as sora\n\n${body.join("\n")}\n` };
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line}`);
}

/** JSON means the same with every other character escaped, and no line of it can break. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

/** A Python string; what cannot be seen, or turns the direction of the code, is escaped. */
function pythonText(text: string): string {
  const hidden = /["\\]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]|(?! )\p{Zs}/gu;
  return `"${text.replace(hidden, (one) => SHORT[one] ?? escaped(one.codePointAt(0) ?? 0))}"`;
}

function escaped(code: number): string {
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

function pythonValue(value: unknown): string {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonText(value);
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, each]) => `${pythonText(name)}: ${pythonValue(each)}`).join(", ")}}`;
  }
  return String(value);
}
