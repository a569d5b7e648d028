"""What a saved notebook keeps of the Studio: the films that were asked for in it."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from sora_nb.display.collection import Tasks
from sora_nb.display.gallery_saved import gallery_page
from sora_nb.display.gallery_source import TaskSource
from sora_nb.display.places import server_root_of_kernel
from sora_nb.display.studio_saved import saved_studio

if TYPE_CHECKING:
    from sora_nb.display.cell_output import CellOutput
    from sora_nb.display.handle import Task
    from sora_nb.display.host import Host


class Shelf:
    """The plain page of one cell that shows the form. Used on the private loop."""

    def __init__(self, cell: CellOutput, host: Host) -> None:
        self._cell = cell
        self._host = host
        self._root = server_root_of_kernel()
        self._kept: list[tuple[str, str, bool]] = []

    async def keep(self, tasks: Sequence[Task], picked: Container[str] = ()) -> None:
        """Rewrite the page once all of these rest, unless it says so already; those with ``picked``
        keys come first."""
        now = [(task.key, task.state, task.key in picked) for task in tasks]
        if not tasks or now == self._kept or not all(task.record.finished for task in tasks):
            return
        self._kept = now
        shown = Tasks(tasks)
        for task in tasks:
            shown.pick(task.key, task.key in picked)
        films = await asyncio.to_thread(gallery_page, TaskSource(shown), self._root, self._host)
        if self._kept is now:  # else a later call has more to say
            self._cell.stand_in(saved_studio(films.bundle))
