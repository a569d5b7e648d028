"""The built bundle in a page of its own, drawn from a fixture: no Jupyter, so it is quick.

A host is what the bundle finds around itself: the theme's attributes and variables. The page has a
server that gives out films below ``/files/``, and a kernel that sends posters and nothing else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route

from sora_nb.simulator.drawing.film import Film
from sora_nb.simulator.drawing.render import render
from sora_nb.storage.films.decode import poster

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "sora_nb" / "static"
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"
_SHARED = sorted((ROOT / "js" / "tests").glob("fixtures/**/*.json"))
FIXTURES = [path for path in _SHARED if "view" in json.loads(path.read_text("utf-8"))]
"""The whole state of a widget each; other fixtures share no state."""

READY = ROOT / "js" / "tests" / "fixtures" / "panel" / "ready.json"
SITE = "http://page.test/"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Each host's own names, in two colours that no other host and no fallback of ours has.
HOSTS: dict[str, str] = {
    "none": "<html lang='en'><body>",
    "lab-light": "<html lang='en'><body data-jp-theme-light='true' style='--jp-layout-color1:#fff;"
    "--jp-content-font-color0:#000000de;--jp-brand-color1:#1976d2;background:#fff'>",
    "lab-dark": "<html lang='en'><body data-jp-theme-light='false' style='--jp-layout-color1:#111;"
    "--jp-content-font-color0:#fff;--jp-brand-color1:#64b5f6;background:#111'>",
    "vscode-light": "<html lang='en'><body class='vscode-light' style='--jp-layout-color1:#abc;"
    "--vscode-editor-background:#fffffe;--vscode-editor-foreground:#3b3b3b;"
    "--vscode-textLink-foreground:#005fb8;background:#fffffe'>",
    "vscode-dark": "<html lang='en'><body class='vscode-dark' style='--jp-layout-color1:#fff;"
    "--vscode-editor-background:#1f1f1f;--vscode-editor-foreground:#cccccc;"
    "--vscode-textLink-foreground:#4daafc;background:#1f1f1f'>",
    "colab-light": "<html lang='en' theme='light'><body style='--jp-layout-color1:#abc;"
    "--colab-primary-surface-color:#fefefe;--colab-primary-text-color:#202124;"
    "background:#fefefe'>",
    "colab-dark": "<html lang='en' theme='dark'><body style='--jp-layout-color1:#fff;"
    "--colab-primary-surface-color:#383838;--colab-primary-text-color:#d5d5d5;"
    "background:#383838'>",
}

DRAW = """async ([state, posters, card]) => {
  const {default: widget} = await import('/widget.js');
  const poster = (key) => {
    const frame = (state.cards ?? []).find((card) => card.key === key)?.frame ?? 'landscape';
    const bytes = Uint8Array.from(atob(posters[frame]), (letter) => letter.charCodeAt(0));
    return new DataView(bytes.buffer);
  };
  const handlers = new Map();
  window.sent = [];
  window.say = (message, buffers = []) => {
    for (const handler of handlers.get('msg:custom') ?? []) handler(message, buffers);
  };
  const model = {
    get: (name) => (name === 'snapshot' ? state : undefined),
    on: (event, handler) => handlers.set(event, [...(handlers.get(event) ?? []), handler]),
    off: (event, handler) =>
      handlers.set(event, (handlers.get(event) ?? []).filter((one) => one !== handler)),
    set: () => {},
    save_changes: () => {},
    send: (command) => {
      window.sent.push(command);
      const { kind, key, request } = command;
      // The kernel's clock as the fixture has it: what is drawn is the same on every day.
      const clock = { kind: 'patch', number: state.number, at: state.at };
      if (kind === 'connect') queueMicrotask(() => window.say(clock));
      if (kind === 'poster') {
        const answer = { kind, key, type: 'image/jpeg' };
        queueMicrotask(() => window.say(answer, [poster(key)]));
      }
      if (kind === 'card') {
        const answer = { kind, card: { ...card, key }, at: state.at };
        queueMicrotask(() => window.say(answer));
      }
      if (kind === 'film') queueMicrotask(() => window.say({ kind, key, request, error: 'gone' }));
    },
  };
  window.ended = widget.render({ model, el: document.getElementById('output') });
}"""


@dataclass(frozen=True)
class Films:
    """Files to show, by frame: films as MP4, posters as JPEG."""

    landscape: bytes
    portrait: bytes
    posters: dict[str, bytes]


def made_films(folder: Path) -> Films:
    """A film of four seconds in each frame, drawn by the simulator."""
    wide, tall = folder / "wide.mp4", folder / "tall.mp4"
    render(Film("a paper boat drifting down a rainy street", 4, 1280, 720), wide)
    render(Film("neon koi circling a paper lantern", 4, 720, 1280), tall)
    posters = {"landscape": poster(wide), "portrait": poster(tall)}
    return Films(wide.read_bytes(), tall.read_bytes(), posters)


def findings(page: Page, selector: str) -> list[str]:
    """What axe-core has against these elements by WCAG 2.2 AA: rule and first element of each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))  # as a script, which no page's policy forbids
    found = page.evaluate(
        """async ([selector, tags]) => (await axe.run(selector,
        {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false}))
        .violations
        .map(({id, nodes}) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`)""",
        [selector, WCAG],
    )
    return [str(one) for one in found]


