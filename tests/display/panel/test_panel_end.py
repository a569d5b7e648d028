"""What becomes of a panel once its tasks rest: who sees what, in which order, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.core.task import State, TaskRecord
from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.kit.cell import WIDGET
from sora_nb.display.panel import panel, saved
from sora_nb.display.panel.panel import Panel
from sora_nb.handles.task import Task
from tests.support.desk import LoopDesk
from tests.support.films import FilmMaker
from tests.support.records import (
    BOAT_DONE,
    BOAT_FILM,
    PROCESSING,
    SENT,
    boat,
    failed_retryable,
    ready,
)

UNUSED = 0.0
"""Nobody uses the panel from the start."""

Told = list[tuple[str, Any]]
"""("page", a state that the page was told) and ("output", a bundle), in their order."""


class Ending:
    """One panel whose task is still on its way, and what was told since it was opened."""

    def __init__(self, host: Host, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: Told = []

        def publish(bundle: dict[str, Any], _display_id: str, *, update: bool) -> None:
            self.told.append(("output", bundle))

        async def in_this_thread(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
            return work(*args, **named)

        monkeypatch.setattr(cell, "publish", publish)
        monkeypatch.setattr(asyncio, "to_thread", in_this_thread)  # nothing is left to chance
        monkeypatch.setattr(panel, "host_here", lambda: host)
        monkeypatch.setattr(saved, "host_here", lambda: host)
        film_there = msgspec.structs.replace(BOAT_FILM, path=str(film), size=film.stat().st_size)
        self.done = msgspec.structs.replace(ready().record, film=film_there)
        self.key = self.done.key
        self.desk = LoopDesk(boat(9, *SENT, PROCESSING, BOAT_DONE))
        self.desk.notebook_folder = film.parent
        self.desk.embed = True  # the page holds the film: it plays wherever it is shown
        self.now = 0.0
        task = Task(self.desk, self.key)
        self.shown = Panel([task], self.desk, grace=600.0, clock=lambda: self.now)
        self.shown._panel.send = self._sent

    def _sent(self, content: dict[str, Any], buffers: object = None) -> None:
        for card in content.get("items", []):
            if "state" in card:
                self.told.append(("page", card["state"]))

    async def open(self) -> None:
        self.shown.open()
        await self.desk.work()
        self.told.clear()

    async def end(self, record: TaskRecord | None = None) -> None:
        """The task comes to rest; all is done that is done by itself and at once."""
        self.desk.board.put(record or self.done)
        self.shown._changed()
        await self.turn()

    async def turn(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def stop_waiting(self) -> None:
        """The time for which it waits is over, by the clock that was given."""
        self.shown._used_no_more.set()
        await self.turn()

    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.shown._rewriting is not None and self.shown._rewriting.done()

    def close(self) -> None:
        if self.shown._rewriting is not None:
            self.shown._rewriting.cancel()
        self.shown._panel.close()


@pytest.fixture
def ending(
    make_film: FilmMaker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Host], Ending]]:
    made: list[Ending] = []

    def make(host: Host) -> Ending:
        made.append(Ending(host, make_film("boat.mp4", seconds=1), monkeypatch))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def test_in_jupyter_the_player_comes_first_and_stays_above_a_page_that_is_right(
    ending: Callable[[Host], Ending],
) -> None:
    page = ending(Host.JUPYTER)
    await page.open()
    await page.end()
    (first, state), (second, standin) = page.told
    assert (first, state, second) == ("page", State.READY, "output")
    assert "<video" in standin["text/html"]
    assert "sora-nb-standin" in standin["text/html"]
    assert WIDGET not in standin
    assert not page.is_over(), "the player stays"
    assert page.shown.settled.done(), "whoever waits need not wait until nobody uses it"


async def test_in_jupyter_a_player_that_nobody_uses_becomes_the_plain_page(
    ending: Callable[[Host], Ending], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "IDLE", UNUSED)
    page = ending(Host.JUPYTER)
    await page.open()
    await page.end()
    *_, (_, emptied), (_, plain) = page.told
    assert emptied == {"text/html": "", "text/plain": ""}
    assert set(plain) == {"text/html", "image/jpeg", "text/plain"}
    assert "<video" in plain["text/html"]
    assert "standin" not in plain["text/html"]


async def test_where_the_page_takes_the_panels_place_a_film_appears_once(
    ending: Callable[[Host], Ending],
) -> None:
    page = ending(Host.VSCODE)
    await page.open()
    await page.end()
    (first, plain), (second, state) = page.told
    assert (first, second, state) == ("output", "page", State.READY)
    assert WIDGET not in plain
    assert "<video" in plain["text/html"]


async def test_where_nothing_is_rewritten_the_film_comes_into_the_panel_alone(
    ending: Callable[[Host], Ending],
) -> None:
    page = ending(Host.VOILA)
    await page.open()
    page.shown._patience = UNUSED
    await page.end()
    assert page.told == [("page", State.READY)]


@pytest.mark.parametrize("host", [Host.JUPYTER, Host.VSCODE])
async def test_the_buttons_of_a_failed_task_stay_until_nobody_uses_them(
    ending: Callable[[Host], Ending], host: Host
) -> None:
    page = ending(host)
    await page.open()
    await page.end(failed_retryable().record)
    assert page.told[0] == ("page", State.FAILED)
    assert not page.is_over()
    page.now += 599.0
    await page.shown.on_command({"kind": "used"})  # a key in its fold, a click beside its buttons
    page.now += 599.0
    await page.stop_waiting()
    assert not page.is_over()
    page.now += 1.0
    await page.stop_waiting()
    assert page.is_over()
    assert "standin" not in page.told[-1][1]["text/html"]


@pytest.mark.parametrize("host", [Host.JUPYTER, Host.VSCODE])
async def test_a_page_that_cannot_be_made_holds_no_film_back(
    ending: Callable[[Host], Ending], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_about: object, **_how: object) -> None:
        raise OSError("the disk went away")

    page = ending(host)
    await page.open()
    monkeypatch.setattr(panel, "saved_page", broken)
    await page.end()
    assert page.told == [("page", State.READY)]
    assert page.shown.settled.done()
