"""The private loop and the moving parts of one client: built at first use, closed once."""

from __future__ import annotations

import atexit
import concurrent.futures
import logging
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from sora_nb.engine.loop_thread import LoopThread
from sora_nb.settings.settings import Settings

if TYPE_CHECKING:
    from sora_nb.runtime.runtime import Runtime

T = TypeVar("T")
log = logging.getLogger(__name__)

_open_clients: weakref.WeakSet[Lifetime] = weakref.WeakSet()


class Lifetime:
    """The private loop of one client, and its parts: made at the first use, closed once.

    The end of the interpreter closes what is still open.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._loop_thread = LoopThread()
        self.runtime: Runtime | None = None
        """The moving parts; None before the first use."""

    def run(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the private loop."""
        return self._loop_thread.submit(work)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the private loop; what it raises goes to the log."""
        self._loop_thread.later(work)

    def post(self, act: Callable[[], Any]) -> None:
        """Have a function called on the private thread soon. Raises Closed."""
        self._loop_thread.post(act)

    def call(self, act: Callable[[], T]) -> T:
        """Run a short function on the private thread and give its result; also from there."""
        return self._loop_thread.call(act)

    def on_loop(self, act: Callable[[Runtime], T]) -> T:
        """``call`` for a function of the parts, which are built now if they were not."""
        return self._loop_thread.call(lambda: act(self.open()))

    def open(self) -> Runtime:
        """The moving parts, built on the private loop at the first use."""
        if self.runtime is None:
            from sora_nb.runtime.build import build

            self.runtime = build(self.settings)
            if not _open_clients:
                atexit.unregister(_close_all)
                atexit.register(_close_all)
            _open_clients.add(self)
        return self.runtime

    def close(self) -> None:
        """End all that this client started; its tasks stay in the journal. Raises JournalError."""
        try:
            if self.runtime is not None:
                self._loop_thread.submit(self.runtime.close()).result(10)
        except (RuntimeError, TimeoutError, concurrent.futures.CancelledError):
            log.debug("the client was closing already")
        finally:
            self._loop_thread.close()
            if self.runtime is not None:
                self.runtime.end_simulator()

    def retire(self) -> None:
        """Close once the tasks that still run, or wait for their turn, have come to rest."""
        if self.runtime is None:
            self.close()
        else:
            self.later(self._retire())

    async def _retire(self) -> None:
        await self.open().at_rest()
        # Closing joins the private thread, which therefore cannot do it.
        threading.Thread(target=self.close, name="sora_nb-close", daemon=True).start()


def _close_all() -> None:
    for client in tuple(_open_clients):
        client.close()
