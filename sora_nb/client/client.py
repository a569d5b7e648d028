"""Client: the door to everything. Built lazily, closed cleanly, safe to use from any thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from sora_nb.catalog import models
from sora_nb.core.task import Submission, TaskRecord, VideoRequest
from sora_nb.display.host.host import notebook_folder_here
from sora_nb.engine.batch import Batch
from sora_nb.engine.board import Board
from sora_nb.engine.loop_thread import Closed
from sora_nb.handles.ports import Presenter
from sora_nb.handles.sweep import Sweep
from sora_nb.handles.task import Task, task_of
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.waiting import wait_for
from sora_nb.planning.outlook import Outlook
from sora_nb.planning.plan import plan_rows
from sora_nb.planning.pricing import Preview, cost_of
from sora_nb.planning.request import make_request
from sora_nb.runtime import sweeps, tasks
from sora_nb.runtime.lifetime import Lifetime
from sora_nb.settings.key_sources import key_sources
from sora_nb.settings.resolve import resolve, sealed

T = TypeVar("T")


class Client:
    """Makes films and remembers them. Nothing starts before the first use; ``close`` ends it all.

    Arguments are the settings of ``settings.settings.Settings`` (seconds, USD); ``%sora config``
    shows them. Raises InvalidRequest for a setting that cannot be used.
    """

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(self, *, configured: Mapping[str, Any] | None = None, **settings: Any) -> None:
        settings = sealed(settings)
        self.notebook_folder = notebook_folder_here()
        self.settings = resolve(
            settings,
            environ=_environment(),
            notebook_folder=self.notebook_folder,
            key_sources=key_sources(),
            configured=configured,
        )
        self._lifetime = Lifetime(self.settings)
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
        return task_of(
            self, self._lifetime.on_loop(lambda runtime: tasks.accept(runtime, request, new=new))
        )

    def sweep(
        self,
        prompts: Any,
        *,
        template: str | None = None,
        duration: Any = 4,
        aspect_ratio: Any = "landscape",
        image: Any = None,
        model: Any = "sora-2",
        remove_watermark: Any = True,
        takes: int = 1,
        extra: Any = None,
        columns: Mapping[str, str | None] | None = None,
        concurrency: int | None = None,
        new: bool = False,
        on_invalid: str = "raise",
        start: bool = True,
    ) -> Sweep:
        """Ask for many films at once; returns at once. See ``sora_nb.Sweep``.

        ``prompts``: a list of prompts or of dicts, a pandas or polars DataFrame, or the path of a
        CSV file, with columns named as the settings; other columns come back in the table, and
        ``columns`` maps other names to settings (None: a label). ``template`` makes the prompt of
        each row from its columns: ``"a {animal} in the rain"``. A setting given here holds for
        every row that does not say otherwise; a list of values is multiplied out.

        All rows are written down, and the budget is reserved for all, before the first is sent;
        at most ``concurrency`` of them are at the service at a time. Rows that were made or are
        under way already are reused, as by ``generate``. With ``start=False`` nothing is written
        before ``sweep.start()``. Raises InvalidRequest with the bad rows by name, unless
        ``on_invalid="skip"``; BudgetExceeded when not all of it fits; JournalError.
        """
        rows = plan_rows(
            prompts,
            template=template,
            columns=columns,
            on_invalid=on_invalid,
            duration=duration,
            aspect_ratio=aspect_ratio,
            image=image,
            model=model,
            remove_watermark=remove_watermark,
            takes=takes,
            extra=extra,
        )
        sweep = Sweep(self, rows, concurrency=sweeps.at_once(self.settings, concurrency), new=new)
        if start:
            sweep.start()
        return sweep

    def preview(self, prompt: str, *, new: bool = False, **settings: Any) -> Preview:
        """What ``generate`` with the same arguments would send. Sends nothing."""
        from sora_nb.service import wire

        request = make_request(prompt=prompt, **settings)
        found = None
        if not new:
            found = self._lifetime.on_loop(
                lambda runtime: runtime.journal.queries.reusable(request, self.service)
            )
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
        return self._tasks(self._lifetime.on_loop(tasks.everything))

    def get(self, key: str) -> Task:
        """The task of that key. Raises InvalidRequest when the journal has none."""
        return self._task(self._lifetime.on_loop(lambda runtime: tasks.find(runtime, key)))

    def keys(self, prefix: str = "") -> list[str]:
        """The keys that begin with ``prefix``, newest first; none before the client's first use."""
        if self._lifetime.runtime is None:
            return []
        return self._lifetime.on_loop(lambda runtime: runtime.journal.queries.with_prefix(prefix))

    def journal_mode(self) -> str:
        """``wal``, or ``delete`` where the journal's folder is on a shared file system."""
        return self._lifetime.on_loop(lambda runtime: runtime.journal.mode)

    def resume(self) -> Tasks:
        """Take up every unfinished task of this service again, those stopped by hand included."""
        return self._tasks(self._lifetime.on_loop(tasks.resume))

    def rescue(self) -> tuple[Tasks, Tasks]:
        """Save what was never saved: (the tasks taken up, those whose film is lost for good)."""
        taken, lost = self._lifetime.on_loop(tasks.rescue)
        return self._tasks(taken), self._tasks(lost)

    def budget_left(self) -> dict[str, float]:
        """What is left of each limit of the budget: tasks, seconds of film, USD."""
        return self._lifetime.on_loop(tasks.budget_left)

    def balance(self) -> float:
        """What is left at the service, in USD. Raises SoraError."""
        return wait_for(self.run(self._balance()))

    async def _balance(self) -> float:
        return await self._lifetime.open().service.balance()

    # What a handle asks for one task

    async def stop(self, key: str) -> None:
        """Stop watching; awaited on the private loop. The service goes on with the task."""
        await tasks.stop(self._lifetime.open(), key)

    def watch(self, key: str) -> None:
        """Watch a stopped task again."""
        self._lifetime.on_loop(lambda runtime: tasks.watch(runtime, key))

    def retry(self, key: str) -> Submission:
        """Ask for the same film anew, as a new task that is paid for again."""
        return self._lifetime.on_loop(lambda runtime: tasks.again(runtime, key))

    def adopt(self, key: str, task_id: str) -> None:
        """Go on with an unsure task whose id was found in the service's dashboard."""
        self._lifetime.on_loop(lambda runtime: tasks.adopt(runtime, key, task_id.strip()))

    def forget(self, key: str) -> None:
        """Decide that an unsure task never existed at the service."""
        self._lifetime.on_loop(lambda runtime: tasks.forget(runtime, key))

    def finished(self, key: str) -> concurrent.futures.Future[TaskRecord]:
        """A future that gets the record once nothing more happens to the task by itself.

        When the client is closed before that, it gets a SoraError.
        """
        waiter: concurrent.futures.Future[TaskRecord] = concurrent.futures.Future()
        try:
            self._lifetime.post(lambda: self.board.wait_finished(key, waiter))
        except Closed:
            self.board.wait_finished(key, waiter)  # nobody else touches the board any more
        return waiter

    # What a sweep asks for many

    def begin(
        self, requests: Sequence[VideoRequest], batch: Batch, *, new: bool
    ) -> list[Submission]:
        """Write different requests down, reserve the budget for all, begin to send them."""
        return self._lifetime.on_loop(
            lambda runtime: sweeps.accept_all(runtime, requests, batch, new=new)
        )

    def begin_again(self, keys: Sequence[str], batch: Batch, *, new: bool) -> list[Submission]:
        """Have the films made that these tasks did not bring; see ``sweeps.retry_all``."""
        return self._lifetime.on_loop(
            lambda runtime: sweeps.retry_all(runtime, keys, batch, new=new)
        )

    def batch(self, concurrency: int) -> Batch:
        """An empty batch for ``begin``."""
        return self._lifetime.on_loop(lambda runtime: sweeps.new_batch(runtime, concurrency))

    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Outlook:
        """What ``begin`` would mean; see ``sweeps.look_ahead``. Writes and sends nothing."""
        return self._lifetime.on_loop(lambda runtime: sweeps.look_ahead(runtime, requests, **how))

    # What handles and views ask of their client

    @property
    def presenter(self) -> Presenter:
        """Shows handles; loaded at the first look."""
        from sora_nb.display import presenter

        return presenter

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
        """The present state of every task that is known here."""
        assert self._lifetime.runtime is not None
        return self._lifetime.runtime.board

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def run(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the private loop."""
        return self._lifetime.run(work)

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the private loop; what it raises goes to the log."""
        self._lifetime.later(work)

    def call(self, act: Callable[[], T]) -> T:
        """Run a short function on the private thread and give its result; also from there."""
        return self._lifetime.call(act)

    def _task(self, record: TaskRecord) -> Task:
        return Task(self, record.key)

    def _tasks(self, records: Sequence[TaskRecord]) -> Tasks:
        return Tasks([self._task(record) for record in records])

    # Its end

    def close(self) -> None:
        """End all that this client started; its tasks stay in the journal. Raises JournalError."""
        self._lifetime.close()

    def retire(self) -> None:
        """Close once the tasks that still run, or wait for their turn, have come to rest."""
        self._lifetime.retire()

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


def _environment() -> Mapping[str, str]:
    """A verbose traceback shows the value of each name on its line: no line of the client's holds
    this one, which holds the key."""
    return os.environ
