from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.chromium import launched
from tests.browser.jupyter_server import Server, running_server
from tests.browser.lab_page import LabPage

SPEED = "60"
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("jupyter")
    with running_server(folder, SORA_NB_SIMULATOR_SPEED=SPEED) as server:
        yield server


# Playwright keeps an event loop running in this thread: it ends before the next folder's tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEWPORT)
    page = context.new_page()
    yield page
    context.close()


# One page for all: JupyterLab's own code is loaded once and then comes from the page's cache.
@pytest.fixture(scope="package")
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEWPORT)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def lab(tab: Page, server: Server, request: pytest.FixtureRequest) -> Iterator[LabPage]:
    """A notebook in a folder of its own with a kernel of its own, which ends with the test."""
    tab.set_viewport_size(VIEWPORT)
    lab = LabPage(tab, server, folder=re.sub(r"[^a-z0-9]+", "-", request.node.name) + "/")
    yield lab
    lab.end()
