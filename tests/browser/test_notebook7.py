"""One prompt in a real Notebook 7, and what is left of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter_server import Server
from tests.browser.lab_page import FILM, LabPage, film_plays, page_of, screenshot

LOAD = "%load_ext sora_nb"
PLACE = "from sora_nb.display.host.host import host_here\nprint(host_here().name)"


class NotebookPage(LabPage):
    app = "notebook"


@pytest.fixture
def notebook(page: Page, server: Server, request: pytest.FixtureRequest) -> Iterator[NotebookPage]:
    """A notebook in a folder of its own with a kernel of its own, which ends with the test."""
    folder = re.sub(r"[^a-z0-9]+", "-", request.node.name) + "/"
    notebook = NotebookPage(page, server, folder=folder)
    yield notebook
    notebook.end()


def test_a_prompt_runs_its_panel_moves_and_its_film_plays_again_after_a_reload(
    notebook: NotebookPage,
) -> None:
    notebook.open("boat", [f"{LOAD}\n{PLACE}", "%sora a paper boat in Notebook 7", "%sora doctor"])
    notebook.run(0)
    assert "JUPYTER" in notebook.output_text(0)
    notebook.run(1)
    panel = notebook.output(1)
    expect(panel.get_by_text("processing", exact=True)).to_be_visible(timeout=10_000)
    film_plays(panel.locator(FILM))
    expect(panel.get_by_role("button", name="One frame on")).to_be_visible()
    expect(page_of(panel)).to_be_hidden()
    screenshot(notebook.page, "notebook7")

    notebook.run(2)
    doctor = notebook.output(2)
    expect(doctor.get_by_text("this page plays H.264")).to_be_visible(timeout=10_000)
    expect(doctor.get_by_text("files/ gives out films")).to_be_visible()
    screenshot(notebook.page, "doctor")

    notebook.save()
    notebook.load()
    film_plays(panel.locator(FILM))
    expect(notebook.output(2).get_by_text("this page plays H.264")).to_be_visible()
    notebook.shut_down_kernel()
    notebook.load()
    expect(page_of(panel)).to_be_visible()
    film_plays(panel.locator(FILM))
