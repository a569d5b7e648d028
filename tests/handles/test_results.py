"""A function on each film as it becomes ready: order, errors, skipped films, any executor."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import WaitTimeout
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import TaskRecord
from sora_nb.handles.completions import Completions
from sora_nb.handles.results import Results
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from tests.support.desk import Desk
from tests.support.records import BOAT_DONE, BOAT_FILM, NOW, SENT, Story, reported

PATIENT = 30.0
FAILED = reported("failed", fail_code="X", fail_message="no")


def running(*keys: str) -> list[TaskRecord]:
    return [Story(key, f"film {key}", 9, [*SENT]).record() for key in keys]


class Films:
    """Tasks that the test ends, one after the other."""

    def __init__(self, *keys: str) -> None:
        self.desk = Desk(*running(*keys))
        self.tasks = Tasks([Task(self.desk, key) for key in keys])
        self.arrivals: Completions[Task] = Completions(len(keys), detached=KeyboardInterrupt)

    def end(self, key: str, *, ready: bool = True) -> None:
        record = self.desk.board[key]
        for event in [BOAT_DONE, move.Saved(film=BOAT_FILM)] if ready else [FAILED]:
            record = advance(record, event, NOW)
        self.desk.board.put(record)
        self.arrivals.put(next(task for task in self.tasks if task.key == key))

    def map(self, fn: Callable[[Video], Any], executor: Executor | None = None) -> Results[Any]:
        return Results(self.tasks, self.arrivals, fn, executor)


def key_of(video: Video) -> str:
    return video.key


def test_values_come_as_the_films_do_and_are_given_in_the_order_of_the_rows() -> None:
    films = Films("a", "b", "c")
    results = films.map(key_of)
    coming = iter(results)
    for key in ("b", "c", "a"):
        films.end(key)
        video, value = next(coming)
        assert (video.key, value) == (key, key)
    assert next(coming, None) is None
    assert [value for _, value in results.wait(PATIENT)] == ["a", "b", "c"]
    assert [value for _, value in results] == ["b", "c", "a"], "each iteration begins anew"
    assert repr(results) == "<3 of 3 films done>"


def test_an_error_of_the_function_and_a_film_that_failed_hide_no_other() -> None:
    films = Films("a", "b", "c")

    def score(video: Video) -> float:
        if video.key == "b":
            raise ZeroDivisionError("no score")
        return 1.0

    results = films.map(score)
    films.end("a")
    films.end("b")
    films.end("c", ready=False)
    assert [(video.key, value) for video, value in results.wait(PATIENT)] == [("a", 1.0)]
    assert [task.key for task in results.skipped] == ["c"]
    assert {key: type(error) for key, error in results.errors.items()} == {"b": ZeroDivisionError}
    assert "1 with an error" in repr(results)
    assert "1 without a film" in repr(results)


def test_waiting_can_end_before_the_films_which_go_on() -> None:
    films = Films("a", "b")
    results = films.map(key_of)
    films.end("a")
    next(iter(results))
    with pytest.raises(WaitTimeout, match="1 of 2 films are done"):
        results.wait(0.01)
    films.end("b")
    assert len(results.wait(PATIENT)) == 2


async def test_it_can_be_awaited_and_iterated_without_blocking() -> None:
    films = Films("a", "b")
    results = films.map(key_of)
    waiting = asyncio.ensure_future(results._wait())
    await asyncio.sleep(0)
    films.end("a")
    films.end("b")
    assert [value for _, value in await waiting] == ["a", "b"]
    assert [value async for _, value in results] == ["a", "b"]
    assert await results == results.wait(PATIENT)


def test_the_function_runs_on_a_few_threads_that_end_with_the_last_film() -> None:
    films = Films(*(f"k{n}" for n in range(40)))
    names: set[str] = set()

    def note(video: Video) -> None:
        names.add(threading.current_thread().name)

    results = films.map(note)
    for task in films.tasks:
        films.end(task.key)
    assert [value for _, value in results.wait(PATIENT)] == [None] * 40
    assert 1 <= len(names) <= min(8, os.cpu_count() or 1)
    assert all(name.startswith("sora_nb-map_") for name in names)
    for thread in threading.enumerate():
        if thread.name.startswith("sora_nb-map"):
            thread.join(PATIENT)
            assert not thread.is_alive()


def test_an_executor_that_is_given_is_used_and_left_open() -> None:
    films = Films("a", "b")
    with ThreadPoolExecutor(1, "mine") as mine:
        results = films.map(lambda _: threading.current_thread().name, mine)
        films.end("a")
        films.end("b")
        assert {value for _, value in results.wait(PATIENT)} == {"mine_0"}
        assert mine.submit(int, "5").result() == 5


class Tells(ThreadPoolExecutor):
    """One thread; ``taken`` counts what was handed over."""

    def __init__(self) -> None:
        super().__init__(1)
        self.taken = threading.Semaphore(0)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        self.taken.release()
        return future


def test_a_cancel_gives_the_function_no_more_films_and_waits_for_the_one_that_it_is_at() -> None:
    films = Films("a", "b", "c", "d")
    films.end("d", ready=False)
    begun, go_on = threading.Event(), threading.Event()
    mine = Tells()

    def slow(video: Video) -> str:
        begun.set()
        assert go_on.wait(PATIENT)
        return video.key

    with mine:
        results = films.map(slow, mine)
        for key in ("a", "b"):
            films.end(key)
            assert mine.taken.acquire(timeout=PATIENT)
        assert begun.wait(PATIENT)
        results.cancel()
        films.end("c")
        with pytest.raises(WaitTimeout):
            results.wait(0.01)
        go_on.set()
        assert [value for _, value in results.wait(PATIENT)] == ["a"]
        assert set(results.errors) == {"b", "c"}
        assert {type(error) for error in results.errors.values()} == {
            concurrent.futures.CancelledError
        }
        assert [task.key for task in results.skipped] == ["d"]
        results.cancel()
        assert mine.submit(int, "5").result() == 5, "the executor was given: it stays open"


def test_a_cancel_ends_the_waiting_and_the_own_threads_where_no_film_has_come() -> None:
    films = Films("a", "b")
    results = films.map(key_of)
    results.cancel()
    assert results.wait(PATIENT) == []
    assert set(results.errors) == {"a", "b"}
    films.end("a")
    assert list(results) == []
    for thread in threading.enumerate():
        if thread.name.startswith("sora_nb-map"):
            thread.join(PATIENT)
            assert not thread.is_alive()


def test_a_cancel_after_the_last_film_changes_nothing() -> None:
    films = Films("a")
    results = films.map(key_of)
    films.end("a")
    assert len(results.wait(PATIENT)) == 1
    results.cancel()
    assert results.wait(PATIENT)[0][1] == "a"
    assert results.errors == {}


class Refuses(Executor):
    """Takes nothing, or cancels what it took."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self.error is not None:
            raise self.error
        future: Future[Any] = Future()
        future.cancel()
        return future


@pytest.mark.parametrize(
    ("executor", "kind"),
    [
        (Refuses(RuntimeError("shut down")), RuntimeError),
        (Refuses(), concurrent.futures.CancelledError),
    ],
)
def test_what_an_executor_does_not_run_is_an_error_of_its_film(
    executor: Executor, kind: type[BaseException]
) -> None:
    films = Films("a")
    results = films.map(key_of, executor)
    films.end("a")
    assert results.wait(PATIENT) == []
    assert isinstance(results.errors["a"], kind)
