/** What only the page can find out for `%sora doctor`: drawn here, and told to the kernel, which keeps it as text. */
import { make } from "../kit/dom";
import type { Environment } from "../kit/environment";
import type { ViewProps } from "../kit/host";
import { after, childOf } from "../kit/lifetime";
import { isMessage } from "../kit/message";
import { mountView } from "../kit/view";
import { fileAddress, serverBase, serves } from "../player/sources";

/** `file`: a film below the Jupyter server's root, with its bytes; null where there is none to try. */
export interface Question {
  version: 1;
  view: "doctor";
  file: { path: string; size: number } | null;
}

/** `ok`, `look` (works, with a limit) or `bad`; only `ok` has no fix. The same as `doctor/findings.py`'s. */
export interface Finding {
  name: string;
  mark: "ok" | "look" | "bad";
  words: string;
  fix: string | null;
}

/** H.264 High at level 3.1, as the service's 720p films are; AAC-LC. */
const PICTURE = 'video/mp4; codecs="avc1.64001f"';
const SOUND = 'audio/mp4; codecs="mp4a.40.2"';

/** A kernel that does not answer within this many ms is busy. */
const PATIENCE = 5_000;

const ok = (name: string, words: string): Finding => ({ name, mark: "ok", words, fix: null });

function codecs(page: Document): Finding[] {
  const video = page.createElement("video");
  const picture = video.canPlayType(PICTURE) !== "";
  const sound = video.canPlayType(SOUND) !== "";
  return [
    picture
      ? ok("picture", "this page plays H.264")
      : {
          name: "picture",
          mark: "bad",
          words: "this page plays no H.264: films stay dark",
          fix: "open the notebook in Chrome, Edge, Firefox or Safari",
        },
    sound
      ? ok("sound", "this page plays AAC")
      : {
          name: "sound",
          mark: "look",
          words: "this page plays no AAC: films are silent",
          fix: "open the saved file in a player, or the notebook in another browser",
        },
  ];
}

async function files(question: Question, env: Environment, signal: AbortSignal): Promise<Finding> {
  const base = serverBase(document);
  if (!base) return ok("files", "this page has no Jupyter server: films come from the kernel");
  if (!question.file) return ok("files", `not tried: no film lies below the root of ${base.href} yet`);
  const address = fileAddress(base, question.file.path);
  if (address && (await serves(address, question.file.size, env, signal))) {
    return ok("files", `${base.href}files/ gives out films`);
  }
  return {
    name: "files",
    mark: "look",
    words: `${base.href}files/ does not give out films: they come from the kernel while it lives`,
    fix: "ask who runs the server, or keep films in the notebook: sora_nb.configure(embed=True)",
  };
}

/** How long a message to the kernel and back takes: films come so where no server gives them out. */
function messages(env: Environment, signal: AbortSignal): Promise<Finding> {
  const life = childOf(signal);
  return new Promise((resolve) => {
    const began = env.now();
    const done = (finding: Finding): void => {
      life.abort();
      resolve(finding);
    };
    env.listen((message) => {
      if (!isMessage(message, "pong")) return;
      done(ok("messages", `the kernel answers in ${Math.round(env.now() - began)} ms`));
    }, signal);
    after(PATIENCE, signal, () =>
      done({
        name: "messages",
        mark: "look",
        words: `the kernel has not answered this page within ${PATIENCE / 1000} s`,
        fix: "wait for the running cell, then run %sora doctor again",
      }),
    );
    env.send({ kind: "ping" });
  });
}

function line(finding: Finding): HTMLLIElement {
  const words = [`${finding.mark} · ${finding.name} · ${finding.words}`];
  const item = make("li", "", words);
  item.dataset["mark"] = finding.mark;
  if (finding.fix) item.append(make("div", "snb-quiet", [`fix: ${finding.fix}`]));
  return item;
}

export function show(props: ViewProps, env: Environment): void {
  const { model, signal } = props;
  const { root } = mountView(props, env);
  const question = model.get("snapshot") as Question;
  const wait = make("p", "snb-quiet", ["Looking at this page …"]);
  root.append(wait);
  root.setAttribute("role", "status");

  async function look(): Promise<void> {
    const rest = await Promise.all([files(question, env, signal), messages(env, signal)]);
    if (signal.aborted) return;
    const findings = [...codecs(document), ...rest];
    root.replaceChildren(make("ul", "", findings.map(line)));
    env.send({ kind: "findings", findings });
  }
  void look();
}
