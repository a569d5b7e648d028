"""Where the Studio shows itself, and what stands for it where it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import sora_nb
from sora_nb.client.client import Client
from sora_nb.core.task import State
from sora_nb.display.host import host as host_module
from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.kit.cell import WIDGET
from sora_nb.display.studio import form as module
from sora_nb.display.studio.form import StudioForm
from tests.support.records import BOAT_FILM
from tests.support.studio_page import Open

Published = list[dict[str, Any]]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    found: Published = []
    for place in (module, cell):
        monkeypatch.setattr(place, "publish", lambda bundle, _id, update: found.append(bundle))
    shell = SimpleNamespace(execution_count=1)
    monkeypatch.setattr(host_module, "shell_here", lambda: shell)
    return found


def test_a_cell_shows_it_once_and_says_how_to_open_it_again(
    open_page: Open, published: Published
) -> None:
    studio = open_page().studio
    studio.show_here()
    studio._ipython_display_()
    view, page = published
    assert view[WIDGET]["model_id"] == studio.model_id
    assert WIDGET not in page
    assert "run its cell again" in page["text/html"]
    assert "%sora tasks" in page["text/plain"]


async def _until(so: Callable[[], bool]) -> None:
    while not so():  # noqa: ASYNC110 - a list of what was published tells nobody
        await asyncio.sleep(0.01)


def test_the_notebook_keeps_the_films_that_were_asked_for_once_they_rest(
    open_page: Open, published: Published
) -> None:
    page = open_page()
    page.studio.show_here()
    page.settle()
    published.clear()
    page.ask("generate", 1, prompt="a boat <b>")
    assert published == [], "it is on its way"
    (task,) = page.studio.tasks
    task.stop()
    page.client.run(_until(lambda: bool(published))).result(10)
    (kept,) = published
    assert "a boat &lt;b&gt;" in kept["text/html"]
    assert "stopped" in kept["text/html"]
    assert "run its cell again" in kept["text/html"]
    assert WIDGET not in kept


@pytest.mark.parametrize("host", [Host.EXECUTED, Host.TERMINAL, Host.SCRIPT])
def test_where_nobody_looks_on_there_are_words_and_no_widget(
    host: Host, published: Published, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "host_here", lambda: host)
    client = Client(home=tmp_path, media=tmp_path)
    studio = StudioForm(lambda: client, prompt="a boat")
    studio.prompt = "another boat"
    studio.show_here()
    assert studio.comm is None
    assert WIDGET not in published[0]
    assert "sora_nb.generate" in published[0]["text/plain"]
    assert client._lifetime.runtime is None, "nothing was started for a form that nobody sees"
    studio.close()


def test_the_public_studio_follows_the_default_client(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [object()]
    client = SimpleNamespace(tasks=lambda: tasks, service="s", settings=SimpleNamespace(media="m"))
    monkeypatch.setattr("sora_nb.client.studio.default_client", lambda: client)
    studio = sora_nb.Studio(prompt="a boat")
    tasks.clear()
    assert isinstance(studio, StudioForm)
    assert studio.last is None
    studio.close()


@pytest.mark.parametrize(("host", "silent"), [(Host.VSCODE, True), (Host.JUPYTER, False)])
def test_a_card_in_a_host_without_sound_says_so(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, host: Host, silent: bool
) -> None:
    monkeypatch.setattr(module, "host_here", lambda: host)
    page = open_page(prompt="a boat")
    page.ask("generate")
    task = page.studio.last
    assert task is not None
    made = msgspec.structs.replace(task.record, state=State.READY, film=BOAT_FILM)

    async def look() -> None:
        task.client.board.put(made)
        await page.studio._desk._on_command(page.client, {"kind": "card", "key": task.key})

    page.client.run(look()).result(10)
    assert page.told("card")[-1]["card"]["film"]["silent"] is silent
