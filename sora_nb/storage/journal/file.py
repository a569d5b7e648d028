"""Where the journal's file lies: made private, and recognised again."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from sora_nb.core.errors import JournalError


def make_private(path: Path) -> None:
    """Make the file with mode 0600 and its folder 0700. Raises JournalError with what to do."""
    try:
        _make_private(path)
    except OSError as error:
        raise JournalError(
            f"the journal {path} cannot be made: {error.strerror}.",
            advice="Make its folder writable, or set SORA_NB_HOME to another folder.",
        ) from error


def _make_private(path: Path) -> None:
    """Make the file with mode 0600, and its folder 0700 if it is new, whatever the umask.

    An existing file and its ``-wal`` and ``-shm`` are given that mode too; an existing folder is
    left as it is, because it may be one that others use. Raises OSError.
    """
    folder = path.parent
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    # An existing file is never opened here: closing it would drop the POSIX locks that another
    # connection of this process holds on it (sqlite.org, "How To Corrupt", 2.2).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for end in ("", "-wal", "-shm"):
        file = path.with_name(path.name + end)
        # A file system without modes (a network drive) refuses; the journal still works there.
        with suppress(FileNotFoundError, PermissionError):
            if stat.S_IMODE(file.stat().st_mode) != 0o600:
                file.chmod(0o600)


def identity(path: Path) -> tuple[int, int]:
    """What tells the file at ``path`` from every other one. Raises OSError if there is none."""
    found = path.stat()
    return found.st_dev, found.st_ino


def check_in_place(path: Path, known: tuple[int, int] | None) -> None:
    """Raises JournalError unless the file at ``path`` is the known one.

    SQLite goes on writing into a deleted file: what is written there is not kept.
    """
    with suppress(OSError):
        if identity(path) == known:
            return
    raise JournalError(
        f"the journal {path} was removed or replaced while it was in use.",
        advice="Put it back if you moved it, then restart the kernel.",
    )
