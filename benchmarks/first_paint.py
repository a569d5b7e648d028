"""How soon a person sees something: cell start -> panel, and film's last byte on disk -> it plays.

A real JupyterLab page in Chromium with a real kernel; the service is the embedded simulator. Times
are taken in the page. The film's are from its file's time of change (the same machine's clock) to
`loadeddata` where nobody touches it, and to `playing` where play() is called as soon as the <video>
has an address; tasks take turns. The first task pays the imports and the bundle: a case of its own.
An anywidget that draws one word is shown in turn with the panels: what Jupyter itself takes.
Prints one JSON line a case, with medians: one busy core makes a single run slow.

    SORA_NB_CHROMIUM=/usr/bin/chromium python -m benchmarks.first_paint [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.jupyter_server import running_server
from tests.browser.lab_page import LabPage

PANEL_MS, FILM_MS = 150.0, 300.0

ONE_WORD = """
import anywidget as _anywidget
class OneWord(_anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.innerHTML = '<p class=snb-card>here</p>' } }"
"""
SPEED = "200"

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
    """Milliseconds of one task: to the panel; to the film's picture or to its playing."""

    panel: float
    film: float
    steps: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="2 tasks of each kind instead of 10")
    rounds = 2 if parser.parse_args().quick else 10
    cold, shown, played, words = measure(rounds)
    panels = [run.panel for run in (*shown, *played)]
    for line in (
        case("panel, first task of the kernel", [cold.panel], None),
        case("panel, warm", panels, PANEL_MS),
        case("one word, warm", words, None),
        case("film, first picture", [run.film for run in shown], FILM_MS, shown),
        case("film, playing", [run.film for run in played], FILM_MS, played),
    ):
        print(json.dumps(line))


def case(
    name: str, runs: Sequence[float], target: float | None, steps: Sequence[Run] = ()
) -> dict[str, Any]:
    """One line: the median in ms, every run, whether the target is met, and where the time goes.

    ``load``: how many programs wanted a core of this machine in the last minute."""
    median = round(statistics.median(runs), 1)
    told: dict[str, Any] = {
        "case": name,
        "ms": median,
        "load": round(os.getloadavg()[0], 1),
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


def measure(rounds: int) -> tuple[Run, list[Run], list[Run], list[float]]:
    """The first task, then ``rounds`` tasks left alone, as many played at once, and one word."""
    program = os.environ.get("SORA_NB_CHROMIUM") or shutil.which("chromium")
    tasks = 2 * rounds + 1
    cells = [ONE_WORD + "%load_ext sora_nb"]
    for number in range(tasks):
        cells += [f"%sora a paper boat, {number}", "OneWord()"]
    with (
        tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as folder,
        running_server(Path(folder), SORA_NB_SIMULATOR_SPEED=SPEED) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        lab = LabPage(page, server)
        lab.open("paint", cells)
        page.evaluate(WATCH)
        lab.run(0)
        runs, words = [], []
        for number in range(tasks):
            runs.append(one_run(lab, 2 * number + 1, play=number % 2 == 1))
            page.evaluate("(cell) => window.begin(cell)", 2 * number + 2)
            seen = marks(page, 2 * number + 2, "panel")
            words.append(seen["panel"] - seen["start"])
        browser.close()
    return runs[0], runs[2::2], runs[1::2], words[1:]


def one_run(lab: LabPage, cell: int, *, play: bool) -> Run:
    """One task from the start of its cell until its film is seen, or plays."""
    page, films = lab.page, lab.server.root / "sora_videos"
    before = set(films.glob("*.mp4"))
    page.evaluate("(play) => { window.playAtOnce = play; }", play)
    page.evaluate("(cell) => window.begin(cell)", cell)
    last = "playing" if play else "loadeddata"
    seen = marks(page, cell, last)
    (film,) = set(films.glob("*.mp4")) - before
    saved = film.stat().st_mtime_ns / 1e6
    names = ("video", "loadedmetadata", last)
    steps = {f"to {name}": seen[name] - saved for name in names}
    return Run(seen["panel"] - seen["start"], seen[last] - saved, steps)


def marks(page: Page, cell: int, last: str) -> dict[str, float]:
    """What was seen in a cell, once ``last`` was."""
    page.wait_for_function(
        "([cell, last]) => window.seen[cell]?.[last]", arg=[cell, last], timeout=60_000
    )
    found: dict[str, float] = page.evaluate("(cell) => window.seen[cell]", cell)
    return found


if __name__ == "__main__":
    main()
