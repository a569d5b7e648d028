"""What a failure of the disk or of the journal's file means, in words a person can act on."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sora_nb.core.errors import JournalError

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


def journal_error(path: Path, code: int | None, words: str) -> JournalError:
    """The error for an SQLite result code (extended ones too) and SQLite's own words."""
    what, advice = _JOURNAL.get((code or 0) & 0xFF, ("it could not be read or written", None))
    return JournalError(f"the journal {path}: {what} ({words}).", advice=advice)


class KeyTaken(JournalError):
    """New tasks were given ``keys`` that others have. The caller draws other ones for these."""

    def __init__(self, path: Path, keys: Collection[str]) -> None:
        super().__init__(f"the journal {path} already has a task {', '.join(sorted(keys))}.")
        self.keys = frozenset(keys)
