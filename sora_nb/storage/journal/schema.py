"""The shape of the journal's file: numbered migrations, only ever appended to.

The position of a migration is the ``user_version`` that the file has after it. A migration that
was ever released is never edited: files in that shape are on people's disks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from sora_nb.core.errors import JournalError

_V1 = (
    # The record is the one truth of a task; what is searched for is generated from it and so can
    # never disagree with it. The fingerprint is a hash of the request, which SQL cannot make.
    """
    CREATE TABLE tasks (
        key TEXT PRIMARY KEY NOT NULL,
        record TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        state TEXT GENERATED ALWAYS AS (json_extract(record, '$.state')) VIRTUAL NOT NULL,
        service TEXT GENERATED ALWAYS AS (json_extract(record, '$.service')) VIRTUAL NOT NULL,
        created_at REAL GENERATED ALWAYS AS (json_extract(record, '$.created_at')) VIRTUAL NOT NULL
    )
    """,
    "CREATE INDEX tasks_by_request ON tasks (fingerprint, service)",
    "CREATE INDEX tasks_by_state ON tasks (service, state)",
    "CREATE INDEX tasks_by_age ON tasks (created_at)",
    """
    CREATE TABLE history (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL REFERENCES tasks (key),
        at REAL NOT NULL,
        state TEXT NOT NULL,
        note TEXT
    )
    """,
    "CREATE INDEX history_by_task ON history (key, seq)",
)

_V2 = (
    # What a budget asks before each new task: `core.budget.counts` in SQL, and what such a task
    # counts for. The index holds all of it, so that a sum over ten thousand tasks parses no JSON.
    """
    ALTER TABLE tasks ADD COLUMN counts INTEGER GENERATED ALWAYS AS (
        coalesce(json_extract(record, '$.failure.kind'), '') NOT IN ('refused', 'forgotten')
        AND NOT (
            json_extract(record, '$.state') = 'stopped'
            AND json_extract(record, '$.task_id') IS NULL
        )
    ) VIRTUAL
    """,
    """
    ALTER TABLE tasks ADD COLUMN seconds INTEGER
        GENERATED ALWAYS AS (json_extract(record, '$.request.duration')) VIRTUAL
    """,
    """
    ALTER TABLE tasks ADD COLUMN cost REAL
        GENERATED ALWAYS AS (json_extract(record, '$.cost')) VIRTUAL
    """,
    """
    ALTER TABLE tasks ADD COLUMN session TEXT
        GENERATED ALWAYS AS (json_extract(record, '$.session')) VIRTUAL
    """,
    """
    CREATE INDEX tasks_by_spending
        ON tasks (service, counts, created_at, session, seconds, cost)
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_V1, _V2)
"""Statements of each migration; ``MIGRATIONS[n]`` takes a file from version n to n + 1."""


class Connection(Protocol):
    """What is needed of an open database in autocommit mode."""

    def execute(self, sql: str, /) -> Any: ...


def check_version(db: Connection, path: Path) -> int:
    """The version of an open file. Raises JournalError for a file newer than this code."""
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise JournalError(
            f"the journal {path} was made by a newer sora_nb "
            f"(its version is {version}, this one knows {len(MIGRATIONS)}).",
            advice="Update sora_nb, or set SORA_NB_HOME to another folder.",
        )
    return version


def migrate(db: Connection, path: Path) -> None:
    """Bring an open file to the newest version, wholly or not at all: on an error, close it."""
    if check_version(db, path) == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another kernel may have migrated the file just now.
    for number in range(check_version(db, path), len(MIGRATIONS)):
        for statement in MIGRATIONS[number]:
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number + 1}")
    db.execute("COMMIT")
