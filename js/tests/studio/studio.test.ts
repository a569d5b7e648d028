// @vitest-environment happy-dom
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Command, Preview } from "../../src/protocol/messages";
import type { Row } from "../../src/protocol/row";
import type { Fields, StudioSnapshot } from "../../src/protocol/studio";
import { show } from "../../src/studio/studio";
import widget from "../../src/widget";
import { button, card, fakeEnvironment, find, settle, shown, type FakeEnvironment } from "../support/stage";
import { FakeTraits, FIELDS, state } from "../support/studio_stage";

const STATES = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "studio");

let life: AbortController;
let place: FakeEnvironment;
let model: FakeTraits;
let el: HTMLElement;
let snapshot: StudioSnapshot;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_338_000_000 });
  life = new AbortController();
  place = fakeEnvironment();
});
afterEach(async () => {
  life.abort();
  await settle();
  expect(vi.getTimerCount()).toBe(0);
  expect(place.listening()).toBe(0);
  expect(model.listeners()).toBe(0);
  vi.useRealTimers();
});

function open(fields: Partial<Fields> = {}, changes: Partial<StudioSnapshot> = {}): void {
  snapshot = state(changes);
  model = new FakeTraits(fields, snapshot);
  el = document.createElement("div");
  document.body.replaceChildren(el);
  show({ model, el, signal: life.signal }, place);
}

type Sent<K> = Command & { kind: K };
const sent = <K extends Command["kind"]>(kind: K): Sent<K>[] =>
  place.sent.filter((one): one is Sent<K> => one.kind === kind);
const clicks = (): Sent<"generate">[] => sent("generate");
const go = (): HTMLButtonElement => find<HTMLButtonElement>(el, ".snb-go");
const prompt = (): HTMLTextAreaElement => find<HTMLTextAreaElement>(el, "textarea");
const said = (): string => find(el, ".snb-unseen[aria-live]").textContent ?? "";
const hints = (): string[] =>
  [...el.querySelectorAll(".snb-hint")].filter(shown).map((hint) => hint.textContent ?? "").filter(Boolean);

function type(text: string): void {
  prompt().value = text;
  prompt().dispatchEvent(new Event("input"));
}

function patch(set: Partial<StudioSnapshot>): void {
  snapshot = { ...snapshot, ...set, number: snapshot.number + 1 };
  place.say({ kind: "patch", number: snapshot.number, at: Date.now() / 1000, set });
}

function answer(changes: Partial<NonNullable<StudioSnapshot["answered"]>> = {}, request = clicks().at(-1)?.request ?? 0): void {
  patch({ answered: { request, keys: ["k7f3qa"], reused: [], error: null, ...changes } });
}

/** The kernel's answer to the page's last question. */
function previewed(changes: Partial<Preview>): void {
  vi.advanceTimersByTime(300);
  place.say({ kind: "preview", request: sent("preview").at(-1)?.request, problem: null, reuses: [null], estimate: null, ...changes });
}

function row(n: number, changes: Partial<Row> = {}): Row {
  return {
    n,
    key: `key${n}`,
    prompt: `film ${n}`,
    facts: "4 s · landscape",
    frame: "landscape",
    state: "ready",
    clock: [10, 1_795_338_000, 1],
    error: null,
    seconds: 4,
    picked: false,
    ...changes,
  };
}

test.each(readdirSync(STATES))("%s, which Python's tests hold to what Python says, is drawn", (file) => {
  const told = JSON.parse(readFileSync(join(STATES, file), "utf8")) as StudioSnapshot;
  open({ prompt: "a boat" }, told);
  expect(el.querySelectorAll("[role=row]")).toHaveLength(told.rows.length);
  expect(find(el, ".snb-cost").textContent).toMatch(told.service?.simulated ? /no charge/ : /about \$0\.40/);
  expect(sent("card").map(({ key }) => key)).toEqual(told.answered?.keys ?? []);
});

