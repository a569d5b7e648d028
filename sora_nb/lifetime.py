"""The private loop and the moving parts of one client: built at first use, closed once."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import logging
import threading
import weakref
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sora_nb.core.settings import Settings
from sora_nb.engine.background import Background

if TYPE_CHECKING:
    from sora_nb.workshop import Workshop

T = TypeVar("T")
log = logging.getLogger(__name__)

_open_clients: weakref.WeakSet[Lifetime] = weakref.WeakSet()


class Lifetime:
    """What a client is made of, and its end. Nothing starts before the first use.

    ``with`` and ``async with`` close it; so does the end of the interpreter.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._background = Background()
        self._workshop: Workshop | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the private loop."""
        return self._background.submit(work)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the private loop; what it raises goes to the log."""
        self._background.later(work)

    def call(self, act: Callable[[], T]) -> T:
        """Run a short function on the private thread and give its result; also from there."""
        return self._background.call(act)

    def _on_loop(self, act: Callable[[Workshop], T]) -> T:
        return self._background.call(lambda: act(self._open()))

    def _open(self) -> Workshop:
        """The moving parts, built on the private loop at the first use."""
        if self._workshop is None:
            from sora_nb.workshop import build

            self._workshop = build(self.settings)
            if not _open_clients:
                atexit.unregister(_close_all)
                atexit.register(_close_all)
            _open_clients.add(self)
        return self._workshop

    def close(self) -> None:
        """End all that this client started; its tasks stay in the journal. Raises JournalError."""
        try:
            if self._workshop is not None:
                self._background.submit(self._workshop.close()).result(10)
        except (RuntimeError, TimeoutError, concurrent.futures.CancelledError):
            log.debug("the client was closing already")
        finally:
            self._background.close()
            if self._workshop is not None:
                self._workshop.end_simulator()

    def retire(self) -> None:
        """Close once the tasks that still run, or wait for their turn, have come to rest."""
        if self._workshop is None:
            self.close()
        else:
            self.later(self._retire())

    async def _retire(self) -> None:
        await self._open().at_rest()
        # Closing joins the private thread, which therefore cannot do it.
        threading.Thread(target=self.close, name="sora_nb-close", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close)


def _close_all() -> None:
    for client in tuple(_open_clients):
        client.close()
