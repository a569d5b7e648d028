"""Makes the pictures of README and docs: `python -m docs.pictures.make`.

The README's come from a real JupyterLab page, those of single states from the tests' fixtures.

Needs what the browser tests need: `python3 dev.py setup`, and SORA_NB_CHROMIUM or Chromium on PATH.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from docs.pictures.states import take_states
from tests.browser.bare_page import made_films
from tests.browser.chromium import launched
from tests.browser.jupyter_server import running_server
from tests.browser.lab_page import LabPage

HERE = Path(__file__).parent
CELLS = ["%load_ext sora_nb", "%sora a paper boat in the rain, slow dolly in, golden hour", ""]
SPEED = "20"
COLOURS = 192
"""A film's frame as true colours would be several times as large."""


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="sora_nb_pictures_") as folder,
        running_server(Path(folder), SORA_NB_SIMULATOR_SPEED=SPEED) as server,
        launched() as browser,
    ):
        take_states(browser, made_films(Path(folder)))
        page = browser.new_page(viewport={"width": 1000, "height": 1200}, device_scale_factor=2)
        lab = LabPage(page, server)
        lab.open("boat", CELLS)
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        lab.run(0)
        lab.run(1)
        # The selected cell has a frame and a row of buttons, which are JupyterLab's own.
        lab.start(2)
        page.get_by_text("processing", exact=True).wait_for()
        page.wait_for_timeout(4000)
        take(page, "panel")
        film = page.locator(".snb-player video")
        film.wait_for(timeout=60_000)
        seek = "film => { film.currentTime = 2; film.onseeked = () => film.dataset.there = 'yes' }"
        film.evaluate("film => { film.preload = 'auto'; }")
        page.wait_for_function("film => film.readyState >= 2", arg=film.element_handle())
        film.evaluate(seek)
        page.locator(".snb-player video[data-there]").wait_for()
        page.wait_for_timeout(1000)
        take(page, "film")
        browser.close()


def take(page: Page, name: str) -> None:
    """A PNG of the first two cells, at twice the size that the README shows it."""
    boxes = [page.locator(".jp-Notebook .jp-Cell").nth(index).bounding_box() for index in (0, 1)]
    first, last = boxes
    assert first is not None
    assert last is not None
    bottom = last["y"] + last["height"]
    clip = {
        "x": first["x"],
        "y": first["y"],
        "width": first["width"],
        "height": bottom - first["y"] - 4,
    }
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip, scale="device")))  # type: ignore[arg-type]
    flat = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
    flat.save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
