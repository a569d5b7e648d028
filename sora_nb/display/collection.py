"""Several tasks in order, as one value."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from sora_nb.display.handle import Task
from sora_nb.display.table import html_table, row, text_table
from sora_nb.display.video import Video

if TYPE_CHECKING:
    import pandas as pd


class Tasks(Sequence[Task]):
    """Several tasks in order; shows itself as a table."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tuple(tasks)

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
        from IPython.display import publish_display_data

        from sora_nb.display.show import shown_here

        if not (self and shown_here(self)):
            bundle = {"text/plain": repr(self), "text/html": self._repr_html_()}
            publish_display_data(bundle)  # type: ignore[no-untyped-call]
