"""Waiting for a sweep: for all of it, or film by film."""

from __future__ import annotations

import concurrent.futures
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from functools import partial
from typing import Any, Self

from sora_nb.core.errors import WaitTimeout
from sora_nb.core.task import TaskRecord
from sora_nb.display.arrivals import Arrivals
from sora_nb.display.collection import Tasks
from sora_nb.display.handle import Task
from sora_nb.display.sweep_rows import SweepOwner
from sora_nb.display.waiting import Detached, wait_for, watch
from sora_nb.engine.batch import Batch


class Waiting(ABC):
    """The part of a Sweep that waits. It ends when nothing moves by itself any more."""

    owner: SweepOwner
    _told = False  # of the pause that holds films back

    @property
    @abstractmethod
    def tasks(self) -> Tasks:
        """The tasks of all rows, each once, in the order of the rows."""

    @abstractmethod
    def _demand_start(self) -> Batch:
        """What the films are sent by. Raises SoraError before the start."""

    def wait(self, timeout: float | None = None) -> Self:
        """Block until nothing moves any more, at most ``timeout`` seconds; gives the sweep.

        No row's failure is raised. Coroutines and clicks of the notebook go on meanwhile. Ctrl-C
        stops the waiting, not the sweep. Raises WaitTimeout; ServiceError when an outage holds
        films back; SoraError before the start.
        """
        end = None if timeout is None else time.monotonic() + timeout
        try:
            for rest in self._rests():
                wait_for(rest, None if end is None else max(0.0, end - time.monotonic()))
        except TimeoutError:
            raise WaitTimeout(
                f"{len(self._unfinished())} of {len(self.tasks)} films are still on their way "
                f"after {timeout:g} s of waiting.",
                advice="They go on by themselves: wait again, or look at sweep.table().",
            ) from None
        except KeyboardInterrupt:
            raise _detached() from None
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._wait().__await__()

    async def _wait(self) -> Self:
        for rest in self._rests():
            await watch(rest)
        return self

    def _rests(self) -> Iterator[concurrent.futures.Future[TaskRecord]]:
        """Futures to wait for, one at a time, until every task rests, those of a retry included."""
        self._tell_of_a_pause()
        while tasks := self._unfinished():
            for task in tasks:
                if not task.record.finished:
                    yield self.owner.finished(task.key)

    def _unfinished(self) -> list[Task]:
        return [task for task in self.tasks if not task.record.finished]

    def as_completed(self) -> Arrivals[Task]:
        """The tasks in the order in which they come to rest, for ``for`` and ``async for``.

        Each task once, whatever its outcome. Raises SoraError before the start; and after the last
        one that comes, when the client is closed meanwhile or an outage holds others back.
        """
        self._tell_of_a_pause()
        tasks = self.tasks
        arrivals: Arrivals[Task] = Arrivals(len(tasks), detached=_detached)

        def came(task: Task, rests: concurrent.futures.Future[Any]) -> None:
            error = rests.exception()
            if isinstance(error, Exception):
                arrivals.miss(error)
            else:
                arrivals.put(task)

        for task in tasks:
            self.owner.finished(task.key).add_done_callback(partial(came, task))
        return arrivals

    def _tell_of_a_pause(self) -> None:
        """Once a pause: who waits does not see why nothing comes. Raises SoraError."""
        batch = self._demand_start()
        if not batch.paused or batch.outage is not None or self._told:
            return
        self._told = True
        if held := self.owner.call(lambda: len(batch.held)):
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
