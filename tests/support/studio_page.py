"""One Studio without a browser: what a page sends it, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client
from sora_nb.display.host.host import Host
from sora_nb.display.studio import form as module
from sora_nb.display.studio.fields import NAMES
from sora_nb.display.studio.form import StudioForm

NOBODY = "http://127.0.0.1:1"
"""A service that is never reached: what is asked for is written down and waits."""


class Page:
    """One Studio, and what went to the browser."""

    def __init__(self, client: Client, **fields: Any) -> None:
        self.client = client
        self.studio = StudioForm(lambda: self.client, **fields)
        self.sent: list[dict[str, Any]] = []
        self.studio.send = lambda content, buffers=None: self.sent.append(content)
        self.settle()

    def settle(self) -> None:
        """Until the private loop has done what it was handed."""
        self.client.run(asyncio.sleep(0)).result(10)

    def ask(self, kind: str, request: int = 1, /, **changes: Any) -> None:
        """A command of the page, with the fields as the kernel holds them but for ``changes``."""
        fields = {**{name: getattr(self.studio, name) for name in NAMES}, **changes}
        message = {"kind": kind, "request": request, "fields": fields}
        self.studio._handle_custom_msg(message, [])
        self.settle()

    def about(self, kind: str, **command: Any) -> None:
        self.studio._handle_custom_msg({"kind": kind, **command}, [])
        self.settle()

    @property
    def state(self) -> dict[str, Any]:
        return self.studio.whole()

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.state["answered"]["error"]
        return error

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["kind"] == kind]


Open = Callable[..., Page]


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens Studios of clients that share one journal and reach no service."""
    monkeypatch.setattr(module, "host_here", lambda: Host.JUPYTER)
    opened: list[Page] = []

    def make(settings: dict[str, Any] | None = None, **fields: Any) -> Page:
        given = {"home": tmp_path / "home", "media": tmp_path / "films", "base_url": NOBODY}
        page = Page(Client(api_key="sk-made-up", **{**given, **(settings or {})}), **fields)
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.studio.close()
        page.client.close()