test("before Python has told its fields there is no form; it comes with them, once", () => {
  open();
  life.abort();
  life = new AbortController();
  model = new FakeTraits({ prompt: "a boat" }, null);
  show({ model, el, signal: life.signal }, place);
  expect(find(el, ".snb-studio").textContent).toContain("Nothing to show yet.");
  expect(el.querySelector("textarea")).toBeNull();
  const { defaults: _, ...without } = state();
  place.say({ kind: "whole", snapshot: without });
  expect(el.querySelector("textarea")).toBeNull();
  place.say({ kind: "whole", snapshot: state() });
  expect(el.textContent).not.toContain("Nothing to show yet.");
  expect(prompt().value).toBe("a boat");
  type("a ship");
  place.say({ kind: "whole", snapshot: state() });
  expect(prompt().value).toBe("a ship");
});

test("a field that the host does not know has the value that Python told for it", () => {
  open({ duration: undefined }, { defaults: { ...FIELDS, duration: 8 } });
  expect(find(el, "[name$=length]:checked").closest("label")?.textContent).toBe("8 s");
});

test("the one bundle draws it by its snapshot's view", () => {
  open();
  const other = document.createElement("div");
  const end = widget.render({ model, el: other });
  expect(other.querySelector(".snb-studio textarea")).not.toBeNull();
  end();
});

describe("a click", () => {
  test("asks for the fields as they are seen, and says so at once", () => {
    open();
    type("a paper boat");
    button(el, "golden hour").click();
    go().click();
    expect(clicks()).toHaveLength(1);
    expect(clicks()[0]?.fields).toMatchObject({ prompt: "a paper boat, golden hour", duration: 4, takes: 1, new: false });
    expect([go().textContent, go().getAttribute("aria-disabled")]).toEqual(["Asked…", "true"]);
    expect(model.saved.at(-1)).toEqual({ prompt: "a paper boat, golden hour" });
  });

  test("that comes twice asks once", () => {
    open({ prompt: "a boat", new: true });
    go().click();
    go().click();
    prompt().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, composed: true }));
    expect(new Set(clicks().map(({ request }) => request)).size).toBe(1);
  });

  test("that a busy kernel did not answer is the same click when it is repeated", () => {
    open({ prompt: "a boat", new: true });
    go().click();
    vi.advanceTimersByTime(10_000);
    expect(hints().join()).toContain("has not answered yet");
    go().click();
    expect(clicks()).toHaveLength(2);
    expect(clicks()[0]).toEqual(clicks()[1]);
    type("another boat");
    vi.advanceTimersByTime(10_000);
    go().click();
    expect(clicks()[2]?.request).not.toBe(clicks()[0]?.request);
  });

  test("shows its films below, keeps the prompt, and pays anew only once", () => {
    open({ prompt: "a boat", new: true });
    go().click();
    answer();
    expect(go().getAttribute("aria-disabled")).toBeNull();
    expect(said()).toBe("1 film asked for: shown below.");
    expect(sent("card").map(({ key }) => key)).toEqual(["k7f3qa"]);
    place.say({ kind: "card", card: card("ready", { key: "k7f3qa" }), at: Date.now() / 1000 });
    expect(el.querySelectorAll("article")).toHaveLength(1);
    expect(prompt().value).toBe("a boat");
    vi.advanceTimersByTime(1_000);
    expect(model.get("new")).toBe(false);
  });

  test("that was made already says that nothing is charged", () => {
    open({ prompt: "a boat" });
    go().click();
    answer({ reused: ["k7f3qa"] });
    expect(said()).toBe("It was made already: shown below, no charge.");
  });

  test("of another page changes nothing in this form", () => {
    open({ prompt: "a boat" });
    go().click();
    answer({ keys: ["other"] }, 1);
    expect(go().textContent).toBe("Asked…");
    expect(sent("card")).toEqual([]);
  });
});

