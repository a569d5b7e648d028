"""A quick look into the journal for ``%load_ext``, which must not load what reads it whole.

It only reads, changes nothing, and finds nothing in a file that it cannot read: the first use of
the journal itself says what is wrong with it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

_UNSAVED = ("pending", "processing", "saving", "stopped")


class Unsaved(NamedTuple):
    """A task that the service knows and whose film is not on disk. Times are Unix seconds."""

    key: str
    expires_at: float | None
    since: float
    speed: float


def unsaved(path: Path, service: str) -> list[Unsaved]:
    """The unsaved tasks of that service; none where there is no journal that can be read."""
    if not path.is_file():
        return []
    marks = ",".join("?" * len(_UNSAVED))
    sql = f"""
        SELECT key, json_extract(record, '$.expires_at'),
               coalesce(json_extract(record, '$.accepted_at'), created_at),
               json_extract(record, '$.speed')
        FROM tasks
        WHERE service = ? AND state IN ({marks}) AND json_extract(record, '$.task_id') IS NOT NULL
    """  # noqa: S608 - the marks are ours
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=0.1, uri=True)) as db:
            return [Unsaved(*row) for row in db.execute(sql, (service, *_UNSAVED))]
    except sqlite3.Error:
        return []
