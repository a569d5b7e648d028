"""Blocking on a future of another thread, with and without a loop that must go on."""

from __future__ import annotations

import asyncio
import concurrent.futures
import subprocess
import sys
import textwrap
import threading

import pytest

from sora_nb.handles import waiting
from sora_nb.handles.waiting import Detached, wait_for, watch

Future = concurrent.futures.Future
PATIENT = 20.0


def later(future: Future[int], value: int = 7) -> None:
    """Answer from another thread."""
    threading.Thread(target=future.set_result, args=(value,)).start()


def test_without_a_loop_it_blocks_until_the_answer_of_another_thread() -> None:
    future: Future[int] = Future()
    later(future)
    assert wait_for(future) == 7


def test_an_answer_that_is_there_is_given_even_without_time() -> None:
    future: Future[int] = Future()
    future.set_result(7)
    assert wait_for(future, 0.0) == 7


def test_the_time_limit_holds_and_leaves_the_work_alone() -> None:
    future: Future[int] = Future()
    with pytest.raises(TimeoutError):
        wait_for(future, 0.0)
    assert not future.cancelled()
    later(future)
    assert wait_for(future) == 7


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("its own")], ids=repr)
def test_the_error_of_the_work_comes_through(error: Exception) -> None:
    future: Future[int] = Future()
    future.set_exception(error)
    with pytest.raises(type(error), match=str(error)):
        wait_for(future, PATIENT)


async def test_awaiting_gives_the_answer_and_its_cancellation_does_not_cancel_the_work() -> None:
    future: Future[int] = Future()
    impatient = asyncio.create_task(watch(future))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert not future.cancelled()
    later(future)
    assert await watch(future) == 7
    with pytest.raises(TimeoutError):
        await watch(Future[int](), 0.0)


async def test_a_loop_that_cannot_be_patched_is_blocked_instead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import nest_asyncio2

    def refuse(loop: object) -> None:
        raise ValueError("Can't patch loop of type <class 'uvloop.Loop'>")

    monkeypatch.setattr(nest_asyncio2, "apply", refuse)
    future: Future[int] = Future()
    later(future)
    assert wait_for(future, PATIENT) == 7


def test_what_ended_the_waiting_is_one_line() -> None:
    shown = Detached("stopped waiting; task k7f3qa goes on.")._render_traceback_()
    assert shown == ["KeyboardInterrupt: stopped waiting; task k7f3qa goes on."]
    assert issubclass(Detached, KeyboardInterrupt)
    assert waiting.BEAT < 0.5, "an interrupt is noticed within half a second"


def run(script: str) -> str:
    """What a process of its own prints: the patch of asyncio stays in there."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_in_a_running_loop_the_other_coroutines_go_on_while_it_waits() -> None:
    assert (
        run("""
        import asyncio, concurrent.futures
        from sora_nb.handles.waiting import wait_for

        async def cell():
            future = concurrent.futures.Future()

            async def others():
                for _ in range(20):
                    await asyncio.sleep(0)
                future.set_result("went on")

            task = asyncio.create_task(others())
            said = wait_for(future, 20)
            assert task.done()
            await asyncio.sleep(0)
            async with asyncio.timeout(20):
                return said

        print(asyncio.run(cell()))
    """)
        == "went on"
    )


def test_in_a_running_loop_a_time_limit_and_an_interrupt_end_the_waiting_alone() -> None:
    assert (
        run("""
        import asyncio, concurrent.futures, signal
        from sora_nb.handles.waiting import wait_for

        async def cell():
            future = concurrent.futures.Future()
            try:
                wait_for(future, 0.01)
            except TimeoutError:
                print("time", end=" ")
            loop = asyncio.get_running_loop()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            loop.call_later(0.05, signal.raise_signal, signal.SIGINT)
            try:
                wait_for(future, 20)
            except KeyboardInterrupt:
                print("interrupt", end=" ")
            assert not future.cancelled()
            loop.call_soon(future.set_result, "answer")
            print(wait_for(future, 20))

        loop = asyncio.new_event_loop()
        loop.run_until_complete(cell())
    """)
        == "time interrupt answer"
    )
