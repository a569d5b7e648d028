"""The Chromium of browser tests, benchmarks and pictures. Imports no driver by itself, so that the
check with old packages, which has none, can read the tests that name it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched() -> Iterator[Browser]:
    """The browser that ``dev.py`` found or installed, else the one on PATH, while the block lasts.

    Sync Playwright keeps an event loop running in this thread meanwhile.
    """
    from playwright.sync_api import sync_playwright

    program = os.environ.get("SORA_NB_CHROMIUM") or shutil.which("chromium")
    if not program:
        raise RuntimeError("SORA_NB_CHROMIUM is not set: run the suite with `python3 dev.py test`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
