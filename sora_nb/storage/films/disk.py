"""What a failure of the disk means for a film, in words a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sora_nb.core.errors import DownloadError

_FULL = {errno.ENOSPC, errno.EDQUOT}


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
