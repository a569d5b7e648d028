"""What a page asks of a gallery, and what it hears."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import BudgetExceeded, ServiceError, SoraError
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import State, Submission
from sora_nb.display.host.host import Host
from sora_nb.handles.sweep import Sweep
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
from tests.support.records import NOW

__all__ = ["open_galleries", "published"]


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


async def test_a_card_in_a_host_without_sound_says_so(open_galleries: list[Shown]) -> None:
    for host, silent in ((Host.VSCODE, True), (Host.JUPYTER, False)):
        (answer,) = await opened(open_galleries, [State.READY], host=host).ask("card", key="s000")
        assert answer["card"]["film"]["silent"] is silent


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
    for kind in ("card", "pick", "poster", "film", "frame", "prompt", "stop", "retry", "playing"):
        assert await shown.ask(kind, key=key, picked=True) == []


async def test_pausing_and_going_on_reach_the_sweep_and_the_buttons(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.FAILED, State.QUEUED])
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


async def test_what_was_refused_is_not_offered_again(open_galleries: list[Shown]) -> None:
    shown = opened(open_galleries, [State.FAILED, State.FAILED, State.READY])
    await shown.ask("sweep", act="retry_failed")
    assert [row["key"] for row in shown.rows()] == ["r3", "s001", "s002", None]
    only = opened(open_galleries, [State.READY, State.FAILED])
    assert only.output.widget.whole()["actions"] == []


async def test_an_open_card_is_sent_again_only_when_it_looks_different(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.PROCESSING])

    def cards() -> list[str]:
        return [sent["card"]["state"] for sent in shown.sent if sent["kind"] == "card"]

    await shown.ask("card", key="s000")
    shown.output._changed(frozenset(["s000"]))
    assert cards() == ["processing"]
    await shown.ask("card", key="s000")
    assert cards() == ["processing"], "a page that asks anew has nothing yet"
    request = shown.desk.board["s000"].request
    shown.desk.board.put(records.record(0, State.SAVING, request))
    shown.output._changed(frozenset(["s000"]))
    assert cards() == ["processing", "saving"]


async def test_what_python_starts_is_seen_at_the_next_look(open_galleries: list[Shown]) -> None:
    sweep = records.planned()
    shown = Shown(sweep)
    open_galleries.append(shown)
    head = shown.output.widget.whole()
    assert (head["actions"], head["note"]) == (["start"], str(records.OUTLOOK))
    sweep.start()
    await shown.output.poll()
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


async def test_an_outage_and_what_a_retry_leaves_out_are_said_above_the_rows(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.FAILED, State.FAILED, State.QUEUED], paused=True)
    assert isinstance(shown.source, Sweep)
    batch: Any = shown.source._batch
    batch.outage = ServiceError("no answers.", advice="Go on or stop.")
    await shown.output.poll()
    head = shown.output.widget.whole()
    assert (head["note"], head["actions"][:2]) == (
        "no answers. Go on or stop.",
        ["continue", "stop"],
    )
    batch.outage = None
    await shown.ask("sweep", act="retry_failed")
    note = shown.output.widget.whole()["note"]
    assert note.startswith("Left out: 1 row that would be refused again as asked for.")


async def test_a_collection_of_tasks_has_no_buttons_of_a_sweep(open_galleries: list[Shown]) -> None:
    source = records.tasks()
    shown = Shown(source, comparing=True)
    open_galleries.append(shown)
    head = shown.output.widget.whole()
    assert (head["actions"], head["comparing"], head["began"]) == ([], True, None)
    assert await shown.ask("sweep", act="stop") == []


async def test_one_film_is_asked_for_again_and_its_new_card_follows(
    open_galleries: list[Shown],
) -> None:
    shown = opened(open_galleries, [State.FAILED, State.READY])

    def retry(key: str) -> Submission:
        new = records.record(77, State.QUEUED, shown.desk.board[key].request)
        shown.desk.board.put(new)
        return Submission(new)

    old = shown.source.rows[0].task
    assert old is not None
    shown.source.rows[0].take(old, SoraError("its film is lost."))
    shown.desk.retry = retry  # type: ignore[method-assign]
    told = await shown.ask("retry", key="s000")
    assert [row["key"] for row in shown.rows()] == ["s077", "s001", None]
    assert told[-1]["card"]["key"] == "s077"
    assert shown.source.rows[0].error is None, "the old trouble was about the old task"
    assert await shown.ask("retry", key="s001") == []


async def test_a_poster_is_asked_for_by_its_key(
    open_galleries: list[Shown], make_film: FilmMaker
) -> None:
    shown = opened(open_galleries, [State.READY])
    move_film(shown, await asyncio.to_thread(make_film, "boat.mp4", seconds=1))
    (answer,) = await shown.ask("poster", key="s000")
    assert answer == {"kind": "poster", "key": "s000", "type": "image/jpeg"}


async def test_the_prompt_of_an_opened_row_comes_whole(open_galleries: list[Shown]) -> None:
    shown = opened(open_galleries, [State.READY])
    whole = shown.desk.board["s000"].request.prompt
    assert await shown.ask("prompt", key="s000") == [
        {"kind": "prompt", "key": "s000", "prompt": whole}
    ]
