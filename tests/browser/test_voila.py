"""One prompt in a Voila page: widgets are live there, and no output is ever rewritten."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.jupyter_server import Server
from tests.browser.lab_page import film_plays, notebook, screenshot

CELLS = [
    "%load_ext sora_nb",
    "from sora_nb.display.host.host import host_here\nprint(host_here().name)",
    "%sora a paper boat in Voila",
    "%sora a refused film [fail:GENERATION_FAILED]",
]


@pytest.fixture
def voila(page: Page, server: Server) -> Iterator[Page]:
    """A notebook as Voila shows it to whoever opens its address."""
    (server.root / "app.ipynb").write_text(json.dumps(notebook(CELLS, "ipykernel-7.4")))
    page.goto(server.page("app.ipynb", app="voila"), timeout=60_000)
    yield page
    headers = {"Authorization": f"token {server.token}"}
    kernels = f"{server.url}api/kernels"
    for kernel in page.request.get(kernels, headers=headers).json():
        page.request.delete(f"{kernels}/{kernel['id']}", headers=headers)


def test_a_prompt_does_not_hold_the_page_up_and_its_film_comes_into_the_panel(voila: Page) -> None:
    expect(voila.get_by_text("VOILA", exact=True)).to_be_visible(timeout=30_000)
    first, second = voila.locator(".sora-nb").nth(0), voila.locator(".sora-nb").nth(1)
    expect(first.get_by_text("a paper boat in Voila", exact=True)).to_be_visible(timeout=10_000)
    film = first.locator("video")
    film_plays(film)
    assert "/files/" in str(film.get_attribute("src"))
    screenshot(voila, "voila")
    again = second.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=20_000)
    again.click()
    expect(again).not_to_be_visible()
    expect(second.get_by_role("button", name="Try again")).to_be_visible(timeout=20_000)


def test_whoever_opens_the_page_again_gets_the_film_that_was_paid_for(voila: Page) -> None:
    film_plays(voila.locator(".sora-nb").first.locator("video"), timeout=40)
    voila.reload(timeout=60_000)
    first = voila.locator(".sora-nb").first
    expect(first.get_by_text("reused")).to_be_visible(timeout=30_000)
    film_plays(first.locator("video"))
