"""Tasks, the Studio and a sweep as values of cells in a real marimo notebook."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab_page import film_plays, screenshot
from tests.browser.server_process import environment, free_port, running

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import sora_nb as sora
    from sora_nb.display.host.host import host_here

    print("place", host_here().name)
    return (sora,)


@app.cell
def _(sora):
    task = sora.generate("a paper boat in marimo")
    task
    return (task,)


@app.cell
async def _(task):
    video = await task
    print("awaited", video.seconds)
    return


@app.cell
def _(sora, task):
    other = sora.generate("a kite in marimo").wait()
    print("other one", other.seconds, task.key)
    return


@app.cell
def _(sora):
    sora.sweep(["a kite in marimo"])
    return


@app.cell
def _(sora):
    sora.Studio()
    return
"""
SPEED = "60"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A marimo server with the notebook open for editing."""
    folder = tmp_path_factory.mktemp("marimo")
    (folder / "films.py").write_text(NOTEBOOK)
    (folder / "pyproject.toml").write_text("[tool.marimo.runtime]\nauto_instantiate = true\n")
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [sys.executable, "-m", "marimo", "--quiet", "edit", "films.py", "--headless"]
    command += ["--no-token", "--host=127.0.0.1", f"--port={port}", "--skip-update-check"]
    own = environment(folder, SORA_NB_SIMULATOR_SPEED=SPEED)
    log = folder / "marimo.log"
    with running(command, environ=own, cwd=folder, log=log, health=f"{url}health"):
        yield url


def said(page: Page, words: str) -> Locator:
    """What a cell printed."""
    return page.get_by_text(words)


def test_the_values_of_cells_are_live_and_awaiting_and_waiting_both_work(
    page: Page, address: str
) -> None:
    page.goto(address)
    expect(said(page, "place MARIMO")).to_be_visible(timeout=40_000)
    panel = page.locator(".sora-nb").filter(has_text="a paper boat in marimo").first
    film = panel.locator("video")
    film_plays(film, timeout=40)
    assert str(film.get_attribute("src")).startswith("blob:")
    expect(said(page, "awaited 4.0")).to_be_visible(timeout=20_000)
    expect(said(page, "other one 4.0")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("textbox", name="Prompt")).to_be_visible(timeout=20_000)
    expect(page.locator(".snb-gallery").get_by_text("a kite in marimo").first).to_be_visible()
    screenshot(page, "marimo")

    page.reload()
    panel = page.locator(".sora-nb").filter(has_text="a paper boat in marimo").first
    film_plays(panel.locator("video"), timeout=40)


def test_the_colours_are_those_of_marimos_theme_whatever_the_systems_are(
    page: Page, address: str
) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    root = page.locator(".sora-nb").filter(has_text="a paper boat in marimo").first
    expect(root.locator(".snb-card")).to_be_visible(timeout=40_000)
    expect(page.locator("body")).to_have_attribute("data-theme", "light")
    expect(root).to_have_attribute("data-scheme", "light")
    expect(root.locator(".snb-card")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(root).to_have_css("color", "rgb(31, 35, 40)")
    expect(page.get_by_role("textbox", name="Prompt")).to_be_visible(timeout=20_000)
    screenshot(page, "marimo_light_on_dark", whole=True)
    page.emulate_media(color_scheme="light")
    page.evaluate("() => document.body.classList.replace('light', 'dark')")
    expect(root).to_have_attribute("data-scheme", "dark")
    expect(root.locator(".snb-card")).to_have_css("background-color", "rgb(27, 29, 33)")
    screenshot(page, "marimo_dark_on_light", whole=True)
