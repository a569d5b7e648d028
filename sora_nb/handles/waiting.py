"""Blocking on a task in a cell while the kernel's own loop goes on.

A plain blocking wait would freeze the notebook's coroutines and clicks. nest-asyncio2 lets the loop
run inside itself; it is applied only here, at the moment of the first wait. (The original
nest-asyncio 1.6.0 loses the queued cells of a Run All on ipykernel 7: docs/design/jupyter.md,
"Waiting in a cell".)
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

BEAT = 0.3
"""Seconds between looks at an interrupt: a loop that sleeps does not see Ctrl-C until it wakes."""


class Detached(KeyboardInterrupt):
    """Ctrl-C during a wait: the task goes on. Shows as one line instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: {self}"]


def wait_for(future: concurrent.futures.Future[T], timeout: float | None = None) -> T:
    """The future's result. Raises TimeoutError after ``timeout`` seconds; keeps a loop alive."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return _block(future, timeout)
    if not _patch(loop):
        return _block(future, timeout)
    watcher = loop.create_task(watch(future, timeout))
    try:
        return loop.run_until_complete(watcher)
    finally:
        watcher.cancel()


def _patch(loop: asyncio.AbstractEventLoop) -> bool:
    """Let ``loop`` run inside itself. False for loops that cannot (uvloop)."""
    import nest_asyncio2

    try:
        nest_asyncio2.apply(loop)
    except ValueError:
        return False
    return True


def _block(future: concurrent.futures.Future[T], timeout: float | None) -> T:
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = BEAT if end is None else min(BEAT, end - time.monotonic())
        try:
            return future.result(max(0.0, left))
        except TimeoutError:
            if future.done() or (end is not None and time.monotonic() >= end):
                raise


async def watch(future: concurrent.futures.Future[T], timeout: float | None = None) -> T:
    """Await a future of another thread; its work is not cancelled when the waiting is."""
    loop = asyncio.get_running_loop()
    end = None if timeout is None else loop.time() + timeout
    done = asyncio.Event()
    future.add_done_callback(lambda _: _tell(loop, done))
    while not future.done():
        left = BEAT if end is None else min(BEAT, end - loop.time())
        if left <= 0:
            raise TimeoutError
        try:
            await asyncio.wait_for(done.wait(), left)
        except TimeoutError:
            continue
    return future.result()


def _tell(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop that waited has closed: nobody waits any more
        loop.call_soon_threadsafe(done.set)
