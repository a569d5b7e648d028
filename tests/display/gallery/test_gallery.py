"""One gallery in one cell: when it becomes plain HTML, and where there is no page."""

from __future__ import annotations

from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import ServiceError, SoraError
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import State
from sora_nb.display import presenter
from sora_nb.display.host.host import Host
from sora_nb.display.kit.cell import IDLE, WIDGET
from sora_nb.display.rows.source import TaskSource
from sora_nb.handles.tasks import Tasks
from tests.support import gallery_records as records
from tests.support.films import FilmMaker
from tests.support.gallery_stage import (
    Bundles,
    Shown,
    move_film,
    open_galleries,
    opened,
    published,
)
from tests.support.records import NOW, reported

__all__ = ["open_galleries", "published"]


async def test_it_becomes_plain_html_once_nothing_moves_and_nobody_used_it_for_a_while(
    open_galleries: list[Shown], published: Bundles, make_film: FilmMaker
) -> None:
    shown = opened(open_galleries, [State.READY])
    path = make_film("boat.mp4", seconds=1)
    move_film(shown, path)
    shown.output.open()
    assert WIDGET in published[0][0]
    assert not await shown.output.poll()
    shown.now = IDLE - 1
    await shown.ask("used")
    shown.now = IDLE + 1
    assert not await shown.output.poll()
    await shown.ask("playing", key="s000", seconds=60)
    shown.now += 60 + IDLE - 1
    assert not await shown.output.poll()
    published.clear()
    shown.now += 2
    assert await shown.output.poll()
    ((bundle, update),) = published
    assert update
    assert WIDGET not in bundle
    assert '<video controls playsinline preload="none" src="boat.mp4"' in bundle["text/html"]
    _close_waiting(shown)


def _close_waiting(shown: Shown) -> None:
    for work in shown.desk.waiting:
        work.close()


@pytest.mark.parametrize(
    ("host", "told"), [(Host.JUPYTER, [False]), (Host.VSCODE, [True]), (Host.VOILA, [])]
)
async def test_a_gallery_that_stays_live_has_its_page_beside_it(
    open_galleries: list[Shown], published: Bundles, host: Host, told: list[bool]
) -> None:
    """Drawn anew (with the widget in the bundle) only where there is no other way."""
    shown = opened(open_galleries, [State.READY], live=True, host=host)
    for now, left in ((0.0, False), (10 * IDLE, True), (20 * IDLE, True)):
        shown.now = now
        assert await shown.output.poll() is left
    assert [WIDGET in bundle for bundle, _ in published] == told
    for bundle, _update in published:
        assert "2026-11-22_boat_0.mp4" in bundle["text/html"]


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("host", [Host.JUPYTER, Host.VSCODE, Host.VOILA])
async def test_one_that_nobody_uses_is_followed_again_at_the_next_click_or_change(
    open_galleries: list[Shown], published: Bundles, host: Host, live: bool
) -> None:
    shown = opened(open_galleries, [State.STOPPED], live=live, host=host)
    shown.output.open()
    shown.now = IDLE + 1
    for happens in ("opened", "used", "moved"):
        if happens == "used":
            await shown.ask("used")
        elif happens == "moved":
            _move(shown)
        (following,) = shown.desk.waiting
        shown.desk.waiting.clear()
        shown.now += IDLE + 1
        await following
        assert shown.desk.waiting == [], "nothing goes on by itself"


def _move(shown: Shown) -> None:
    for event in (move.Watched(), move.Stopped()):
        shown.desk.board.put(advance(shown.desk.board["s000"], event, NOW))
    shown.desk.board._tell()


async def test_while_somebody_uses_it_the_page_stands_ready_and_the_widget_is_left_alone(
    open_galleries: list[Shown], published: Bundles
) -> None:
    shown = opened(open_galleries, [State.PROCESSING])
    await shown.output.poll()
    assert published == []
    done = reported("success", urls=("https://cdn.example.com/x.mp4",))
    shown.desk.board.put(advance(shown.desk.board["s000"], done, NOW))
    request = shown.desk.board["s000"].request
    saved = move.Saved(film=records.film(0, request))
    shown.desk.board.put(advance(shown.desk.board["s000"], saved, NOW))
    shown.output._changed(frozenset({"s000"}))
    await shown.output.poll()
    await shown.output.poll()
    ((bundle, update),) = published
    assert update
    assert "sora-nb-standin" in bundle["text/html"]


async def test_nothing_is_saved_while_something_moves(
    open_galleries: list[Shown], published: Bundles
) -> None:
    shown = opened(open_galleries, [State.READY, State.SAVING])
    shown.now = 10 * IDLE
    assert not await shown.output.poll()
    assert published == []


def test_an_executed_notebook_has_the_page_and_no_widget(
    published: Bundles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter, "host_here", lambda: Host.EXECUTED)
    presenter.show_sweep(records.sweep_of([State.READY, State.FAILED]))
    ((bundle, update),) = published
    assert not update
    assert set(bundle) == {"text/html", "text/plain"}


def test_an_executed_notebook_does_not_wait_for_what_an_outage_holds_back(
    published: Bundles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter, "host_here", lambda: Host.EXECUTED)
    sweep = records.sweep_of([State.READY, State.QUEUED], paused=True)
    batch: Any = sweep._batch
    batch.outage = ServiceError("no <answers>.", advice="Go on or stop.")
    sweep.client.board.hold_up(["s001"], lambda: batch.outage)
    presenter.show_sweep(sweep)
    ((bundle, _update),) = published
    assert "no &lt;answers&gt;. Go on or stop." in bundle["text/html"]


def test_a_terminal_gets_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presenter, "host_here", lambda: Host.TERMINAL)
    presenter.show_sweep(records.sweep_of([State.READY, State.FAILED]))
    assert "1 ready, 1 failed, 1 invalid" in capsys.readouterr().out


def test_a_collection_keeps_its_picks_and_compares_two_to_nine() -> None:
    source = records.tasks(3)
    assert isinstance(source, TaskSource)
    tasks = source._tasks
    source.pick("s001")
    assert [task.key for task in tasks.picked] == ["s001"]
    with pytest.raises(SoraError, match="not among these"):
        tasks.pick("zzz")
    with pytest.raises(SoraError, match="two to nine"):
        tasks[:1].compare()
    Tasks([]).gallery()
