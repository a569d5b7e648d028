"""One gallery in one cell: what a page asks of it, and when it becomes plain HTML."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import BudgetExceeded, SoraError
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import State
from sora_nb.display import cell_output, gallery_output
from sora_nb.display.collection import Tasks
from sora_nb.display.gallery_output import IDLE, GalleryOutput, show_gallery
from sora_nb.display.gallery_source import Source, TaskSource
from sora_nb.display.host import Host
from sora_nb.display.saved_page import WIDGET
from sora_nb.display.sweep import Sweep
from tests.storage.conftest import FilmMaker

from . import gallery_records as records
from .records import NOW, reported

Bundles = list[tuple[dict[str, Any], bool]]


class Shown:
    """One gallery, what went to the browser, and a clock of its own."""

    def __init__(self, source: Source, **how: Any) -> None:
        self.now = 0.0
        self.source = source
        desk = source.owner
        assert isinstance(desk, records.SweepDesk)
        self.desk = desk
        host = how.pop("host", Host.JUPYTER)
        self.output = GalleryOutput(source, host, clock=lambda: self.now, **how)
        self.sent: list[dict[str, Any]] = []
        self.output.widget.send = self._hear

    def _hear(self, content: dict[str, Any], buffers: Any = None) -> None:
        del buffers
        self.sent.append(content)

    async def ask(self, kind: str, **command: Any) -> list[dict[str, Any]]:
        """What the page hears after it has asked for something."""
        self.sent.clear()
        await self.output.obey({"kind": kind, **command})
        return list(self.sent)

    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.output.widget.whole()["rows"]
        return rows


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Bundles:
    found: Bundles = []

    def publish(bundle: dict[str, Any], _display_id: str, *, update: bool) -> None:
        if bundle != cell_output._NOTHING:
            found.append((bundle, update))

    monkeypatch.setattr(cell_output, "publish", publish)
    monkeypatch.setattr(gallery_output, "publish", publish)
    return found


@pytest.fixture
def open_galleries() -> Iterator[list[Shown]]:
    opened: list[Shown] = []
    yield opened
    for shown in opened:
        shown.output.widget.close()


def opened(open_galleries: list[Shown], states: Sequence[State], **how: Any) -> Shown:
    sweep = records.sweep_of(states, paused=how.pop("paused", False))
    shown = Shown(sweep, **how)
    open_galleries.append(shown)
    return shown


async def test_a_card_comes_when_it_is_looked_at_and_after_each_change_of_its_task(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.PROCESSING, State.PROCESSING])
    (answer,) = await shown.ask("card", key="s001")
    assert (answer["kind"], answer["card"]["key"]) == ("card", "s001")
    shown.output._listen()
    for key in ("s000", "s001"):
        shown.desk.board.put(advance(shown.desk.board[key], move.Stopped(), NOW))
    shown.sent.clear()
    shown.desk.board._tell()
    cards = [message["card"] for message in shown.sent if message["kind"] == "card"]
    assert [(card["key"], card["state"]) for card in cards] == [("s001", "stopped")]


async def test_a_change_of_one_task_is_one_small_message(open_galleries: list[Shown]) -> None:
    shown = opened(open_galleries, [State.PROCESSING] * 500)
    shown.output._listen()
    shown.desk.board.put(advance(shown.desk.board["s250"], move.Stopped(), NOW))
    shown.desk.board._tell()
    (patch,) = shown.sent
    assert [item["n"] for item in patch["items"]] == [250]


async def test_what_changed_before_it_listens_is_told(
    open_galleries: list[Shown], published: Bundles
) -> None:
    shown = opened(open_galleries, [State.PROCESSING] * 3)
    shown.output.open()
    assert published
    shown.desk.board.put(advance(shown.desk.board["s001"], move.Stopped(), NOW))
    following = asyncio.create_task(shown.desk.waiting.pop())
    await asyncio.sleep(0)
    following.cancel()
    assert [row["state"] for row in shown.rows()][:2] == ["processing", "stopped"]


async def test_a_pick_reaches_python_and_comes_back(open_galleries: list[Shown]) -> None:
    shown = opened(open_galleries, [State.READY, State.READY])
    (patch,) = await shown.ask("pick", key="s001", picked=True)
    assert patch["items"] == [{"n": 1, "picked": True}]
    assert isinstance(shown.source, Sweep)
    assert [task.key for task in shown.source.picked] == ["s001"]
    await shown.ask("pick", key="s001", picked=False)
    assert list(shown.source.picked) == []


@pytest.mark.parametrize("key", [None, 5, ["s000"], "zzz", "../s000"])
async def test_what_is_not_shown_cannot_be_asked_for(
    open_galleries: list[Shown], key: object
) -> None:
    shown = opened(open_galleries, [State.READY])
    for kind in ("card", "pick", "poster", "film", "frame", "stop", "retry", "playing"):
        assert await shown.ask(kind, key=key, picked=True) == []


async def test_pausing_and_going_on_reach_the_sweep_and_the_buttons(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.QUEUED, State.FAILED])
    (patch,) = await shown.ask("sweep", act="pause")
    assert patch["set"]["actions"] == ["continue", "stop", "retry_failed"]
    assert patch["set"]["paused"]
    (patch,) = await shown.ask("sweep", act="continue")
    assert not patch["set"]["paused"]


async def test_failed_ones_are_asked_for_again_in_their_rows(open_galleries: list[Shown]) -> None:
    shown = opened(open_galleries, [State.FAILED, State.READY])
    await shown.ask("sweep", act="retry_failed")
    assert [row["key"] for row in shown.rows()] == ["r2", "s001", None]
    shown.desk.board.put(advance(shown.desk.board["r2"], move.Sending(), NOW))
    shown.sent.clear()
    shown.desk.board._tell()
    assert shown.sent[0]["items"][0]["n"] == 0, "the new task is not listened to"


async def test_what_python_starts_is_seen_at_the_next_look(open_galleries: list[Shown]) -> None:
    sweep = records.planned()
    shown = Shown(sweep)
    open_galleries.append(shown)
    head = shown.output.widget.whole()
    assert (head["actions"], head["note"]) == (["start"], str(records.OUTLOOK))
    sweep.start()
    await shown.output.look()
    assert shown.output.widget.whole()["note"] is None
    assert {row["state"] for row in shown.rows()} == {"queued", "invalid"}


async def test_a_budget_that_does_not_allow_it_is_said_above_the_rows(
    open_galleries: list[Shown],
) -> None:
    shown = Shown(records.planned())
    open_galleries.append(shown)
    shown.desk.refusal = BudgetExceeded("the budget does not allow it.", advice="Raise it.")
    (patch,) = await shown.ask("sweep", act="start")
    assert patch["set"]["note"] == "the budget does not allow it. Raise it."
    shown.desk.refusal = None
    await shown.ask("sweep", act="start")
    assert shown.output.widget.whole()["note"] is None


async def test_a_collection_of_tasks_has_no_buttons_of_a_sweep(open_galleries: list[Shown]) -> None:
    source = records.tasks()
    shown = Shown(source, comparing=True)
    open_galleries.append(shown)
    head = shown.output.widget.whole()
    assert (head["actions"], head["comparing"], head["began"]) == ([], True, None)
    assert await shown.ask("sweep", act="stop") == []


async def test_it_becomes_plain_html_once_nothing_moves_and_nobody_used_it_for_a_while(
    open_galleries: list[Shown], published: Bundles, make_film: FilmMaker
) -> None:
    shown = opened(open_galleries, [State.READY])
    path = make_film("boat.mp4", seconds=1)
    _move_film(shown, path)
    shown.output.open()
    assert WIDGET in published[0][0]
    assert not await shown.output.look()
    shown.now = IDLE - 1
    await shown.ask("used")
    shown.now = IDLE + 1
    assert not await shown.output.look()
    await shown.ask("playing", key="s000", seconds=60)
    shown.now += 60 + IDLE - 1
    assert not await shown.output.look()
    published.clear()
    shown.now += 2
    assert await shown.output.look()
    ((bundle, update),) = published
    assert update
    assert WIDGET not in bundle
    assert '<video controls playsinline preload="none" src="boat.mp4"' in bundle["text/html"]
    _close_waiting(shown)


def _move_film(shown: Shown, path: Path) -> None:
    """The film of row 0 lies beside the notebook, in the server's root."""
    record = shown.desk.board["s000"]
    film = record.film
    assert film is not None
    film = msgspec.structs.replace(film, path=str(path))
    shown.desk.board.put(msgspec.structs.replace(record, film=film))
    shown.desk.notebook_folder = path.parent
    shown.output._root = path.parent


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
    for now in (0.0, 10 * IDLE, 20 * IDLE):
        shown.now = now
        assert not await shown.output.look()
    assert [WIDGET in bundle for bundle, _ in published] == told
    for bundle, _update in published:
        assert "2026-11-22_boat_0.mp4" in bundle["text/html"]


