"""Every move: advance, journal, board, and what another kernel wrote meanwhile wins."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable

import pytest

from sora_nb.core.errors import JournalError
from sora_nb.core.lifecycle import (
    Accepted,
    IllegalMove,
    Lost,
    Noted,
    Reported,
    Sending,
    Stopped,
    Watched,
    advance,
    new_record,
)
from sora_nb.core.task import Failure, Report, State, TaskRecord, VideoRequest
from sora_nb.engine.board import Board
from sora_nb.engine.store import AT_ONCE, HOLD, RETRY, TaskStore
from tests.support.world import MemoryJournal

LOST = Lost(failure=Failure(kind="lost", message="silent"))


class Desk:
    """A store whose retries come when the test says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []
        self.journal = MemoryJournal()
        self.board = Board(lambda _seconds, _function: None)
        self.store = TaskStore(self.journal, self.board, clock=lambda: 10.0, later=self._later)
        self.store.create(intent(), reuse=False)

    def _later(self, seconds: float, function: Callable[[], None]) -> None:
        assert seconds in (RETRY, HOLD)
        self.due.append(function)

    def pass_on(self) -> None:
        due, self.due = self.due, []
        for function in due:
            function()

    @property
    def row(self) -> TaskRecord:
        return self.journal.rows["boat"]


