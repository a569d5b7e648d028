"""One attempt to bring a film's bytes into its ``.part``, continuing what is already there."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sora_nb.core.errors import DownloadError
from sora_nb.storage.films.disk import disk_full, disk_trouble
from sora_nb.storage.films.mp4 import HEAD, stranger
from sora_nb.storage.films.part import Part

LIMIT = 2 * 1024**3
"""Bytes above which an answer is no film of some seconds, but a mistake or an attack."""

_SPARE = 16 * 1024**2
"""Bytes left free on the disk: the journal and the notebook live there too."""

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here and those of the whole film, where known."""


class Response(Protocol):
    """An answer: ``status`` 200, 206 or 416, ``start`` the offset of its first byte, ``total`` the
    size of the whole film or None, ``etag`` a strong ETag or None."""

    status: int
    start: int
    total: int | None
    etag: str | None
    content_type: str | None

    def chunks(self) -> AsyncIterator[bytes]: ...


class Fetch(Protocol):
    """Opens a URL from byte ``start`` on, with If-Range; raises LinkExpired or DownloadError."""

    def __call__(
        self, url: str, *, start: int = 0, if_range: str | None = None
    ) -> AbstractAsyncContextManager[Response]: ...


class Download:
    """The download of task ``key`` into ``part``, of at most ``limit`` bytes."""

    def __init__(self, key: str, part: Part, on_progress: Progress, *, limit: int = LIMIT) -> None:
        self._key = key
        self._part = part
        self._on_progress = on_progress
        self._limit = limit

    async def run(self, fetch: Fetch, url: str) -> None:
        """Returns when every byte is there. Raises DownloadError; the part is kept for the next
        attempt if it can be continued."""
        with self._part as part:
            if part.size:
                async with fetch(url, start=part.size, if_range=part.etag) as response:
                    if await self._take(response):
                        return
                part.remove()
            async with fetch(url) as response:
                if not await self._take(response):
                    raise self._error(f"the server answered {response.status} to a plain request")

    async def _take(self, response: Response) -> bool:
        """Receive the rest of the film, or False if the answer cannot continue what is here."""
        part = self._part
        if response.status == 416:
            same = response.etag in (None, part.etag) and part.total in (None, part.size)
            return part.size > 0 and same and response.total == part.size
        if response.status == 206 and not (
            response.start == part.size and part.fits(etag=response.etag, total=response.total)
        ):
            return False
        total = response.total
        if response.status == 206 and total is None:
            total = part.total
        if total is not None and total > self._limit:
            raise self._error(f"it would be {total:,} bytes, more than {self._limit:,}")
        pieces = aiter(response.chunks())
        at = part.size if response.status == 206 else 0
        head = b""
        if at == 0:
            head = await self._recognised(pieces, response, total)
            self._check_room(total)
            part.start_over(etag=response.etag, total=total)
        else:
            self._check_room(None if total is None else total - at)
        self._on_progress(at, total)
        if head:
            self._receive(head, total)
        async for piece in pieces:
            self._receive(piece, total)
        if total is not None and part.size < total:
            kept = ", which are kept" if part.etag else ""
            raise self._error(f"the connection ended after {part.size:,} of {total:,} bytes{kept}")
        return True

    async def _recognised(
        self, pieces: AsyncIterator[bytes], response: Response, total: int | None
    ) -> bytes:
        """The beginning of the body, once it is clear that it can be a film."""
        head = b""
        while len(head) < HEAD:
            piece = await anext(pieces, None)
            if piece is None:
                break
            head += piece
        if len(head) >= HEAD or len(head) == total or total is None:
            what = stranger(head, response.content_type) if head else "an empty answer"
            if what:
                raise self._error(f"the link gave {what} and not an MP4")
        return head

    def _receive(self, piece: bytes, total: int | None) -> None:
        size = self._part.size + len(piece)
        if size > (self._limit if total is None else total):
            self._part.remove()
            raise self._error(
                f"more came than the {total:,} bytes that were announced"
                if total is not None
                else f"more than {self._limit:,} bytes came"
            )
        self._part.write(piece)
        self._on_progress(size, total)

    def _check_room(self, needed: int | None) -> None:
        """Said before the first byte: a disk filled to the brim takes the journal down as well."""
        folder = self._part.path.parent
        with disk_trouble(self._key, folder):
            free = shutil.disk_usage(folder).free
        if needed is not None and needed + _SPARE > free:
            raise disk_full(self._key, folder, needed + _SPARE - free)

    def _error(self, what: str) -> DownloadError:
        return DownloadError(f"the film of task {self._key} was not saved: {what}.")
