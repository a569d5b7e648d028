"""One loop on one thread: work handed over from anywhere, and a clean end."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from sora_nb.engine.loop_thread import Closed, LoopThread

PATIENT = 20.0


@pytest.fixture
def loop_thread() -> Iterator[LoopThread]:
    loop_thread = LoopThread("sora_nb-test")
    yield loop_thread
    loop_thread.close()


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "sora_nb-test"]


async def name_of_thread() -> str:
    return threading.current_thread().name


def test_nothing_starts_before_the_first_use(loop_thread: LoopThread) -> None:
    assert threads() == []
    assert loop_thread.call(lambda: 7) == 7
    assert threads() == ["sora_nb-test"]


def test_work_runs_on_the_private_thread_and_its_errors_come_back(loop_thread: LoopThread) -> None:
    assert loop_thread.submit(name_of_thread()).result(PATIENT) == "sora_nb-test"
    with pytest.raises(ZeroDivisionError):
        loop_thread.call(lambda: 1 // 0)
    done: concurrent.futures.Future[str] = concurrent.futures.Future()
    loop_thread.post(lambda: done.set_result(threading.current_thread().name))
    assert done.result(PATIENT) == "sora_nb-test"


def test_a_call_from_its_own_thread_does_not_wait_for_itself(loop_thread: LoopThread) -> None:
    assert not loop_thread.is_current
    assert loop_thread.call(lambda: loop_thread.call(lambda: loop_thread.is_current)) is True


def test_closing_cancels_what_still_runs_and_ends_the_thread(loop_thread: LoopThread) -> None:
    cleaned = threading.Event()
    begun = threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    future = loop_thread.submit(endless())
    assert begun.wait(PATIENT)
    loop_thread.close()
    loop_thread.close()
    assert cleaned.is_set()
    assert future.cancelled()
    assert threads() == []


def test_after_the_end_nothing_is_taken_and_nothing_waits_for_ever(loop_thread: LoopThread) -> None:
    loop_thread.call(lambda: None)
    loop_thread.close()
    for hand_over in (
        lambda: loop_thread.call(lambda: 1),
        lambda: loop_thread.post(lambda: 1),
        lambda: loop_thread.submit(name_of_thread()),
    ):
        with pytest.raises(Closed, match="this client is closed"):
            hand_over()


def test_one_that_never_ran_closes_too() -> None:
    loop_thread = LoopThread()
    loop_thread.close()
    with pytest.raises(RuntimeError):
        loop_thread.call(lambda: 1)


def test_it_can_be_closed_from_its_own_thread(loop_thread: LoopThread) -> None:
    loop_thread.call(lambda: None)
    thread = loop_thread._thread
    assert thread is not None
    loop_thread.call(loop_thread.close)
    thread.join(PATIENT)
    assert not thread.is_alive()


def test_work_of_many_threads_during_the_end_is_done_or_refused_but_never_hangs() -> None:
    for _ in range(20):
        loop_thread = LoopThread("sora_nb-test")
        loop_thread.call(lambda: None)
        results: list[str] = []

        def ask(target: LoopThread = loop_thread, results: list[str] = results) -> None:
            try:
                target.submit(name_of_thread()).result(PATIENT)
                results.append("done")
            except (Closed, concurrent.futures.CancelledError):
                results.append("refused")

        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        loop_thread.close()
        for asker in askers:
            asker.join(PATIENT)
        assert len(results) == 8
