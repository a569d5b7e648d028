"""Reading the journal: tasks by key, request or state, and the past of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from sora_nb.core.errors import JournalError
from sora_nb.core.task import REUSABLE, State, TaskRecord, VideoRequest, decode
from sora_nb.storage.journal.verify import Entry

_NEWEST_FIRST = "ORDER BY created_at DESC, rowid DESC"


class Queries:
    """The questions to one file, which change nothing. Every method raises JournalError.

    ``connection`` gives the open file; what goes wrong within it becomes a JournalError.
    """

    def __init__(
        self, path: Path, connection: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._path = path
        self._connection = connection

    def reusable(self, request: VideoRequest, service: str) -> TaskRecord | None:
        """The newest task of that request and service in a state of REUSABLE, or None: what
        ``create`` would give again."""
        marks = ",".join("?" * len(REUSABLE))
        found = self._select(
            f"WHERE fingerprint = ? AND service = ? AND state IN ({marks}) {_NEWEST_FIRST} LIMIT 1",
            (request.fingerprint, service, *sorted(REUSABLE)),
        )
        return found[0] if found else None

    def get(self, key: str) -> TaskRecord | None:
        """The task of that key, or None."""
        stored = self.stored(key)
        return None if stored is None else self.read(key, stored)

    def all(self) -> list[TaskRecord]:
        """Every task, newest first."""
        return self._select(_NEWEST_FIRST, ())

    def newest(self, service: str, count: int) -> list[TaskRecord]:
        """The last ``count`` tasks of that service, newest first."""
        return self._select(f"WHERE service = ? {_NEWEST_FIRST} LIMIT ?", (service, count))

    def in_states(self, service: str, states: Collection[State]) -> list[TaskRecord]:
        """The tasks of that service in one of these states, oldest first."""
        marks = ",".join("?" * len(states))
        return self._select(
            f"WHERE service = ? AND state IN ({marks}) ORDER BY created_at, rowid",
            (service, *sorted(states)),
        )

    def with_prefix(self, text: str) -> list[str]:
        """The keys that begin with ``text``, newest task first."""
        sql = "SELECT key FROM tasks WHERE substr(key, 1, ?) = ? " + _NEWEST_FIRST  # noqa: S608 - a constant
        with self._connection() as db:
            return [key for (key,) in db.execute(sql, (len(text), text))]

    def history(self, key: str) -> list[Entry]:
        """The past of a task, oldest first: one entry for each change of state or note."""
        sql = "SELECT at, state, note FROM history WHERE key = ? ORDER BY seq"
        with self._connection() as db:
            return [Entry(at, State(state), note) for at, state, note in db.execute(sql, (key,))]

    def stored(self, key: str) -> str | None:
        """The JSON of that task as it lies in the file, or None."""
        with self._connection() as db:
            row = db.execute("SELECT record FROM tasks WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _select(self, clause: str, values: tuple[Any, ...]) -> list[TaskRecord]:
        sql = "SELECT key, record FROM tasks " + clause  # noqa: S608 - clauses of this file
        with self._connection() as db:
            rows = db.execute(sql, values).fetchall()
        return [self.read(key, stored) for key, stored in rows]

    def read(self, key: str, stored: str) -> TaskRecord:
        """The record of that JSON."""
        try:
            return decode(stored)
        except msgspec.DecodeError as error:
            raise JournalError(
                f"the journal {self._path}: the record of task {key} cannot be read ({error}).",
                advice="If a newer sora_nb wrote it, update; or set SORA_NB_HOME elsewhere.",
            ) from error
