"""One private event loop on one daemon thread: hand work over, get a future.

Tasks on the kernel's own loop stand still while a cell is busy; a thread of their own goes on
(measured: docs/design/jupyter.md, "Who may poll").
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sora_nb.core.errors import SoraError

T = TypeVar("T")
log = logging.getLogger(__name__)


class Closed(SoraError, RuntimeError):
    """Work was handed to a background that has ended. Nothing of it was done."""

    advice = "Make a new one: sora_nb.Client(…), or sora_nb.generate(…) for the default client."


class LoopThread:
    """Starts its thread at the first call; ``close`` ends it. Safe to call from any thread."""

    def __init__(self, name: str = "sora_nb") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def _running(self) -> asyncio.AbstractEventLoop:
        """The private loop. The lock is held: nothing is handed over once ``close`` began."""
        if self._closed:
            raise Closed("this client is closed.")
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._run, args=(self._loop,), name=self._name, daemon=True
            )
            self._thread.start()
        return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.close()

    @property
    def is_current(self) -> bool:
        """Whether the caller is on the private thread (where waiting would never end)."""
        return threading.current_thread() is self._thread

    def submit(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the private loop. Raises Closed, as all of these do."""
        try:
            with self._lock:
                return asyncio.run_coroutine_threadsafe(work, self._running())
        except Closed:
            work.close()
            raise

    def call(self, function: Callable[[], T]) -> T:
        """Run a short function on the private thread and give its result."""
        if self.is_current:
            return function()

        async def work() -> T:
            return function()

        return self.submit(work()).result()

    def post(self, function: Callable[[], object]) -> None:
        """Have a short function run on the private thread soon; nobody waits for it."""
        with self._lock:
            self._running().call_soon_threadsafe(function)

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Run a coroutine for which nobody waits; what it raises goes to the log."""
        try:
            self.submit(work).add_done_callback(_report)
        except Closed:
            log.debug("a click came after its client was closed")

    def close(self, timeout: float = 5.0) -> None:
        """Cancel what still runs, end the loop and its thread. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).add_done_callback(
            lambda _: loop.call_soon_threadsafe(loop.stop)
        )
        if threading.current_thread() is not thread:
            thread.join(timeout)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()


def _report(done: concurrent.futures.Future[Any]) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.error("work for an output ended with an error", exc_info=done.exception())
