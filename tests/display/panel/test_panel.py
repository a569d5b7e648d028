"""What an output gives a page that asks: the frame somebody chose, and a player that stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from sora_nb.core.errors import InvalidRequest
from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.kit.cell import WIDGET
from sora_nb.display.panel import panel, saved
from sora_nb.display.panel.panel import Panel
from sora_nb.handles.task import Task
from sora_nb.storage.films import decode as films
from tests.support.desk import LoopDesk
from tests.support.films import FilmMaker
from tests.support.records import BOAT_FILM, SENT, boat, ready

Bundles = list[tuple[dict[str, Any], bool]]


class Page:
    """One output with one film of two seconds, and what went to the browser."""

    def __init__(self, path: Path, **changes: Any) -> None:
        film = msgspec.structs.replace(
            BOAT_FILM, path=str(path), size=path.stat().st_size, seconds=2.0
        )
        record = msgspec.structs.replace(ready().record, film=film, **changes)
        self.desk = LoopDesk(record)
        self.desk.notebook_folder = path.parent
        self.task = Task(self.desk, record.key)
        self.output = Panel([self.task], self.desk, grace=0.0, player=True)
        self.sent: list[dict[str, Any]] = []
        self.output._panel.send = lambda content, buffers=None: self.sent.append(content)

    async def ask(self, **command: Any) -> list[dict[str, Any]]:
        """The answers to a command of the browser."""
        self.sent.clear()
        await self.output.on_command({"key": self.task.key, **command})
        return list(self.sent)


@pytest.fixture
def path(make_film: FilmMaker) -> Path:
    return make_film("boat.mp4", seconds=2)


@pytest.fixture
def page(path: Path) -> Iterator[Page]:
    page = Page(path)
    yield page
    page.output._panel.close()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Bundles:
    found: Bundles = []

    def publish(bundle: dict[str, Any], _display_id: str, *, update: bool) -> None:
        found.append((bundle, update))

    monkeypatch.setattr(cell, "publish", publish)
    return found


async def test_a_chosen_frame_is_written_beside_the_film_and_told_to_the_page(page: Page) -> None:
    (answer,) = await page.ask(kind="frame", seconds=1.2)
    assert answer == {
        "kind": "frame", "key": "k7f3qa", "seconds": 1.2, "path": "boat_0001200ms.png",
    }  # fmt: skip
    assert (page.desk.notebook_folder / answer["path"]).is_file()


async def test_the_frame_chosen_last_is_what_python_gets(page: Page, path: Path) -> None:
    await page.ask(kind="frame", seconds=0.3)
    await page.ask(kind="frame", seconds=1.2)
    chosen = page.task.video().frame()
    assert np.array_equal(chosen, films.frame(path, 1.2))
    assert not np.array_equal(chosen, page.task.video().frame(0.3))
    with Image.open(path.with_name("boat_0001200ms.png")) as picture:
        assert np.array_equal(np.asarray(picture), chosen)


@pytest.mark.parametrize("seconds", [1e9, 3600, 2.5])
async def test_a_moment_behind_the_end_is_the_end(page: Page, seconds: float) -> None:
    (answer,) = await page.ask(kind="frame", seconds=seconds)
    assert (answer["seconds"], answer["path"]) == (2.0, "boat_0002000ms.png")


@pytest.mark.parametrize(
    "seconds", [None, "1", True, [], {}, float("nan"), float("inf"), 10**400], ids=repr
)
async def test_what_is_no_moment_chooses_no_frame(page: Page, path: Path, seconds: object) -> None:
    assert await page.ask(kind="frame", seconds=seconds) == []
    assert page.desk.chosen_frames == {}
    assert list(path.parent.glob("*.png")) == []


async def test_a_film_that_is_gone_is_said_and_nothing_is_chosen(page: Page, path: Path) -> None:
    await asyncio.to_thread(path.unlink)
    (answer,) = await page.ask(kind="frame", seconds=1)
    assert "no longer at" in answer["error"]
    assert page.desk.chosen_frames == {}


def test_no_frame_before_one_was_chosen(page: Page) -> None:
    with pytest.raises(InvalidRequest, match="no frame of its film was chosen") as caught:
        page.task.video().frame()
    assert "Use this frame" in caught.value.advice


def test_a_frame_at_no_time_is_an_invalid_request(page: Page) -> None:
    with pytest.raises(InvalidRequest, match="task k7f3qa: seconds must be a number from 0"):
        page.task.video().frame(-1)


async def test_a_kept_player_is_published_once_with_the_saved_page_in_the_same_bundle(
    page: Page, published: Bundles
) -> None:
    page.output.open()
    await page.desk.work()
    ((bundle, update),) = published
    assert not update
    assert set(bundle) == {WIDGET, "text/html", "image/jpeg", "text/plain"}
    assert bundle[WIDGET]["model_id"] == page.output._panel.model_id
    page_now = saved.saved_page([page.task], page.desk, None, attended=True)
    assert bundle["text/html"] == page_now.bundle["text/html"]
    assert 'poster="data:image/jpeg' in bundle["text/html"]
    assert page.output.settled.done()


async def test_a_kept_player_of_a_task_on_its_way_is_an_ordinary_panel(published: Bundles) -> None:
    desk = LoopDesk(boat(9, *SENT))
    shown = Panel([Task(desk, "k7f3qa")], desk, grace=0.0, player=True)
    shown.open()
    await desk.work()
    ((bundle, _update),) = published
    assert "%sora resume" in bundle["text/html"]
    assert not shown.settled.done()
    shown._panel.close()


async def test_without_player_a_ready_film_becomes_the_plain_page_alone(
    page: Page, published: Bundles
) -> None:
    page.desk.embed = True
    shown = Panel([page.task], page.desk, grace=0.0)
    shown.open()
    await page.desk.work()
    await asyncio.wrap_future(shown.settled)
    (first, _), (last, update) = published
    assert WIDGET in first
    assert update
    assert set(last) == {"text/html", "image/jpeg", "text/plain"}
    shown._panel.close()


@pytest.mark.parametrize(("host", "silent"), [(Host.VSCODE, True), (Host.JUPYTER, False)])
def test_a_host_that_plays_no_sound_is_told_to_the_player(
    path: Path, monkeypatch: pytest.MonkeyPatch, host: Host, silent: bool
) -> None:
    monkeypatch.setattr(panel, "host_here", lambda: host)
    shown = Page(path).output
    (card,) = shown._panel.whole()["cards"]
    assert card["film"]["silent"] is silent
    shown._panel.close()