class BarePage:
    """Draws fixtures in the page that it is given."""

    def __init__(self, page: Page, films: Films) -> None:
        self.page = page
        self._films = films
        self._host = "none"
        page.route("**/*", self._answer)

    def draw(self, state: Mapping[str, Any], *, host: str = "none", direction: str = "ltr") -> None:
        """Show one widget's whole state in a fresh page of that host."""
        self._host = host
        self.page.goto(f"{SITE}?{direction}")
        told = json.loads(json.dumps(state))
        # What a gallery or the Studio gets when it opens a row, whichever that is.
        card = json.loads(READY.read_text("utf-8"))["cards"][0]
        for film in [*_films_of(told), card["film"]]:
            film["size"] = len(self._film_of(film))
        posters = {
            name: base64.b64encode(data).decode() for name, data in self._films.posters.items()
        }
        self.page.evaluate(DRAW, [told, posters, card])
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('video')].every((v) => v.readyState >= 2 ||"
            " document.querySelector('.snb-status')?.textContent.includes('cannot'))"
        )

    def findings(self) -> list[str]:
        """What axe-core has against the widget."""
        return findings(self.page, "#output")

    def _film_of(self, film: Mapping[str, Any]) -> bytes:
        tall = film["height"] > film["width"]
        return self._films.portrait if tall else self._films.landscape

    def _answer(self, route: Route) -> None:
        path = route.request.url.partition("?")[0]
        name = path.rpartition("/")[2]
        if path == SITE:
            direction = route.request.url.partition("?")[2] or "ltr"
            route.fulfill(body=self._html(direction), content_type="text/html; charset=utf-8")
        elif name in ("widget.js", "widget.css"):
            kind = "text/javascript" if name.endswith("js") else "text/css"
            route.fulfill(body=(STATIC / name).read_bytes(), content_type=kind)
        elif name.endswith(".mp4"):
            data = self._films.portrait if "koi" in name else self._films.landscape
            _give(route, data)
        else:
            route.fulfill(status=404)

    def _html(self, direction: str) -> str:
        head = HOSTS[self._host].replace("<html", f"<html dir='{direction}'", 1)
        config = '<script id="jupyter-config-data" type="application/json">{"baseUrl":"/"}</script>'
        return (
            f"<!doctype html>{head}<title>A notebook</title><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width'>"
            f"<link rel='stylesheet' href='/widget.css'>{config}"
            "<style>body{margin:0}</style><main id='output'></main>"
        )


def _films_of(state: Any) -> list[dict[str, Any]]:
    """Every film anywhere in a state that has sides, and so a file."""
    if isinstance(state, dict):
        own = [state] if {"sha256", "width", "height"} <= set(state) else []
        return own + [film for value in state.values() for film in _films_of(value)]
    if isinstance(state, list):
        return [film for value in state for film in _films_of(value)]
    return []


def _give(route: Route, data: bytes) -> None:
    """A file as a server with Range support does."""
    asked = route.request.headers.get("range", "")
    if not asked.startswith("bytes="):
        route.fulfill(body=data, content_type="video/mp4", headers={"accept-ranges": "bytes"})
        return
    first, _, last = asked.removeprefix("bytes=").partition("-")
    begin, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
    told = {"content-range": f"bytes {begin}-{end}/{len(data)}", "accept-ranges": "bytes"}
    piece = data[begin : end + 1]
    route.fulfill(status=206, body=piece, content_type="video/mp4", headers=told)