def intent() -> TaskRecord:
    return new_record("boat", VideoRequest(prompt="a boat"), service="s", now=0.0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_move_is_in_the_journal_before_it_is_on_the_board(desk: Desk) -> None:
    seen: list[State] = []
    replace = desk.journal.replace

    def spy(old: TaskRecord, new: TaskRecord, *, durable: bool) -> bool:
        seen.append(desk.board["boat"].state)
        return replace(old, new, durable=durable)

    desk.journal.replace = spy  # type: ignore[method-assign]
    moved = desk.store.apply("boat", Sending())
    assert seen == [State.QUEUED]
    assert desk.row == desk.board["boat"] == moved


def test_a_move_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    desk.journal.broken = True
    assert desk.store.apply("boat", Noted(note=None), must_write=True) == intent()


def test_what_another_kernel_wrote_wins_and_the_move_is_tried_on_it(desk: Desk) -> None:
    desk.journal.rows["boat"] = advance(intent(), Noted(note="another kernel"), 5.0)
    moved = desk.store.apply("boat", Sending())
    assert moved.state is State.SUBMITTING
    assert desk.row == moved


def test_a_move_that_another_kernel_made_impossible_is_refused(desk: Desk) -> None:
    desk.journal.rows["boat"] = theirs = advance(intent(), Sending(), 5.0)
    with pytest.raises(IllegalMove):
        desk.store.apply("boat", Sending(), must_write=True)
    assert desk.board["boat"] == desk.row == theirs


def test_a_step_that_must_be_written_is_not_made_otherwise(desk: Desk) -> None:
    desk.journal.broken = True
    with pytest.raises(JournalError):
        desk.store.apply("boat", Sending(), must_write=True)
    assert desk.board["boat"].state is State.QUEUED
    assert desk.due == []


def test_a_task_that_the_journal_lost_is_not_sent(desk: Desk) -> None:
    del desk.journal.rows["boat"]
    with pytest.raises(JournalError, match="no longer holds task boat"):
        desk.store.apply("boat", Sending(), must_write=True)


def test_other_moves_hold_on_the_board_and_are_written_once_that_works(desk: Desk) -> None:
    desk.store.apply("boat", Sending())
    desk.journal.broken = True
    desk.store.apply("boat", Accepted(task_id="task-1"))
    desk.store.apply("boat", Noted(note="x"))
    assert (desk.board["boat"].task_id, desk.row.state) == ("task-1", State.SUBMITTING)
    desk.pass_on()
    assert len(desk.due) == 1, "it goes on trying"
    desk.journal.broken = False
    desk.pass_on()
    assert desk.row == desk.board["boat"]
    assert desk.due == []


def test_closing_writes_what_is_still_missing(desk: Desk) -> None:
    desk.journal.broken = True
    desk.store.apply("boat", Stopped())
    desk.journal.broken = False
    desk.store.close()
    assert desk.row.state is State.STOPPED
    assert desk.journal.closed


def test_an_accepted_id_survives_another_kernel_that_gave_the_task_up(desk: Desk) -> None:
    desk.store.apply("boat", Sending())
    desk.journal.broken = True
    desk.store.apply("boat", Accepted(task_id="paid"))
    desk.journal.rows["boat"] = advance(desk.row, LOST, 200.0)
    desk.journal.broken = False
    desk.pass_on()
    assert desk.row == desk.board["boat"]
    assert (desk.row.state, desk.row.task_id) == (State.PENDING, "paid")


@pytest.mark.parametrize("broken", [False, True], ids=["at once", "once the journal works again"])
def test_who_waits_is_not_told_unsure_when_the_sender_has_the_answer(
    desk: Desk, broken: bool
) -> None:
    desk.store.apply("boat", Sending())
    waiter: concurrent.futures.Future[TaskRecord] = concurrent.futures.Future()
    desk.board.wait_finished("boat", waiter)
    desk.journal.broken = broken
    desk.journal.rows["boat"] = advance(desk.row, LOST, 200.0)
    desk.store.apply("boat", Accepted(task_id="paid"))
    desk.journal.broken = False
    desk.pass_on()
    assert (desk.row.state, desk.row.task_id) == (State.PENDING, "paid")
    assert not waiter.done()


def test_taking_in_an_older_row_does_not_undo_what_the_board_knows(desk: Desk) -> None:
    desk.store.apply("boat", Sending())
    row = desk.row
    desk.journal.broken = True
    desk.store.apply("boat", Accepted(task_id="task-1"))
    desk.store.load(row)
    assert desk.board["boat"].task_id == "task-1"


def test_a_refresh_takes_what_another_kernel_wrote(desk: Desk) -> None:
    desk.journal.rows["boat"] = advance(intent(), Sending(), 5.0)
    desk.store.refresh("boat")
    assert desk.board["boat"].state is State.SUBMITTING


RUNS = Reported(report=Report(state="processing"))


def running(desk: Desk, key: str = "boat") -> TaskRecord:
    """A task that was asked once, and that the service works on."""
    if key != "boat":
        record = new_record(key, VideoRequest(prompt=key), service="s", now=0.0)
        desk.store.create(record, reuse=False)
    desk.store.apply(key, Sending())
    desk.store.apply(key, Accepted(task_id=key))
    return desk.store.apply(key, RUNS)


def test_a_reply_that_a_task_still_runs_is_seen_at_once_and_written_in_its_turn(
    desk: Desk,
) -> None:
    once = running(desk)
    for _ in range(3):
        desk.store.apply("boat", RUNS)
    assert (desk.board["boat"].polls, desk.row) == (4, once)
    assert len(desk.due) == 1
    desk.pass_on()
    assert desk.row == desk.board["boat"]
    assert desk.due == []


def test_of_many_such_replies_a_few_are_written_each_time_the_longest_held_first(
    desk: Desk,
) -> None:
    keys = [f"k{number:02}" for number in range(AT_ONCE + 5)]
    for key in keys:
        running(desk, key)
    for key in [*keys, keys[0]]:
        desk.store.apply(key, RUNS)
    desk.pass_on()
    written = [key for key in keys if desk.journal.rows[key] == desk.board[key]]
    assert written == keys[:AT_ONCE]
    desk.pass_on()
    assert all(desk.journal.rows[key] == desk.board[key] for key in keys)
    assert desk.due == []


def test_the_next_other_move_of_a_task_takes_its_held_replies_along(desk: Desk) -> None:
    running(desk)
    desk.store.apply("boat", RUNS)
    desk.store.apply("boat", Stopped())
    assert (desk.row.state, desk.row.polls) == (State.STOPPED, 2)
    desk.pass_on()
    assert desk.row == desk.board["boat"]


def test_held_replies_are_written_when_the_store_is_closed(desk: Desk) -> None:
    running(desk)
    desk.store.apply("boat", RUNS)
    desk.store.close()
    assert desk.row.polls == 2


def test_what_another_kernel_wrote_meanwhile_wins_over_a_held_reply(desk: Desk) -> None:
    once = running(desk)
    desk.store.apply("boat", RUNS)
    desk.journal.rows["boat"] = theirs = advance(once, Stopped(), 20.0)
    desk.pass_on()
    assert desk.board["boat"] == desk.row == theirs


def test_a_row_that_another_kernel_wrote_is_taken_in_although_a_reply_is_held(desk: Desk) -> None:
    once = running(desk)
    desk.store.apply("boat", RUNS)
    desk.store.load(once)
    assert desk.board["boat"].polls == 2, "the row that was read before is no news"
    desk.store.load(advance(once, Stopped(), 20.0))
    assert desk.board["boat"].state is State.STOPPED


def test_a_held_reply_that_cannot_be_written_in_its_turn_is_tried_until_it_can(desk: Desk) -> None:
    running(desk)
    desk.store.apply("boat", RUNS)
    desk.journal.broken = True
    desk.pass_on()
    desk.pass_on()
    desk.journal.broken = False
    desk.pass_on()
    assert desk.row == desk.board["boat"]
    assert desk.due == []


def test_a_task_that_is_to_count_again_insists_on_the_journal(desk: Desk) -> None:
    desk.store.apply("boat", Stopped())
    desk.journal.broken = True
    with pytest.raises(JournalError):
        desk.store.apply("boat", Watched())
    assert desk.board["boat"].state is State.STOPPED
    assert desk.due == [], "nothing is written later that the budget may refuse"
    desk.journal.broken = False
    desk.store.apply("boat", Watched())
    assert desk.row.state is State.QUEUED


def desk_of(*keys: str) -> Desk:
    desk = Desk()
    for key in keys:
        record = new_record(key, VideoRequest(prompt=key), service="s", now=0.0)
        desk.store.create(record, reuse=False)
    return desk


def test_many_are_moved_as_one_but_for_those_that_cannot_be() -> None:
    desk = desk_of("koi", "fox", "owl")
    desk.journal.rows["koi"] = advance(desk.journal.rows["koi"], Sending(), 9.0)
    desk.store.apply("fox", Sending())
    desk.journal.broken = True
    desk.store.apply("owl", Noted(note="the board is ahead"))
    desk.journal.broken = False
    desk.store.apply_all(["boat", "koi", "fox", "owl"], Stopped(note="enough"))
    states = {key: desk.board[key].state for key in ("boat", "koi", "fox", "owl")}
    assert states == {
        "boat": State.STOPPED, "koi": State.QUEUED, "fox": State.SUBMITTING, "owl": State.QUEUED
    }  # fmt: skip
    assert desk.row == desk.board["boat"]
    with pytest.raises(IllegalMove):
        desk.store.apply("koi", Stopped())
    assert desk.board["koi"].state is State.SUBMITTING


def test_what_cannot_be_written_as_one_is_as_it_was() -> None:
    desk = desk_of("koi")
    desk.journal.broken = True
    desk.store.apply_all(["boat", "koi"], Stopped())
    assert desk.board["boat"].state is desk.board["koi"].state is State.QUEUED