describe("what stands against a request", () => {
  test("an empty prompt is known here: nothing is sent, and a person is taken there", () => {
    open({ prompt: " \n" });
    go().click();
    expect(clicks()).toEqual([]);
    expect(document.activeElement).toBe(prompt());
    expect(prompt().getAttribute("aria-invalid")).toBe("true");
    const words = prompt().getAttribute("aria-describedby")?.split(" ").map((id) => find(el, `#${id}`).textContent);
    expect(words).toContain("The prompt is empty. Describe the film first.");
    expect(said()).toBe("The prompt is empty. Describe the film first.");
    type("a boat");
    expect(prompt().hasAttribute("aria-invalid")).toBe(false);
  });

  test("so is one that is too long for the model that is chosen", () => {
    open({ prompt: "x".repeat(5_001), model: "sora-2-pro" });
    go().click();
    expect(clicks()).toEqual([]);
    expect(hints().join()).toContain("1 characters too long for sora-2-pro");
  });

  test("so is a picture that is no URL, wherever it is folded away", () => {
    open({ prompt: "a boat" });
    find<HTMLDetailsElement>(el, "details").open = false;
    model.arrive("image", "boat.png");
    go().click();
    expect(clicks()).toEqual([]);
    expect(find<HTMLDetailsElement>(el, "details").open).toBe(true);
    expect(document.activeElement).toBe(find(el, "input[type=url]"));
  });

  test("a refusal is said at the field it is about, or beside the button", () => {
    open({ prompt: "a boat", duration: 7 });
    go().focus();
    go().click();
    answer({ keys: [], error: { message: "duration 7 is not possible.", advice: "Choose 4.", field: "duration" } });
    expect(hints()).toContain("duration 7 is not possible. Choose 4.");
    expect(document.activeElement).toBe(find(el, "input[type=radio]"));
    find<HTMLInputElement>(el, "input[type=radio]").click();
    expect(hints()).not.toContain("duration 7 is not possible. Choose 4.");
    go().click();
    answer({ keys: [], error: { message: "The budget does not allow it.", advice: "Raise it.", field: null } });
    const button = go().getAttribute("aria-describedby")?.split(" ").map((id) => find(el, `#${id}`).textContent);
    expect(button).toContain("The budget does not allow it. Raise it.");
  });

  test.each(["the page", "a shadow root"])("a refusal that comes when the focus has left, in %s, leaves it there", (where) => {
    open({ prompt: "a boat", duration: 7 });
    const host = document.createElement("div");
    document.body.append(host);
    if (where === "a shadow root") host.attachShadow({ mode: "open" }).append(el);
    const elsewhere = document.createElement("input");
    document.body.append(elsewhere);
    const refusal = { keys: [], error: { message: "duration 7 is not possible.", advice: "Choose 4.", field: "duration" as const } };
    go().click();
    elsewhere.focus();
    answer(refusal);
    expect(hints()).toContain("duration 7 is not possible. Choose 4.");
    expect(said()).toBe("duration 7 is not possible. Choose 4.");
    expect(document.activeElement).toBe(elsewhere);
    go().focus();
    go().click();
    answer(refusal);
    expect((el.getRootNode() as Document | ShadowRoot).activeElement).toBe(find(el, "input[type=radio]"));
  });
});

describe("before the click", () => {
  test("the kernel is asked once the fields stand still, and not for an empty prompt", () => {
    open();
    vi.advanceTimersByTime(1_000);
    expect(sent("preview")).toEqual([]);
    for (const text of ["a", "a b", "a boat"]) {
      type(text);
      vi.advanceTimersByTime(200);
    }
    vi.advanceTimersByTime(100);
    expect(sent("preview").map(({ fields }) => fields.prompt)).toEqual(["a boat"]);
  });

  test("what was made already is offered to be shown, or to be made anew for its price", () => {
    open({ prompt: "a boat" }, { service: { simulated: false, name: "api.apixo.ai" }, price: 0.1 });
    previewed({ reuses: ["k7f3qa"], estimate: { median: 188, p90: 250, source: "your last 23" } });
    expect(go().textContent).toBe("Show");
    expect(find(el, ".snb-cost").textContent).toBe("4 s · already made: shows it, no charge");
    const again = find<HTMLInputElement>(el, ".snb-generate input[type=checkbox]");
    again.click();
    expect(go().textContent).toBe("Generate");
    expect(find(el, ".snb-cost").textContent).toBe("4 s · about $0.40");
    expect(hints()).toContain("usually ready in 3:08, nine in ten by 4:10 (your last 23)");
    expect(find(el, ".snb-generate label").textContent).toBe("Make it anew, and pay again");
  });

  test("an answer to an older question is not heard", () => {
    open({ prompt: "a boat" });
    vi.advanceTimersByTime(300);
    const [older] = sent("preview");
    type("another boat");
    previewed({});
    place.say({ kind: "preview", request: older?.request, problem: null, reuses: ["k7f3qa"], estimate: null });
    expect(go().textContent).toBe("Generate");
  });

  test("the balance is asked for on demand, at a real service alone", () => {
    open({}, { service: { simulated: false, name: "api.apixo.ai" } });
    button(el, "Balance").click();
    expect(sent("balance")).toHaveLength(1);
    place.say({ kind: "balance", usd: 12.3 });
    expect(hints()).toContain("Balance at the service: $12.30");
    patch({ service: { simulated: true, name: "the simulator" } });
    expect(shown(button(el, "Balance"))).toBe(false);
  });
});