async def test_while_somebody_uses_it_the_page_stands_ready_and_the_widget_is_left_alone(
    open_galleries: list[Shown], published: Bundles
) -> None:
    shown = opened(open_galleries, [State.PROCESSING])
    await shown.output.look()
    assert published == []
    done = reported("success", urls=("https://cdn.example.com/x.mp4",))
    shown.desk.board.put(advance(shown.desk.board["s000"], done, NOW))
    request = shown.desk.board["s000"].request
    saved = move.Saved(film=records.film(0, request))
    shown.desk.board.put(advance(shown.desk.board["s000"], saved, NOW))
    shown.output._changed(frozenset({"s000"}))
    await shown.output.look()
    await shown.output.look()
    ((bundle, update),) = published
    assert update
    assert "sora-nb-standin" in bundle["text/html"]


async def test_nothing_is_saved_while_something_moves(
    open_galleries: list[Shown], published: Bundles
) -> None:
    shown = opened(open_galleries, [State.READY, State.SAVING])
    shown.now = 10 * IDLE
    assert not await shown.output.look()
    assert published == []


def test_an_executed_notebook_has_the_page_and_no_widget(
    published: Bundles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_output, "host_here", lambda: Host.EXECUTED)
    show_gallery(records.sweep_of([State.READY, State.FAILED]))
    ((bundle, update),) = published
    assert not update
    assert set(bundle) == {"text/html", "text/plain"}


def test_a_terminal_gets_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_output, "host_here", lambda: Host.TERMINAL)
    show_gallery(records.sweep_of([State.READY, State.FAILED]))
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


async def test_one_film_is_asked_for_again_and_its_new_card_follows(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.FAILED, State.READY])

    async def retried(key: str) -> Any:
        new = records.record(77, State.QUEUED, shown.desk.board[key].request)
        shown.desk.board.put(new)
        return type(shown.source.rows[0].task)(shown.desk, new.key)  # type: ignore[misc]

    shown.desk.retried = retried  # type: ignore[method-assign]
    told = await shown.ask("retry", key="s000")
    assert [row["key"] for row in shown.rows()] == ["s077", "s001", None]
    assert told[-1]["card"]["key"] == "s077"
    assert await shown.ask("retry", key="s001") == []


async def test_a_poster_is_asked_for_by_its_key(
    open_galleries: list[Shown], make_film: FilmMaker
) -> None:
    shown = opened(open_galleries, [State.READY])
    _move_film(shown, await asyncio.to_thread(make_film, "boat.mp4", seconds=1))
    (answer,) = await shown.ask("poster", key="s000")
    assert answer == {"kind": "poster", "key": "s000", "type": "image/jpeg"}
