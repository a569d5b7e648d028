"""The unfinished download of one film: its bytes so far, and whether they may be continued."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from sora_nb.storage.films.disk import disk_trouble


class _Origin(msgspec.Struct, frozen=True):
    """What the first answer said about the film. Nothing of the URL: a fresh one serves as well."""

    etag: str | None
    total: int | None


class Part:
    """``PATH`` with the bytes from the film's beginning on, and ``PATH.json`` with its origin.

    Written by one process at a time, which holds the film's lock. Trouble with the disk is a
    DownloadError about task ``key``. ``with part:`` closes the file, keeping what it holds.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._key = key
        self._origin_path = path.with_name(path.name + ".json")
        self._file: BinaryIO | None = None
        self._hash: hashlib._Hash | None = None
        try:
            origin = msgspec.json.decode(self._origin_path.read_bytes(), type=_Origin)
            size = path.stat().st_size
        except (OSError, msgspec.DecodeError):
            origin, size = _Origin(None, None), 0
        self.size = size if origin.etag is not None else 0
        self.etag = origin.etag if self.size else None
        self.total = origin.total if self.size else None

    def fits(self, *, etag: str | None, total: int | None) -> bool:
        """Whether an answer that says this is about the film whose beginning is here.

        A part of a film with an ETag says its ETag (RFC 9110, 15.3.7): one that hides it may be of
        another film, from a host that does not look at If-Range.
        """
        return etag == self.etag and (total is None or self.total is None or total == self.total)

    def start_over(self, *, etag: str | None, total: int | None) -> None:
        """Empty it, and remember what film the bytes to come are of."""
        self.remove()
        # Only a strong ETag says that two answers hold the same bytes (RFC 9110, 13.1.5).
        self.etag = None if etag is None or etag.startswith("W/") else etag
        self.total = total
        self._hash = hashlib.sha256()
        with disk_trouble(self._key, self.path.parent, total):
            self._origin_path.write_bytes(msgspec.json.encode(_Origin(self.etag, total)))

    def write(self, chunk: bytes) -> None:
        """Append bytes of the film."""
        needed = None if self.total is None else self.total - self.size
        with disk_trouble(self._key, self.path.parent, needed):
            if self._file is None:
                # Unbuffered: what was written is there even if the process is killed.
                self._file = self.path.open("ab", buffering=0)
            left = memoryview(chunk)
            while left:
                written = self._file.write(left)
                if self._hash is not None:
                    self._hash.update(left[:written])
                left = left[written:]
                self.size += written

    @property
    def sha256(self) -> str | None:
        """The SHA-256 (hex) of its bytes, if they were all written here: 0.14 ms for a piece of
        256 KiB, where reading the whole file again afterwards costs half as much more."""
        return None if self._hash is None else self._hash.hexdigest()

    def remove(self) -> None:
        """Forget the bytes and their origin."""
        self._close()
        self._hash = None
        self.size, self.etag, self.total = 0, None, None
        with disk_trouble(self._key, self.path.parent):
            self.path.unlink(missing_ok=True)
            self._origin_path.unlink(missing_ok=True)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with disk_trouble(self._key, self.path.parent):
            self._close()
