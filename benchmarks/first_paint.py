"""How soon a person sees something: cell start -> panel, and film's last byte on disk -> it plays.

A real JupyterLab page in Chromium with a real kernel; the service is the embedded simulator. Times
are taken in the page. The film's are from its file's time of change (the same machine's clock) to
`loadeddata` where nobody touches it, and to `playing` where play() is called as soon as the <video>
has an address; tasks take turns. The first task pays the imports and the bundle: a case of its own.
An anywidget that draws one word is measured beside the panels: what Jupyter itself takes.
Prints one JSON line a case, with medians: one busy core makes a single run slow.

    python -m benchmarks.first_paint [--quick]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page

from benchmarks._lines import tell
from tests.browser.chromium import launched
from tests.browser.jupyter_server import running_server
from tests.browser.lab_page import LabPage

PANEL_MS, FILM_MS = 150.0, 300.0

ONE_WORD = """
import anywidget as _anywidget
class OneWord(_anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.innerHTML = '<p class=snb-card>here</p>' } }"
"""
SPEED = 200
PACE = """
import os as _os
_os.environ["SORA_NB_SIMULATOR_SPEED"] = "{speed}"
get_ipython().run_line_magic("load_ext", "sora_nb")
"""

# Unix milliseconds of what happens in cell N, by the page's own clock.
WATCH = """() => {
  const now = () => performance.timeOrigin + performance.now();
  window.seen = {};
  window.playAtOnce = false;
  const note = (cell, name) => {
    const told = (window.seen[cell] ??= {});
    told[name] ??= now();
  };
  const cellOf = (el) => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
    .indexOf(el.closest?.('.jp-Cell'));
  const drawn = (act) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = act;
    port2.postMessage(null);
  });
  new MutationObserver((changes) => {
    for (const el of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      const panel = el.querySelector?.('.snb-card') ?? el.closest?.('.snb-card');
      if (panel) { const cell = cellOf(panel); drawn(() => note(cell, 'panel')); }
      const video = el.tagName === 'VIDEO' ? el : el.querySelector?.('video');
      if (video) note(cellOf(video), 'video');
    }
  }).observe(document.body, { childList: true, subtree: true });
  for (const event of ['loadedmetadata', 'loadeddata', 'canplay', 'playing']) {
    document.addEventListener(event, ({ target }) => note(cellOf(target), event), true);
  }
  // Not sooner: JupyterLab writes a file's address after the <video> is there, which stops it.
  document.addEventListener('loadstart', ({ target }) => {
    target.muted = true;
    if (window.playAtOnce) target.play().catch(() => undefined);
  }, true);
  window.begin = (cell) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = cell;
    note(cell, 'start');
    window.jupyterapp.commands.execute('notebook:run-cell');
  };
}"""


class Run(NamedTuple):
    """Milliseconds from a film's last byte on disk to its picture, or to its playing."""

    ms: float
    steps: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="1 of each kind instead of 10")
    rounds = 1 if parser.parse_args().quick else 10
    with (
        tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as folder,
        running_server(Path(folder)) as server,
        launched() as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        cold, *panels = measure_panels(LabPage(page, server), rounds)
        words = measure_words(LabPage(page, server), rounds)
        films = measure_films(LabPage(page, server), rounds)
        chromium = browser.version
    for line in (
        case("panel, first task of the kernel", [cold], None),
        case("panel, warm", panels, PANEL_MS),
        case("one word, warm", words, None),
        case("film, first picture", [run.ms for run in films[::2]], FILM_MS, films[::2]),
        case("film, playing", [run.ms for run in films[1::2]], FILM_MS, films[1::2]),
    ):
        tell({**line, "chromium": chromium}, "jupyterlab", "ipywidgets", "anywidget", "ipykernel")


def case(
    name: str, runs: Sequence[float], target: float | None, steps: Sequence[Run] = ()
) -> dict[str, Any]:
    """One line: the median in ms, every run, whether the target is met, and where the time goes."""
    median = round(statistics.median(runs), 1)
    told: dict[str, Any] = {
        "case": name,
        "ms": median,
        "runs_ms": [round(run, 1) for run in runs],
    }
    if target is not None:
        told |= {"target_ms": target, "met": median <= target}
    if steps:
        names = steps[0].steps
        told["steps_ms"] = {
            one: round(statistics.median(run.steps[one] for run in steps), 1) for one in names
        }
    return told


def opened(lab: LabPage, name: str, first: str, cells: Sequence[str]) -> None:
    """A notebook of its own, with a fresh kernel in which the first cell has run."""
    lab.end()
    lab.open(name, [first, *cells])
    lab.page.evaluate(WATCH)
    lab.run(0)


def measure_panels(lab: LabPage, rounds: int) -> list[float]:
    """Each task's panel; the first is the kernel's first.

    At the service's own pace: the simulator draws its films in the kernel's own process, which a
    service does not, and at a hundred times its speed it would do so while the panel is made.
    """
    cells = [f"%sora a paper boat, {number}" for number in range(rounds + 1)]
    opened(lab, "panels", PACE.format(speed=1), cells)
    return [panel_of(lab, cell) for cell in range(1, len(cells) + 1)]


def measure_words(lab: LabPage, rounds: int) -> list[float]:
    """The same for an anywidget that draws one word, without its first time."""
    cells = ["OneWord()"] * (rounds + 1)
    opened(lab, "words", ONE_WORD, cells)
    return [panel_of(lab, cell) for cell in range(1, len(cells) + 1)][1:]


def panel_of(lab: LabPage, cell: int) -> float:
    lab.page.evaluate("(cell) => window.begin(cell)", cell)
    seen = marks(lab.page, cell, "panel")
    lab.wait_done(cell)
    return seen["panel"] - seen["start"]


def measure_films(lab: LabPage, rounds: int) -> list[Run]:
    """Films that are left alone and films that are played at once, in turn."""
    cells = [f"%sora a kite, {number}" for number in range(2 * rounds)]
    opened(lab, "films", PACE.format(speed=SPEED), cells)
    return [film_of(lab, cell, play=cell % 2 == 0) for cell in range(1, len(cells) + 1)]


def film_of(lab: LabPage, cell: int, *, play: bool) -> Run:
    """One film from its last byte on disk until it is seen, or plays."""
    page, films = lab.page, lab.server.root / "sora_videos"
    before = set(films.glob("*.mp4"))
    page.evaluate("(play) => { window.playAtOnce = play; }", play)
    page.evaluate("(cell) => window.begin(cell)", cell)
    last = "playing" if play else "loadeddata"
    seen = marks(page, cell, last)
    (film,) = set(films.glob("*.mp4")) - before
    saved = film.stat().st_mtime_ns / 1e6
    steps = {f"to {name}": seen[name] - saved for name in ("video", "loadedmetadata", last)}
    return Run(seen[last] - saved, steps)


def marks(page: Page, cell: int, last: str) -> dict[str, float]:
    """What was seen in a cell, once ``last`` was."""
    page.wait_for_function(
        "([cell, last]) => window.seen[cell]?.[last]", arg=[cell, last], timeout=60_000
    )
    found: dict[str, float] = page.evaluate("(cell) => window.seen[cell]", cell)
    return found


if __name__ == "__main__":
    main()
