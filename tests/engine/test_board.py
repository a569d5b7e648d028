"""The present, told in gathered bursts."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable

import pytest

from sora_nb.core.errors import SoraError
from sora_nb.core.lifecycle import Noted, Sending, Stopped, advance, new_record
from sora_nb.core.task import State, TaskRecord, VideoRequest
from sora_nb.engine.board import GATHER, Board, Progress

Waiter = concurrent.futures.Future[TaskRecord]


class Timers:
    """call_later whose time comes when the test says so."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, function: Callable[[], None]) -> None:
        self.due.append((seconds, function))

    def pass_on(self) -> None:
        due, self.due = self.due, []
        for _seconds, function in due:
            function()


@pytest.fixture
def timers() -> Timers:
    return Timers()


@pytest.fixture
def board(timers: Timers) -> Board:
    board = Board(timers)
    board.put(record("a"))
    board.put(record("b"))
    timers.pass_on()
    timers.pass_on()
    assert timers.due == [], "a board on which nothing happens asks for no time"
    return board


def record(key: str) -> TaskRecord:
    return new_record(key, VideoRequest(prompt="a boat"), service="s", now=0.0)


def test_a_burst_of_changes_is_told_once_with_the_last_state(board: Board, timers: Timers) -> None:
    told: list[str | None] = []
    board.listen(["a", "b"], lambda _: told.append(board["a"].note))
    for number in range(100):
        board.put(advance(record("a"), Noted(note=str(number)), 1.0))
        board.put_progress("b", number, None)
    assert told == []
    timers.pass_on()
    assert told == ["99"]
    timers.pass_on()
    assert told == ["99"]


def test_a_change_after_a_pause_is_told_at_once_and_the_next_ones_are_gathered(
    board: Board, timers: Timers
) -> None:
    told: list[Progress | None] = []
    board.listen(["a"], lambda _: told.append(board.progress("a")))
    board.put_progress("a", 1, None)
    assert [seconds for seconds, _ in timers.due] == [0.0]
    timers.pass_on()
    for number in (2, 3):
        board.put_progress("a", number, None)
    assert [seconds for seconds, _ in timers.due] == [GATHER]
    timers.pass_on()
    assert told == [Progress(1, None), Progress(3, None)]


def test_a_change_during_the_telling_is_told_afterwards(board: Board, timers: Timers) -> None:
    told: list[State] = []

    def listener(_: frozenset[str]) -> None:
        told.append(board["a"].state)
        if len(told) == 1:
            board.put(advance(board["a"], Sending(), 2.0))

    board.listen(["a"], listener)
    board.put(advance(record("a"), Noted(note="x"), 1.0))
    timers.pass_on()
    timers.pass_on()
    assert told == [State.QUEUED, State.SUBMITTING]


def test_only_listeners_of_a_changed_task_are_told(board: Board, timers: Timers) -> None:
    told: list[str] = []
    board.listen(["a"], lambda _: told.append("a"))
    end = board.listen(["b"], lambda _: told.append("b"))
    board.put_progress("b", 1, 2)
    timers.pass_on()
    assert told == ["b"]
    end()
    end()
    board.put_progress("b", 2, 2)
    board.put_progress("a", 2, 2)
    timers.pass_on()
    assert told == ["b", "a"]


def test_a_listener_is_told_which_of_its_tasks_changed(board: Board, timers: Timers) -> None:
    told: list[frozenset[str]] = []
    board.listen(["a", "c", "d"], told.append)
    for key in ("a", "b", "c", "a"):
        board.put_progress(key, 1, 2)
    timers.pass_on()
    assert told == [{"a", "c"}]


def test_a_listener_that_fails_keeps_nothing_from_the_others(
    board: Board, timers: Timers, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def fails(_: frozenset[str]) -> None:
        raise ZeroDivisionError

    board.listen(["a"], fails)
    board.listen(["a"], lambda _: told.append("a"))
    board.put_progress("a", 1, 2)
    timers.pass_on()
    assert told == ["a"]
    assert "an output could not be brought up to date: a" in caplog.text


def test_who_waits_gets_the_record_that_rests(board: Board) -> None:
    waiters: list[Waiter] = [Waiter(), Waiter(), Waiter()]
    board.wait_finished("a", waiters[0])
    board.wait_finished("a", waiters[1])
    waiters[1].cancel()
    board.put(advance(record("a"), Noted(note="still on its way"), 1.0))
    assert not waiters[0].done()
    rests = advance(record("a"), Stopped(), 2.0)
    board.put(rests)
    assert waiters[0].result(0) == rests
    board.wait_finished("a", waiters[2])
    assert waiters[2].result(0) == rests


def test_progress_is_gone_with_the_end(board: Board) -> None:
    board.put_progress("a", 1, 2)
    assert board.progress("a") == Progress(1, 2)
    board.put(advance(record("a"), Stopped(), 1.0))
    assert board.progress("a") is None


def test_a_closed_board_lets_nobody_wait_for_ever(board: Board) -> None:
    before, after, rests = Waiter(), Waiter(), Waiter()
    board.put(advance(record("b"), Stopped(), 1.0))
    board.wait_finished("a", before)
    board.close()
    board.wait_finished("a", after)
    board.wait_finished("b", rests)
    for waiter in (before, after):
        with pytest.raises(SoraError, match="task a is queued, and its client was closed"):
            waiter.result(0)
    assert rests.result(0).state is State.STOPPED
