"""The tasks that a Studio lists: those whose films lie in its folder, newest first.

Notebooks that share a folder of films share the list: whose cell asked is not written down.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from typing import TYPE_CHECKING, Any

from sora_nb.display.player.film_requests import FilmRequests, Page
from sora_nb.display.rows import snapshot
from sora_nb.handles.tasks import Tasks

if TYPE_CHECKING:
    from sora_nb.display.studio.ports import StudioClient
    from sora_nb.handles.task import Task

Json = dict[str, Any]
Listener = Callable[[frozenset[str]], None]

AT_ONCE = 50
"""Tasks that are read from the journal in one look: the private loop stands still meanwhile."""


def tasks_of_folder(client: StudioClient, asked: Container[str]) -> Tasks:
    """Those of the client's service whose films go to its media folder, or that were ``asked`` for
    here and had been made for another folder. Raises JournalError."""
    return Tasks([task for task in client.tasks() if _belongs(task, client, asked)])


def _belongs(task: Task, client: StudioClient, asked: Container[str]) -> bool:
    record = task.record
    here = record.media == str(client.settings.media) or task.key in asked
    return here and record.service == client.service


class StudioTasks:
    """Used on the private loop of ``owner``; ``listener`` hears which of the tasks changed, and
    ``films`` answers ``page`` about theirs.

    ``asked``: see ``tasks_of_folder``.
    """

    def __init__(
        self, client: StudioClient, asked: Container[str], listener: Listener, page: Page
    ) -> None:
        self.client = client
        self.films = FilmRequests(client, page)
        self._asked = asked
        self._listener = listener
        self._tasks: dict[str, Task] = {}  # oldest first
        self._numbers: dict[str, int] = {}
        self._endings: list[Callable[[], None]] = []
        self._known: list[str] = []
        self._unread: list[str] = []

    def get(self, key: object) -> Task | None:
        return self._tasks.get(key) if isinstance(key, str) else None

    def poll(self) -> bool:
        """Whether there are new tasks. Some of the unfinished ones are read again, in turn, which
        tells the listener what another kernel did to them. Raises JournalError."""
        self._unread = self._unread or self._unfinished()
        turn, self._unread = self._unread[:AT_ONCE], self._unread[AT_ONCE:]
        for key in turn:
            self.client.get(key)
        if (keys := self.client.keys()) == self._known:
            return False
        known = set(self._known)
        new = [key for key in reversed(keys) if key not in known]
        if len(new) > AT_ONCE:
            self.look_again()
        else:
            self._known = keys
            found = map(self.client.get, new)
            self.take_in(task for task in found if _belongs(task, self.client, self._asked))
        return True

    def look_again(self) -> None:
        """Read the list anew. Raises JournalError."""
        self._known = self.client.keys()
        self.take_in(reversed(tasks_of_folder(self.client, self._asked)))

    def _unfinished(self) -> list[str]:
        return [key for key, task in self._tasks.items() if not task.record.finished]

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
            self._endings.append(self.client.board.listen(new, self._listener))

    def rows(self, picked: Container[str] = ()) -> list[Json]:
        """Newest first. ``picked``: the keys of films that a person picked."""
        rows = [
            snapshot.row(self._numbers[key], task.record, picked=key in picked)
            for key, task in self._tasks.items()
        ]
        return rows[::-1]

    def moved(self, keys: Iterable[str]) -> list[Json]:
        """What can have changed in the rows of these tasks."""
        return [
            {"n": self._numbers[key], **snapshot.moving(self._tasks[key].record)}
            for key in keys
            if key in self._tasks
        ]

    def end(self) -> None:
        """Listen no more."""
        for ending in self._endings:
            ending()
        self._endings.clear()
