"""Waiting for a sweep: for all of it, or film by film."""

from __future__ import annotations

import concurrent.futures
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sora_nb.core.errors import WaitTimeout
from sora_nb.core.task import TaskRecord
from sora_nb.engine.batch import Batch
from sora_nb.handles.completions import Completions
from sora_nb.handles.ports import SweepClient
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.waiting import Detached, wait_for, watch


class SweepWait:
    """Waits for the films of one sweep, until nothing moves by itself any more.

    ``tasks`` gives the sweep's tasks of the moment, each once; ``batch`` what they are sent by, or
    raises SoraError before the start.
    """

    def __init__(
        self, client: SweepClient, tasks: Callable[[], Tasks], batch: Callable[[], Batch]
    ) -> None:
        self._client = client
        self._tasks = tasks
        self._batch = batch
        self._told = False  # of the pause that holds films back

    def paused_anew(self) -> None:
        """The next wait tells of the pause, also if an earlier one did."""
        self._told = False

    def block(self, timeout: float | None = None) -> None:
        """Block until every task rests; see ``Sweep.wait``."""
        end = None if timeout is None else time.monotonic() + timeout
        try:
            for rest in self._rests():
                wait_for(rest, None if end is None else max(0.0, end - time.monotonic()))
        except TimeoutError:
            raise WaitTimeout(
                f"{len(self._unfinished())} of {len(self._tasks())} films are still on their way "
                f"after {timeout:g} s of waiting.",
                advice="They go on by themselves: wait again, or look at sweep.table().",
            ) from None
        except KeyboardInterrupt:
            raise _detached() from None

    async def until_rest(self) -> None:
        """Await the same."""
        for rest in self._rests():
            await watch(rest)

    def _rests(self) -> Iterator[concurrent.futures.Future[TaskRecord]]:
        """Futures to wait for, one at a time, until every task rests, those of a retry included."""
        self._tell_of_a_pause()
        while tasks := self._unfinished():
            for task in tasks:
                if not task.record.finished:
                    yield self._client.finished(task.key)

    def _unfinished(self) -> list[Task]:
        return [task for task in self._tasks() if not task.record.finished]

    def as_completed(self) -> Completions[Task]:
        """The tasks in the order in which they come to rest; see ``Sweep.as_completed``."""
        self._tell_of_a_pause()
        tasks = self._tasks()
        completions: Completions[Task] = Completions(len(tasks), detached=_detached)

        def came(task: Task, rests: concurrent.futures.Future[Any]) -> None:
            error = rests.exception()
            if isinstance(error, Exception):
                completions.miss(error)
            else:
                completions.put(task)

        for task in tasks:
            self._client.finished(task.key).add_done_callback(partial(came, task))
        return completions

    def _tell_of_a_pause(self) -> None:
        """Once a pause: who waits does not see why nothing comes. Raises SoraError."""
        batch = self._batch()
        if not batch.paused or batch.outage is not None or self._told:
            return
        self._told = True
        if held := self._client.call(lambda: len(batch.held)):
            films = "1 film is" if held == 1 else f"{held} films are"
            say(
                f"the sweep is paused: {films} held back. sweep.resume() (Continue) sends them, "
                "sweep.stop() leaves them unsent. The waiting goes on until then."
            )


def say(words: str) -> None:
    """Tell the person in front of this cell or terminal."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _detached() -> Detached:
    return Detached(
        "stopped waiting; the films go on. After a restart of the kernel: run the cell that made "
        "the sweep again, or `%sora resume`"
    )
