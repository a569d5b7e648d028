"""Client: the door to everything. Built lazily, closed cleanly, safe to use from any thread."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sora_nb.asking import Preview, cost_of, make_request
from sora_nb.core import models
from sora_nb.core.settings import Settings, resolve, sealed
from sora_nb.core.task import TaskRecord
from sora_nb.display.collection import Tasks
from sora_nb.display.handle import Task
from sora_nb.display.places import notebook_folder
from sora_nb.display.waiting import wait_for
from sora_nb.engine.background import Background, Closed
from sora_nb.engine.board import Board
from sora_nb.key_sources import key_sources

if TYPE_CHECKING:
    from sora_nb.workshop import Workshop

T = TypeVar("T")
log = logging.getLogger(__name__)

_open_clients: weakref.WeakSet[Client] = weakref.WeakSet()


class Client:
    """Makes films and remembers them. Nothing starts before the first use; ``close`` ends it all.

    Arguments are the settings of ``core.settings.Settings`` (seconds, USD); ``%sora config`` shows
    them. Raises InvalidRequest for a setting that cannot be used.
    """

    def __init__(self, *, configured: Mapping[str, Any] | None = None, **settings: Any) -> None:
        settings = sealed(settings)
        self.notebook_folder = notebook_folder(os.environ, Path.cwd())
        self.settings: Settings = resolve(
            settings,
            environ=os.environ,
            notebook_folder=self.notebook_folder,
            key_sources=key_sources(),
            configured=configured,
        )
        self._background = Background()
        self._workshop: Workshop | None = None
        self.chosen_frames: dict[str, float] = {}  # by key: seconds, from "Use this frame"

    # Making films

    def generate(
        self,
        prompt: str,
        *,
        duration: int = 4,
        aspect_ratio: str = "landscape",
        image: str | None = None,
        model: str = "sora-2",
        remove_watermark: bool = True,
        new: bool = False,
        take: int = 1,
        extra: Mapping[str, Any] | None = None,
    ) -> Task:
        """Ask for a film; returns at once. ``duration`` is in seconds.

        The same request gives the task that it already has, unless ``new`` or another ``take`` asks
        for (and pays) another one. Raises InvalidRequest before anything is sent, JournalError when
        the request cannot be written down.
        """
        request = make_request(
            prompt=prompt,
            duration=duration,
            aspect_ratio=aspect_ratio,
            image=image,
            model=model,
            remove_watermark=remove_watermark,
            take=take,
            extra=extra,
        )
        return self._task(*self._on_loop(lambda workshop: workshop.accept(request, new=new)))

    def preview(self, prompt: str, *, new: bool = False, **settings: Any) -> Preview:
        """What ``generate`` with the same arguments would send. Sends nothing."""
        from sora_nb.service import wire

        request = make_request(prompt=prompt, **settings)
        found = None
        if not new:
            found = self._on_loop(lambda workshop: workshop.journal.reusable(request, self.service))
        base = "" if self.settings.simulated else self.settings.service_url
        return Preview(
            url=f"{base}/{wire.submit_path(request.model).lstrip('/')}",
            body=wire.submit_body(request),
            cost=cost_of(request, self.settings),
            unchecked=request.model not in models.MODELS,
            service=self.service,
            reuses=found.key if found else None,
        )

    # Looking back

    def tasks(self) -> Tasks:
        """Every task of the journal, newest first."""
        return self._tasks(self._on_loop(lambda workshop: workshop.everything()))

    def get(self, key: str) -> Task:
        """The task of that key. Raises InvalidRequest when the journal has none."""
        return self._task(self._on_loop(lambda workshop: workshop.find(key)))

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with ``prefix``, newest first; none before the client's first use."""
        if self._workshop is None:
            return []
        return self._on_loop(lambda workshop: workshop.journal.with_prefix(prefix))

    def journal_mode(self) -> str:
        """``wal``, or ``delete`` where the journal's folder is on a shared file system."""
        return self._on_loop(lambda workshop: workshop.journal.mode)

    def resume(self) -> Tasks:
        """Take up every unfinished task of this service again, those stopped by hand included."""
        return self._tasks(self._on_loop(lambda workshop: workshop.resume()))

    def rescue(self) -> tuple[Tasks, Tasks]:
        """Save what was never saved: (the tasks taken up, those whose film is lost for good)."""
        taken, lost = self._on_loop(lambda workshop: workshop.rescue())
        return self._tasks(taken), self._tasks(lost)

    def budget_left(self) -> dict[str, float]:
        """What is left of each limit of the budget: tasks, seconds of film, USD."""
        return self._on_loop(lambda workshop: workshop.budget_left())

    def balance(self) -> float:
        """What is left at the service, in USD. Raises SoraError."""
        return wait_for(self.run(self._balance()))

    async def _balance(self) -> float:
        return await self._open().service.balance()

    # What a person decides about one task

    def stop(self, key: str) -> None:
        """Stop watching. The service goes on with the task and presumably charges it."""
        self.get(key)
        wait_for(self.run(self.stopped(key)))

    def watch(self, key: str) -> None:
        """Watch a stopped task again."""
        self._on_loop(lambda workshop: workshop.watch(key))

    def retry(self, key: str) -> Task:
        """Ask for the same film anew, as a new task that is paid for again."""
        return self._task(*self._on_loop(lambda workshop: workshop.again(key)))

    def adopt(self, key: str, task_id: str) -> Task:
        """Go on with an unsure task whose id was found in the service's dashboard."""
        self._on_loop(lambda workshop: workshop.adopt(key, task_id.strip()))
        return self.get(key)

    def forget(self, key: str) -> None:
        """Decide that an unsure task never existed at the service."""
        self._on_loop(lambda workshop: workshop.forget(key))

    # The same for callers on the private loop: the buttons of a panel

    async def stopped(self, key: str) -> None:
        await self._open().engine.stop(key)

    async def watched(self, key: str) -> None:
        self._open().watch(key)

    async def retried(self, key: str) -> Task:
        return self._task(*self._open().again(key))

    # What handles and outputs ask of their owner

    @property
    def service(self) -> str:
        """``simulator``, or the base URL of the service."""
        return self.settings.service

    @property
    def embed(self) -> bool:
        """Whether saved outputs hold the film's bytes themselves."""
        return self.settings.embed

    @property
    def board(self) -> Board:
        assert self._workshop is not None
        return self._workshop.board

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def finished(self, key: str) -> concurrent.futures.Future[TaskRecord]:
        """A future that gets the record once nothing more happens to the task by itself.

        When the client is closed before that, it gets a SoraError.
        """
        waiter: concurrent.futures.Future[TaskRecord] = concurrent.futures.Future()
        try:
            self._background.post(lambda: self.board.wait_finished(key, waiter))
        except Closed:
            self.board.wait_finished(key, waiter)  # nobody else touches the board any more
        return waiter

    def run(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the private loop."""
        return self._background.submit(work)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the private loop; what it raises goes to the log."""
        self._background.later(work)

    def _task(self, record: TaskRecord, reused: bool = False) -> Task:
        return Task(self, record.key, reused=reused)

    def _tasks(self, records: Sequence[TaskRecord]) -> Tasks:
        return Tasks([self._task(record) for record in records])

    def _on_loop(self, act: Callable[[Workshop], T]) -> T:
        return self._background.call(lambda: act(self._open()))

    # Beginning and end

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
        """Close once the tasks that still run have come to rest."""
        if self._workshop is None:
            self.close()
        else:
            self.later(self._retire())

    async def _retire(self) -> None:
        await self._open().engine.at_rest()
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

    def __repr__(self) -> str:
        return f"<sora_nb.Client {self.service}>"


def _close_all() -> None:
    for client in tuple(_open_clients):
        client.close()
