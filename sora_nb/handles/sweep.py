"""Sweep: many films as one value, one row for each."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from sora_nb.core.errors import SoraError
from sora_nb.core.task import State
from sora_nb.engine.batch import Batch
from sora_nb.handles.completions import Completions
from sora_nb.handles.ports import SweepClient
from sora_nb.handles.results import Results
from sora_nb.handles.sweep_rows import (
    SweepRow,
    by_request,
    distinct,
    progress_of,
    worth_another_try,
)
from sora_nb.handles.sweep_table import sweep_table, text_of
from sora_nb.handles.sweep_waiting import SweepWait, say
from sora_nb.handles.task import Task, task_of
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from sora_nb.handles.waiting import wait_for
from sora_nb.planning.outlook import Outlook
from sora_nb.planning.planned import PlannedRow, complaint

if TYPE_CHECKING:
    import pandas as pd

R = TypeVar("R")


class Sweep(Sequence[SweepRow]):
    """Many films: waited for, looked through, tried again and paused as one.

    ``await sweep`` and ``sweep.wait()`` end when nothing moves any more; a row that fails is a row
    of the table, never an exception that hides the others. An outage of the service is one: it
    holds back what was not sent, until ``resume`` or ``stop``.
    """

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(
        self,
        client: SweepClient,
        rows: Sequence[PlannedRow],
        *,
        concurrency: int,
        new: bool = False,
    ) -> None:
        self.client = client
        self.rows = [
            SweepRow(row.index, row.row, row.request, None, row.error, row.given, row.labels)
            for row in rows
        ]
        self._complaints = [complaint(row) for row in rows if row.request is None]
        self._concurrency = concurrency
        self._new = new
        self._batch: Batch | None = None
        self._picked: set[str] = set()
        self._waiting = SweepWait(client, lambda: self.tasks, self._demand_start)

    @overload
    def __getitem__(self, index: int) -> SweepRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[SweepRow]: ...
    def __getitem__(self, index: int | slice) -> SweepRow | list[SweepRow]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    # Running

    @property
    def started(self) -> bool:
        """Whether the films were asked for."""
        return self._batch is not None

    @property
    def concurrency(self) -> int:
        """How many films are at the service at a time, at most."""
        return self._concurrency

    @property
    def paused(self) -> bool:
        """Whether no more films are sent for the time being."""
        return self._batch is not None and self._batch.paused

    @property
    def note(self) -> str | None:
        """Why the sweep has paused by itself, and what to do now; None while it has not."""
        outage = None if self._batch is None else self._batch.outage
        return None if outage is None else f"{outage.message} {outage.advice}"

    def start(self) -> Sweep:
        """Write all rows down, reserve the budget for all of them, begin to send them.

        A second call does nothing. Raises BudgetExceeded or JournalError: then nothing was
        written and nothing is sent.
        """
        if not self.started:
            self.client.call(lambda: self._begin([] if self.started else self.rows))
        return self

    @property
    def plan(self) -> Outlook:
        """How many films are still to be asked for, how long they take, what they cost, and
        whether the budget allows it. Writes and sends nothing."""
        groups = by_request(row for row in self.rows if row.task is None)
        return self.client.look_ahead(
            [request for request, _ in groups],
            new=self._new,
            concurrency=self._concurrency,
            same=sum(len(rows) - 1 for _, rows in groups),
            complaints=self._complaints,
        )

    def pause(self) -> None:
        """Send no more of them. Those at the service go on and are saved."""
        self._waiting.paused_anew()
        if self._batch is not None:
            self.client.call(self._batch.pause)

    def resume(self) -> None:
        """Send the others, too: a few at first, until the service takes them."""
        if self._batch is not None:
            self.client.call(self._batch.resume)

    def stop(self) -> None:
        """Stop what was not sent: it is not charged. Films at the service are paid for: they go on.

        Returns once the requests on the wire are answered. Started again by running the same cell
        again.
        """
        wait_for(self.client.run(self.act("stop")))

    async def act(self, name: str) -> str | None:
        """Do what a button of the gallery asks, on the private loop; gives what is to be said of
        it."""
        match name:
            case "start":
                self.start()
            case "pause":
                self.pause()
            case "continue":
                self.resume()
            case "stop" if self._batch is not None:
                await self._batch.stop()
            case "retry_failed":
                rows, left_out = worth_another_try(self.rows)
                self.retry(rows)
                return left_out
        return None

    def retry_failed(self) -> Tasks:
        """``retry`` for the failed films that another try can cure; gives their tasks.

        Says what it leaves out: prompts that would be refused again, and films that were made and
        lost. An unsure task is never sent again: only a person knows whether it was charged.
        """
        rows, left_out = worth_another_try(self.rows)
        if left_out is not None:
            say(left_out)
        return self.retry(rows)

    def retry(self, rows: Iterable[SweepRow]) -> Tasks:
        """Have the films made that these rows did not bring; gives the tasks that they have now.

        Failed films, and those that are lost, are asked for anew, as new tasks, which are paid for.
        What was stopped, or given up here while the service may have it, is taken up again. Unsure
        and unfinished tasks, and films that are there, stay as they are. Raises SoraError before
        the start; BudgetExceeded or JournalError: then nothing has changed.
        """
        batch, old = self._demand_start(), distinct(row.task for row in rows)
        return self.client.call(lambda: self._begin_again(old, batch))

    def _begin_again(self, old: list[Task], batch: Batch) -> Tasks:
        """On the private thread, as ``_begin``."""
        begun = self.client.begin_again([task.key for task in old], batch, new=self._new)
        now = {
            before.key: (before if key == before.key else task_of(self.client, made), made.error)
            for before, made in zip(old, begun, strict=True)
            for key in (made.record.key,)
        }
        for row in self.rows:
            if row.task is not None and row.task.key in now:
                row.take(*now[row.task.key])
        return Tasks(distinct(task for task, _ in now.values()))

    def _demand_start(self) -> Batch:
        if self._batch is None:
            raise SoraError("the sweep has not begun: it has no films.", advice="sweep.start()")
        return self._batch

    def _begin(self, asked: Iterable[SweepRow]) -> list[SweepRow]:
        """On the private thread: neither another caller nor Ctrl-C comes between tasks and rows,
        or the same films would be paid again."""
        groups = by_request(rows := list(asked))
        if not groups:
            return rows
        batch = self._batch or self.client.batch(self._concurrency)
        begun = self.client.begin([request for request, _ in groups], batch, new=self._new)
        for (_, same), submission in zip(groups, begun, strict=True):
            task = task_of(self.client, submission)
            for row in same:
                row.take(task, submission.error)
        self._batch = batch
        return rows

    def wait(self, timeout: float | None = None) -> Self:
        """Block until nothing moves any more, at most ``timeout`` seconds; gives the sweep.

        No row's failure is raised. Coroutines and clicks of the notebook go on meanwhile. Ctrl-C
        stops the waiting, not the sweep. Raises WaitTimeout; ServiceError when an outage holds
        films back; SoraError before the start.
        """
        self._waiting.block(timeout)
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._wait().__await__()

    async def _wait(self) -> Self:
        await self._waiting.until_rest()
        return self

    def as_completed(self) -> Completions[Task]:
        """The tasks in the order in which they come to rest, for ``for`` and ``async for``.

        Each task once, whatever its outcome. Raises SoraError before the start; and after the last
        one that comes, when the client is closed meanwhile or an outage holds others back.
        """
        return self._waiting.as_completed()

    def map(
        self, fn: Callable[[Video], R], executor: concurrent.futures.Executor | None = None
    ) -> Results[R]:
        """Run ``fn(video)`` for each film as it becomes ready; returns at once.

        ``executor``: any ``concurrent.futures.Executor``, e.g. Dask's ``client.get_executor()``;
        threads by default. On another machine the Video reads its frames from the film's link.
        Raises SoraError before the start.
        """
        return Results(self.tasks, self.as_completed(), fn, executor)

    # Looking

    @property
    def tasks(self) -> Tasks:
        """The tasks of all rows, each once, in the order of the rows."""
        return Tasks(distinct(row.task for row in self.rows))

    @property
    def videos(self) -> list[Video]:
        """The films that are ready and not lost, in the order of the rows."""
        made = (row.task for row in self.rows if row.task and not row.lost)
        return [task.video() for task in distinct(made) if task.state == State.READY]

    @property
    def failed(self) -> Tasks:
        """The tasks that were refused or ended without a film, and those whose film is lost."""
        rows = (row for row in self.rows if row.task and (row.lost or row.task.state == "failed"))
        return Tasks(distinct(row.task for row in rows))

    @property
    def picked(self) -> Tasks:
        """The tasks whose film a person picked in the gallery, in the order of the rows."""
        return Tasks([task for task in self.tasks if task.key in self._picked])

    def pick(self, key: str, picked: bool = True) -> None:
        """Pick the film of a task, or take that back. Raises SoraError for a task not in here."""
        if all(task.key != key for task in self.tasks):
            raise SoraError(f"task {key} is not in this sweep.", advice="`sweep.table()` lists it.")
        (self._picked.add if picked else self._picked.discard)(key)

    def gallery(self) -> None:
        """Show all films in one list that stays live: filtered, played, compared, picked from."""
        self.client.presenter.gallery(self)

    @property
    def progress(self) -> dict[str, int]:
        """How many rows are in each state, in the order of a task's life; ``invalid`` ones last."""
        return progress_of(self.rows)

    def table(self) -> list[dict[str, Any]]:
        """One dict a row, for ``pd.DataFrame`` and ``pl.DataFrame``; see ``sweep_table``."""
        return sweep_table(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """The table as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.table())

    def __repr__(self) -> str:
        if not self.started:
            return str(self.plan)
        text = text_of(self.rows, self.progress)
        return text if self.note is None else f"{text}\n{self.note}"

    def _display_(self) -> object:
        return self.client.presenter.view(self)

    def _ipython_display_(self) -> None:
        self.client.presenter.show(self)