describe("changes from elsewhere", () => {
  test("are seen in the form, and take no focus", () => {
    open({ prompt: "before" });
    prompt().focus();
    model.arrive("prompt", "from a linked widget");
    model.arrive("takes", 3);
    model.arrive("remove_watermark", false);
    patch({ service: { simulated: false, name: "api.apixo.ai" }, price: 0.1 });
    expect(prompt().value).toBe("from a linked widget");
    expect(document.activeElement).toBe(prompt());
    expect(find(el, ".snb-cost").textContent).toBe("4 s × 3 takes · about $1.20");
    expect(find(el, "summary").textContent).toContain("watermark stays in");
  });

  test("hostile words stay words", () => {
    open({ prompt: "<img src=x onerror=alert(1)>", model: "<b>x</b>", extra: { "<i>": "<script>" } });
    previewed({ problem: { message: "<u>no</u>", advice: "<a href=x>", field: null } });
    expect(el.querySelectorAll("b, i:not([class]), u, a, script, img:not(.snb-preview)")).toHaveLength(0);
  });
});

describe("the films of the folder", () => {
  test("are counted and listed, and hidden while there are none", () => {
    open();
    const below = find(el, ".snb-below");
    expect(shown(below)).toBe(false);
    const rows = [row(3, { state: "processing", seconds: null }), row(2), row(1, { state: "failed", error: "Refused" })];
    patch({ rows });
    expect(shown(below)).toBe(true);
    // Two notebooks beside each other share the folder, and so the list.
    expect([find(below, "strong").textContent, below.getAttribute("aria-label")]).toEqual(["Films of this folder", "Films of this folder"]);
    expect(find(below, ".snb-quiet").textContent).toBe("1 running · 1 ready · 1 failed");
    expect([...below.querySelectorAll("[role=row]")].map((each) => each.getAttribute("data-state"))).toEqual(["processing", "ready", "failed"]);
  });

  test("a row opens its card in place, which stays up to date until it is closed", () => {
    open({}, { rows: [row(2), row(1)] });
    find(el, "[role=row]").click();
    expect(sent("card")).toEqual([{ kind: "card", key: "key2" }]);
    place.say({ kind: "card", card: card("processing", { key: "key2" }), at: Date.now() / 1000 });
    expect(find(el, "[role=row]").getAttribute("aria-current")).toBe("true");
    place.say({ kind: "card", card: card("ready", { key: "key2" }), at: Date.now() / 1000 });
    expect(find(el, "article").dataset["state"]).toBe("ready");
    expect(said()).not.toBe("");
    place.say({ kind: "card", card: card("ready", { key: "key1" }), at: Date.now() / 1000 });
    expect(el.querySelectorAll("article")).toHaveLength(1);
    button(el, "Close").click();
    expect(el.querySelectorAll("article")).toHaveLength(0);
    expect(el.querySelector("[aria-current]")).toBeNull();
  });

  test("what ends without its card is said once and together, a step on the way never", () => {
    const running = (n: number): Row => row(n, { state: "pending", seconds: null });
    open({}, { rows: [4, 3, 2, 1].map(running) });
    expect(said()).toBe("");
    patch({ rows: [running(4), running(3), running(2), { ...running(1), state: "processing" }] });
    expect(said()).toBe("");
    patch({ rows: [running(4), running(3), running(2), row(1)] });
    expect(said()).toBe("1 film: 1 ready.");
    const words = find(el, ".snb-unseen[aria-live]").firstChild;
    patch({ rows: [running(4), running(3), row(2, { state: "failed" }), row(1)] });
    patch({ rows: [running(4), row(3), row(2, { state: "failed" }), row(1)] });
    expect(find(el, ".snb-unseen[aria-live]").firstChild).toBe(words);
    vi.advanceTimersByTime(15_000);
    expect(said()).toBe("2 films: 1 ready, 1 failed.");
    patch({ rows: [row(4), row(3), row(2, { state: "failed" }), row(1)] });
    expect(said()).toBe("1 film: 1 ready.");
    vi.advanceTimersByTime(60_000);
    patch({ rows: [running(5), row(4), row(3), row(2, { state: "failed" }), row(1)] });
    expect(said()).toBe("1 film: 1 ready.");
  });

  test("opening a card says nothing, and its changes are said by it alone", () => {
    open({}, { rows: [row(1, { state: "pending", seconds: null })] });
    find(el, "[role=row]").click();
    place.say({ kind: "card", card: card("pending", { key: "key1" }), at: Date.now() / 1000 });
    expect(said()).toBe("");
    patch({ rows: [row(1)] });
    expect(said()).toBe("");
    place.say({ kind: "card", card: card("ready", { key: "key1" }), at: Date.now() / 1000 });
    expect(said()).toMatch(/^Video task “.*: ready\.$/);
    const words = said();
    button(el, "Close").click();
    vi.advanceTimersByTime(60_000);
    find(el, "[role=row]").click();
    place.say({ kind: "card", card: card("ready", { key: "key1" }), at: Date.now() / 1000 });
    expect(said()).toBe(words);
  });

  test("a task that is tried again gives its place to the new one", () => {
    open({}, { rows: [row(1, { state: "failed" })] });
    find(el, "[role=row]").click();
    place.say({ kind: "card", card: card("failed_retryable", { key: "key1" }), at: Date.now() / 1000 });
    place.say({ kind: "instead", key: "key1", by: "key9" });
    expect(sent("card").at(-1)).toEqual({ kind: "card", key: "key9" });
    place.say({ kind: "card", card: card("queued", { key: "key9" }), at: Date.now() / 1000 });
    expect([...el.querySelectorAll("article")].map((each) => each.dataset["state"])).toEqual(["queued"]);
  });

  test("takes are compared and picked from, and picks go to Python", () => {
    open({}, { rows: [row(3), row(2), row(1)], answered: { request: 5, keys: ["key1", "key2", "key3"], reused: [], error: null } });
    for (const key of ["key1", "key2"]) place.say({ kind: "card", card: card("ready", { key }), at: Date.now() / 1000 });
    button(el, "Compare 2 films").focus();
    button(el, "Compare 2 films").click();
    expect([el.querySelectorAll(".snb-seat").length, el.querySelectorAll("article").length]).toEqual([2, 0]);
    expect(document.activeElement).toBe(find(el, ".snb-compare"));
    button(el, "Pick").click();
    expect(place.sent.filter(({ kind }) => kind === "pick")).toEqual([{ kind: "pick", key: "key1", picked: true }]);
    patch({ rows: [row(3), row(2), { ...row(1), picked: true }] });
    expect(find(el, ".snb-seat").dataset["picked"]).toBe("true");
    button(el, "Close the comparison").click();
    expect(el.querySelectorAll(".snb-seat")).toHaveLength(0);
    expect(document.activeElement?.getAttribute("role")).toBe("row");
  });

  test("the focus is not lost with a card that is closed or tried again", () => {
    open({}, { rows: [row(1, { state: "failed" })] });
    find(el, "[role=row]").click();
    place.say({ kind: "card", card: card("failed_retryable", { key: "key1" }), at: Date.now() / 1000 });
    button(el, "Try again").focus();
    place.say({ kind: "instead", key: "key1", by: "key9" });
    place.say({ kind: "card", card: card("queued", { key: "key9" }), at: Date.now() / 1000 });
    expect(document.activeElement).toBe(find(el, "article"));
    button(el, "Close").focus();
    button(el, "Close").click();
    expect(document.activeElement?.getAttribute("role")).toBe("row");
  });

  test("an opened card goes with the client that made it", () => {
    open({}, { rows: [row(2), row(1)] });
    find(el, "[role=row]").click();
    place.say({ kind: "card", card: card("processing", { key: "key2" }), at: Date.now() / 1000 });
    patch({ rows: [{ ...row(2), key: "other" }] });
    expect(el.querySelectorAll("article, [aria-current]")).toHaveLength(0);
  });

  test("a page that was reloaded shows the films of the last click again", () => {
    open({}, { rows: [row(1)], answered: { request: 5, keys: ["key1"], reused: [], error: null } });
    expect(sent("card")).toEqual([{ kind: "card", key: "key1" }]);
  });
});
