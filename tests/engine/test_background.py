"""One loop on one thread: work handed over from anywhere, and a clean end."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from sora_nb.engine.background import Background, Closed

PATIENT = 20.0


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background("sora_nb-test")
    yield background
    background.close()


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "sora_nb-test"]


async def name_of_thread() -> str:
    return threading.current_thread().name


def test_nothing_starts_before_the_first_use(background: Background) -> None:
    assert threads() == []
    assert background.call(lambda: 7) == 7
    assert threads() == ["sora_nb-test"]


def test_work_runs_on_the_private_thread_and_its_errors_come_back(background: Background) -> None:
    assert background.submit(name_of_thread()).result(PATIENT) == "sora_nb-test"
    with pytest.raises(ZeroDivisionError):
        background.call(lambda: 1 // 0)
    done: concurrent.futures.Future[str] = concurrent.futures.Future()
    background.post(lambda: done.set_result(threading.current_thread().name))
    assert done.result(PATIENT) == "sora_nb-test"


def test_a_call_from_its_own_thread_does_not_wait_for_itself(background: Background) -> None:
    assert not background.is_current
    assert background.call(lambda: background.call(lambda: background.is_current)) is True


def test_closing_cancels_what_still_runs_and_ends_the_thread(background: Background) -> None:
    cleaned = threading.Event()
    begun = threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    future = background.submit(endless())
    assert begun.wait(PATIENT)
    background.close()
    background.close()
    assert cleaned.is_set()
    assert future.cancelled()
    assert threads() == []


def test_after_the_end_nothing_is_taken_and_nothing_waits_for_ever(background: Background) -> None:
    background.call(lambda: None)
    background.close()
    for hand_over in (
        lambda: background.call(lambda: 1),
        lambda: background.post(lambda: 1),
        lambda: background.submit(name_of_thread()),
    ):
        with pytest.raises(Closed, match="this client is closed"):
            hand_over()


def test_one_that_never_ran_closes_too() -> None:
    background = Background()
    background.close()
    with pytest.raises(RuntimeError):
        background.call(lambda: 1)


def test_it_can_be_closed_from_its_own_thread(background: Background) -> None:
    background.call(lambda: None)
    thread = background._thread
    assert thread is not None
    background.call(background.close)
    thread.join(PATIENT)
    assert not thread.is_alive()


def test_work_of_many_threads_during_the_end_is_done_or_refused_but_never_hangs() -> None:
    for _ in range(20):
        background = Background("sora_nb-test")
        background.call(lambda: None)
        results: list[str] = []

        def ask(target: Background = background, results: list[str] = results) -> None:
            try:
                target.submit(name_of_thread()).result(PATIENT)
                results.append("done")
            except (Closed, concurrent.futures.CancelledError):
                results.append("refused")

        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        background.close()
        for asker in askers:
            asker.join(PATIENT)
        assert len(results) == 8
