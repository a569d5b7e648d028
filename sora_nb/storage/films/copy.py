"""A film for a process that may be on another machine: its file, or a copy by its link."""

from __future__ import annotations

import hashlib
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from sora_nb.core.errors import DownloadError, LinkExpired, shorten

PATIENCE = 60.0
"""Seconds without a byte after which the link counts as dead."""

_CHUNK = 1 << 20


@contextmanager
def film_at_hand(path: Path, url: str | None, *, size: int, sha256: str) -> Iterator[Path]:
    """The file at ``path`` if it is there; else a copy from ``url`` that lives as long as this.

    The copy must have exactly ``size`` bytes and that SHA-256. No key is sent with the request.
    Raises DownloadError, or LinkExpired where the link no longer answers.
    """
    if url is None or (path.is_file() and path.stat().st_size == size):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="sora_nb-") as folder:
        copy = Path(folder) / "film.mp4"
        _fetch(url, copy, size, sha256)
        yield copy


def _fetch(url: str, copy: Path, size: int, sha256: str) -> None:
    host = urlsplit(url).hostname
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError("the film is not on this machine, and its link is not http(s).")
    digest, received = hashlib.sha256(), 0
    try:
        with (
            urllib.request.urlopen(url, timeout=PATIENCE) as answer,  # noqa: S310 - checked above
            copy.open("wb") as file,
        ):
            while received <= size and (chunk := answer.read(_CHUNK)):
                received += len(chunk)
                digest.update(chunk)
                file.write(chunk)
    except urllib.error.HTTPError as error:
        error.close()
        kind = LinkExpired if error.code in (403, 404, 410) else DownloadError
        raise kind(
            f"the film is not on this machine, and {host} answers {error.code} for its link."
        ) from None
    except (OSError, HTTPException) as error:
        why = shorten(str(error) if isinstance(error, OSError) else repr(error), 200)
        raise DownloadError(
            f"the film is not on this machine, and its link at {host} failed: {why}."
        ) from None
    if received != size or digest.hexdigest() != sha256:
        raise DownloadError(f"what {host} sent is not the film that was saved.")
