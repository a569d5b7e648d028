/** The form's fields, kept the same here and in the widget's traits. */
import type { Model } from "../kit/host";
import { after } from "../kit/lifetime";
import type { Fields } from "../protocol/studio";

/** As much of the model as the fields need: each of them is a trait of its own. */
export type Traits = Omit<Model, "send">;

export type Name = keyof Fields;

/** Typing goes to Python once it pauses for so many ms. */
const PAUSE = 150;
/** A kernel that is slow may echo what was typed before: for so many ms. */
const ECHOES = 3_000;

export interface FormFields {
  /** What the fields hold. */
  readonly now: Readonly<Fields>;
  /** A person changed fields here. */
  edit(changes: Partial<Fields>): void;
  /** Tells Python at once what it was not told yet. */
  flush(): void;
  /** Called after each change, from here or elsewhere, with the fields that changed. */
  changed(handler: (names: ReadonlySet<Name>) => void): void;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}

/** `defaults`: the fields there are, each with the value that it has where the model says none. */
export function formFields(model: Traits, defaults: Readonly<Fields>, now: () => number, signal: AbortSignal): FormFields {
  const names = Object.keys(defaults) as Name[];
  const fields: Fields = { ...defaults };
  const handlers: ((names: ReadonlySet<Name>) => void)[] = [];
  const untold = new Set<Name>();
  let told: { name: Name; value: unknown; at: number }[] = [];
  let callOff: () => void = () => undefined;

  /** Null where the model has nothing of that type, e.g. a host that does not know the trait. */
  function read(name: Name): unknown {
    const value = model.get(name);
    return typeof value === typeof defaults[name] && value !== null ? value : null;
  }

  function put(name: Name, value: unknown): boolean {
    if (value === null || same(fields[name], value)) return false;
    (fields as unknown as Record<Name, unknown>)[name] = value;
    return true;
  }

  function tell(names: ReadonlySet<Name>): void {
    if (names.size > 0) for (const handler of handlers) handler(names);
  }

  function flush(): void {
    callOff();
    if (untold.size === 0 || signal.aborted) return;
    const news = [...untold];
    told = told.filter(({ at }) => now() - at < ECHOES);
    for (const name of news) {
      told.push({ name, value: fields[name], at: now() });
      model.set(name, fields[name]);
    }
    untold.clear();
    model.save_changes();
  }

  function later(): void {
    callOff();
    callOff = after(PAUSE, signal, flush);
  }

  /** Whether a value from elsewhere is only what was typed here a moment ago. */
  function isEcho(name: Name, value: unknown): boolean {
    const latest = [...told].reverse().find((one) => one.name === name);
    return told.some((one) => one !== latest && one.name === name && same(one.value, value) && now() - one.at < ECHOES);
  }

  function heard(name: Name): void {
    // What is being typed is told soon, and then stands everywhere.
    if (untold.has(name)) return;
    const value = read(name);
    if (value !== null && !same(fields[name], value) && isEcho(name, value)) {
      untold.add(name);
      later();
    } else if (put(name, value)) tell(new Set([name]));
  }

  for (const name of names) {
    put(name, read(name));
    const handler = (): void => heard(name);
    model.on(`change:${name}`, handler);
    signal.addEventListener("abort", () => model.off(`change:${name}`, handler), { once: true });
  }

  return {
    now: fields,
    edit(changes) {
      const edited = new Set(names.filter((name) => name in changes && put(name, changes[name] ?? null)));
      for (const name of edited) untold.add(name);
      if (edited.size > 0) later();
      tell(edited);
    },
    flush,
    changed: (handler) => void handlers.push(handler),
  };
}
