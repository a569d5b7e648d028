"""Several tasks in order, as one value."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from sora_nb.core.errors import SoraError
from sora_nb.handles.task import Task
from sora_nb.handles.task_table import html_table, row, text_table
from sora_nb.handles.video import Video

if TYPE_CHECKING:
    import pandas as pd


class Tasks(Sequence[Task]):
    """Several tasks in order; shows itself as a table."""

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tuple(tasks)
        self._picked: set[str] = set()

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> Tasks: ...
    def __getitem__(self, index: int | slice) -> Task | Tasks:
        return Tasks(self._tasks[index]) if isinstance(index, slice) else self._tasks[index]

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self._tasks)

    def wait(self, timeout: float | None = None) -> list[Video]:
        """Block until all of them rest; gives their films, raises the first task's error."""
        end = None if timeout is None else time.monotonic() + timeout
        return [t.wait(None if end is None else max(0.0, end - time.monotonic())) for t in self]

    def __await__(self) -> Generator[Any, None, list[Video]]:
        return self._wait().__await__()

    async def _wait(self) -> list[Video]:
        return list(await asyncio.gather(*(task._wait() for task in self)))

    @property
    def picked(self) -> Tasks:
        """The tasks whose film a person picked in ``gallery`` or ``compare``, in their order."""
        return Tasks([task for task in self if task.key in self._picked])

    def pick(self, key: str, picked: bool = True) -> None:
        """Pick the film of a task, or take that back. Raises SoraError for a task not in here."""
        if all(task.key != key for task in self):
            raise SoraError(f"task {key} is not among these.", advice="Show them: they are listed.")
        (self._picked.add if picked else self._picked.discard)(key)

    def gallery(self) -> None:
        """Show them in one list that is filtered, sorted, played, compared and picked from."""
        if self:
            self[0].client.presenter.gallery(self)

    def compare(self) -> None:
        """Play two to nine films as one, side by side, and pick from them: see ``picked``.

        Raises SoraError for other numbers of tasks.
        """
        if not 2 <= len(self) <= 9:
            raise SoraError(
                f"{len(self)} tasks cannot be compared: two to nine can.",
                advice="Take some of them, e.g. sora_nb.tasks()[:4].compare().",
            )
        self[0].client.presenter.gallery(self, comparing=True)

    def rows(self) -> list[dict[str, Any]]:
        """One dict a task: key, state, prompt, settings, Unix seconds, USD, path, error."""
        return [row(task.record) for task in self]

    def to_pandas(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame. Raises ImportError where pandas is not installed."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __repr__(self) -> str:
        return text_table([task.record for task in self])

    def _repr_html_(self) -> str:
        return html_table([task.record for task in self])

    def _ipython_display_(self) -> None:
        """The table, unless this cell has a panel of just these tasks: one output is enough."""
        if not self:
            raise NotImplementedError  # IPython's own way to ask for the repr
        self[0].client.presenter.show(self)
