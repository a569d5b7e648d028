"""The tasks of one notebook: those whose films lie in its folder, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sora_nb.display import gallery
from sora_nb.display.collection import Tasks

if TYPE_CHECKING:
    from sora_nb.display.handle import Task
    from sora_nb.display.studio_desk import StudioOwner

Json = dict[str, Any]
Listener = Callable[[frozenset[str]], None]


def tasks_of_notebook(owner: StudioOwner) -> Tasks:
    """Those of the client's service whose films go to its media folder. Raises JournalError."""
    media = str(owner.settings.media)
    return Tasks(
        [
            task
            for task in owner.tasks()
            if task.record.service == owner.service and task.record.media == media
        ]
    )


class StudioTasks:
    """Used on the private loop of ``owner``; ``listener`` hears which of the tasks changed."""

    def __init__(self, owner: StudioOwner, listener: Listener) -> None:
        self.owner = owner
        self._listener = listener
        self._tasks: dict[str, Task] = {}  # oldest first
        self._numbers: dict[str, int] = {}
        self._endings: list[Callable[[], None]] = []
        self._known: list[str] | None = None

    def get(self, key: object) -> Task | None:
        return self._tasks.get(key) if isinstance(key, str) else None

    def look(self) -> bool:
        """Whether there are new tasks; those that are unfinished are read again, which tells the
        listener what another kernel did to them. Raises JournalError."""
        for task in self._tasks.values():
            if not task.record.finished:
                self.owner.get(task.key)
        if self.owner.keys() == self._known:
            return False
        self.look_again()
        return True

    def look_again(self) -> None:
        """Read the list anew. Raises JournalError."""
        self._known = self.owner.keys()
        self.take_in(reversed(tasks_of_notebook(self.owner)))

    def take_in(self, tasks: Iterable[Task]) -> None:
        """Follow further tasks, the oldest first."""
        new = []
        for task in tasks:
            if task.key not in self._tasks:
                self._numbers[task.key] = len(self._numbers) + 1
                new.append(task.key)
            if task.key not in self._tasks or task.reused:
                self._tasks[task.key] = task
        if new:
            self._endings.append(self.owner.board.listen(new, self._listener))

    def rows(self) -> list[Json]:
        """Newest first."""
        rows = [gallery.row(self._numbers[key], task.record) for key, task in self._tasks.items()]
        return rows[::-1]

    def moved(self, keys: Iterable[str]) -> list[Json]:
        """What can have changed in the rows of these tasks."""
        return [
            {"n": self._numbers[key], **gallery.moving(self._tasks[key].record)}
            for key in keys
            if key in self._tasks
        ]

    def end(self) -> None:
        """Listen no more."""
        for ending in self._endings:
            ending()
        self._endings.clear()
