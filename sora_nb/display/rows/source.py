"""What a gallery can show: a sweep, or any collection of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from sora_nb.handles.sweep_rows import SweepRow

if TYPE_CHECKING:
    from sora_nb.handles.ports import TaskClient
    from sora_nb.handles.tasks import Tasks


class Source(Protocol):
    """Rows, what a person picked of them, and what to know before all else. A Sweep is one.

    ``concurrency`` is None for tasks that were asked for one by one: nothing starts, pauses or
    ends them as one, so there are no buttons for all and no common estimate. ``act`` does what one
    of those buttons asks, on the private loop, and gives what is to be said of it. ``plan``, as a
    string, is what a start would do.
    """

    @property
    def client(self) -> TaskClient: ...
    @property
    def rows(self) -> Sequence[SweepRow]: ...
    @property
    def picked(self) -> Tasks: ...
    @property
    def note(self) -> str | None: ...
    @property
    def started(self) -> bool: ...
    @property
    def paused(self) -> bool: ...
    @property
    def concurrency(self) -> int | None: ...
    @property
    def plan(self) -> object: ...
    async def act(self, name: str) -> str | None: ...
    def pick(self, key: str, picked: bool = True) -> None: ...


class TaskSource:
    """A collection of tasks as rows, in its own order. What is picked is kept in the collection."""

    started, paused, concurrency, plan = True, False, None, None

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self.client = tasks[0].client
        self.rows = [SweepRow(index, index, task.request, task) for index, task in enumerate(tasks)]

    @property
    def note(self) -> None:
        """Nothing holds back tasks that were asked for one by one."""
        return None

    @property
    def picked(self) -> Tasks:
        """The tasks whose film a person picked."""
        return self._tasks.picked

    async def act(self, name: str) -> None:
        """There is no button for all of them."""

    def pick(self, key: str, picked: bool = True) -> None:
        """Pick the film of a task, or take that back. Raises SoraError for a task not in here."""
        self._tasks.pick(key, picked)
