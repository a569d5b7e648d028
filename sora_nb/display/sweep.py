"""Sweep: many films as one value, one row for each."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, overload

from sora_nb.core.errors import LinkExpired, SoraError, WaitTimeout
from sora_nb.core.task import State, VideoRequest
from sora_nb.display.collection import Tasks
from sora_nb.display.handle import Owner, Task
from sora_nb.display.sweep_table import sweep_table, text_of
from sora_nb.display.video import Video
from sora_nb.display.waiting import Detached, wait_for, watch
from sora_nb.engine.batch import Batch
from sora_nb.planning.plan import PlannedRow

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")


class Begun(NamedTuple):
    """A task that was asked for. ``gone``: its film was made once and is lost for good."""

    task: Task
    gone: LinkExpired | None


class SweepOwner(Owner, Protocol):
    """What a sweep needs from the client that made it."""

    def begin(
        self, requests: Sequence[VideoRequest], *, new: bool, concurrency: int | None
    ) -> tuple[list[Begun], Batch]: ...
    def call(self, act: Callable[[], T]) -> T: ...


@dataclass
class SweepRow:
    """One film of a sweep. ``row`` is what the table calls the row that it came from.

    ``request`` is None for a row that cannot be made, which ``error`` explains; ``task`` is None
    for such a row and before the start. Rows that ask for the same film have the same task.
    ``labels``: the table's other columns.
    """

    index: int
    row: int | str
    request: VideoRequest | None
    task: Task | None = None
    error: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


class Sweep(Sequence[SweepRow]):
    """Many films: waited for, looked through, tried again and paused as one.

    ``await sweep`` and ``sweep.wait()`` end when nothing moves any more; a row that fails is a row
    of the table, never an exception that hides the others.
    """

    def __init__(
        self,
        owner: SweepOwner,
        rows: Sequence[PlannedRow],
        *,
        concurrency: int | None = None,
        new: bool = False,
    ) -> None:
        self.owner = owner
        self.rows = [
            SweepRow(row.index, row.row, row.request, None, row.error, row.given, row.labels)
            for row in rows
        ]
        self._concurrency = concurrency
        self._new = new
        self._batches: list[Batch] = []
        self._picked: set[str] = set()
        self.shown_in: object = None

    @overload
    def __getitem__(self, index: int) -> SweepRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[SweepRow]: ...
    def __getitem__(self, index: int | slice) -> SweepRow | list[SweepRow]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SweepRow]:
        return iter(self.rows)

    # Running

    @property
    def started(self) -> bool:
        """Whether the films were asked for."""
        return bool(self._batches)

    @property
    def paused(self) -> bool:
        """Whether no more films are sent for the time being."""
        return bool(self._batches) and all(batch.paused for batch in self._batches)

    def start(self) -> Sweep:
        """Write all rows down, reserve the budget for all of them, begin to send them.

        A second call does nothing. Raises BudgetExceeded or JournalError: then nothing was
        written and nothing is sent.
        """
        if not self.started:
            self._begin([row for row in self.rows if row.request is not None], new=self._new)
        return self

    def pause(self) -> None:
        """Send no more of them. Those at the service go on and are saved."""
        self._command(Batch.pause)

    def resume(self) -> None:
        """Send the others, too."""
        self._command(Batch.resume)

    def stop(self) -> None:
        """Stop what was not sent: it is not charged. Films at the service are paid for: they go on.

        Started again by running the same cell again.
        """
        wait_for(self.owner.run(self.stopped()))

    async def stopped(self) -> None:
        """``stop`` for callers on the private loop: the buttons of a panel."""
        for batch in self._batches:
            await batch.stop()

    def retry_failed(self) -> Tasks:
        """Ask anew for the films that failed, as new tasks, which are paid for; gives those.

        An unsure task is never sent again by this: only a person knows whether it was charged.
        """
        again = [
            row for row in self.rows if row.task is not None and row.task.state == State.FAILED
        ]
        self._begin(again, new=self._new)
        return Tasks(_distinct(row.task for row in again))

    def _begin(self, rows: Sequence[SweepRow], *, new: bool) -> None:
        by_print: dict[str, list[SweepRow]] = {}
        for row in rows:
            assert row.request is not None
            by_print.setdefault(row.request.fingerprint, []).append(row)
        if not by_print:
            return
        requests = [same[0].request for same in by_print.values()]
        begun, batch = self.owner.begin(
            [request for request in requests if request is not None],
            new=new,
            concurrency=self._concurrency,
        )
        for same, (task, gone) in zip(by_print.values(), begun, strict=True):
            for row in same:
                row.task = task
                row.error = None if gone is None else f"{gone.message} {gone.advice}".strip()
        self._batches.append(batch)

    def _command(self, command: Callable[[Batch], None]) -> None:
        for batch in self._batches:
            self.owner.call(lambda batch=batch: command(batch))  # type: ignore[misc]

    # Waiting

    def wait(self, timeout: float | None = None) -> Sweep:
        """Block until nothing moves any more, at most ``timeout`` seconds; gives the sweep.

        No row's failure is raised. Coroutines and clicks of the notebook go on meanwhile. Ctrl-C
        stops the waiting, not the sweep. Raises WaitTimeout.
        """
        try:
            wait_for(self._all_rest(), timeout)
        except TimeoutError:
            raise WaitTimeout(
                f"{self._unfinished()} of {len(self.rows)} films are still on their way after "
                f"{timeout:g} s of waiting.",
                advice="They go on by themselves: wait again, or look at sweep.table().",
            ) from None
        except KeyboardInterrupt:
            raise Detached(
                "stopped waiting; the films go on. After a restart of the kernel: run the cell "
                "that made the sweep again, or `%sora resume`"
            ) from None
        return self

    def __await__(self) -> Generator[Any, None, Sweep]:
        return self._wait().__await__()

    async def _wait(self) -> Sweep:
        await watch(self._all_rest())
        return self

    def _all_rest(self) -> concurrent.futures.Future[None]:
        """A future that is done once every task rests, those of a later retry included."""

        async def look() -> None:
            while waiting := [task for task in self.tasks if not task.record.finished]:
                rests = [asyncio.wrap_future(self.owner.finished(task.key)) for task in waiting]
                await asyncio.gather(*rests)

        return self.owner.run(look())

    def _unfinished(self) -> int:
        return sum(not task.record.finished for task in self.tasks)

    # Looking

    @property
    def tasks(self) -> Tasks:
        """The tasks of all rows, each once, in the order of the rows."""
        return Tasks(_distinct(row.task for row in self.rows))

    @property
    def videos(self) -> list[Video]:
        """The films that are ready, in the order of the rows."""
        return [task.video() for task in self.tasks if task.state == State.READY]

    @property
    def failed(self) -> Tasks:
        """The tasks that the service refused or ended without a film."""
        return Tasks([task for task in self.tasks if task.state == State.FAILED])

    @property
    def picked(self) -> Tasks:
        """The tasks whose film a person picked in the gallery, in the order of the rows."""
        return Tasks([task for task in self.tasks if task.key in self._picked])

    def pick(self, key: str, picked: bool = True) -> None:
        """Pick the film of a task, or take that back. Raises SoraError for a task not in here."""
        if all(task.key != key for task in self.tasks):
            raise SoraError(f"task {key} is not in this sweep.", advice="`sweep.table()` lists it.")
        (self._picked.add if picked else self._picked.discard)(key)

    @property
    def progress(self) -> dict[str, int]:
        """How many rows are in each state, in the order of a task's life; ``invalid`` ones last."""
        found = Counter(
            "planned" if row.request and not row.task else row.task.state if row.task else "invalid"
            for row in self.rows
        )
        order = ["planned", *State, "invalid"]
        return {str(word): found[str(word)] for word in order if found[str(word)]}

    def table(self) -> list[dict[str, Any]]:
        """One dict a row, for ``pd.DataFrame`` and ``pl.DataFrame``; see ``sweep_table``."""
        return sweep_table(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """The table as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.table())

    def __repr__(self) -> str:
        return text_of(self.rows, self.progress)


def _distinct(tasks: Any) -> list[Task]:
    return list({task.key: task for task in tasks if task is not None}.values())
