"""What a failure of the disk or of the journal's file means, in words a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sora_nb.core.errors import DownloadError, JournalError

_FREE_SPACE = "Free some space, then try again."
_WRITABLE = "Make the file and its folder writable, or set SORA_NB_HOME to another folder."
_DAMAGED = (
    "Move the file (and its -wal and -shm) aside and restart the kernel: a new one is made.\n"
    "Keep it: `sqlite3 FILE .recover` can often bring its tasks back."
)

_JOURNAL: dict[int, tuple[str, str]] = {
    3: ("access to it is not permitted", _WRITABLE),
    5: (
        "another program keeps it locked",
        "Try again; if it goes on, close the program that holds it open.",
    ),
    8: ("it is read-only", _WRITABLE),
    10: ("the disk failed to read or write it", "Check the disk and the network drive it is on."),
    11: ("it is damaged", _DAMAGED),
    13: ("the disk is full", _FREE_SPACE),
    14: ("it cannot be opened", _WRITABLE),
    26: ("it is not a journal of sora_nb, or it is damaged", _DAMAGED),
}
"""What happened and what to do, by SQLite's primary code (sqlite.org, "Result and Error Codes")."""

_FULL = {errno.ENOSPC, errno.EDQUOT}


def journal_error(path: Path, code: int | None, words: str) -> JournalError:
    """The error for an SQLite result code (extended ones too) and SQLite's own words."""
    what, advice = _JOURNAL.get((code or 0) & 0xFF, ("it could not be read or written", None))
    return JournalError(f"the journal {path}: {what} ({words}).", advice=advice)


@contextmanager
def disk_trouble(key: str, folder: Path, needed: int | None = None) -> Iterator[None]:
    """Turn an OSError while the film of task ``key`` is written into a DownloadError.

    ``needed``: the bytes that are still to be written, where known.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(key, folder, needed) from error
        raise DownloadError(
            f"the film of task {key} could not be written in {folder}: "
            f"{error.strerror or type(error).__name__}.",
            advice="Make the folder writable, or set SORA_NB_MEDIA to another one; "
            f"then `%sora save {key} PATH` or `%sora resume`.",
        ) from error


def disk_full(key: str, folder: Path, needed: int | None) -> DownloadError:
    """The error for a disk that has no room for the ``needed`` bytes of a film."""
    room = "more room than it has" if needed is None else f"{needed:,} bytes more"
    return DownloadError(
        f"the disk is full: the film of task {key} needs {room} in {folder}.",
        advice="Free some space; it is tried again by itself, `%sora resume` tries at once.",
    )
