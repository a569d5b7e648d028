"""A host of films that keeps to HTTP, except where a test tells it to lie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sora_nb.core.errors import DownloadError


@dataclass
class Answer:
    """What ``fetch`` gives; ``body`` in pieces, then an error if ``breaks``."""

    status: int
    start: int
    total: int | None
    etag: str | None
    content_type: str | None
    body: bytes
    breaks: bool = False
    piece: int = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.body), self.piece):
            yield self.body[at : at + self.piece]
        if self.breaks:
            raise DownloadError("the film broke off: connection reset.")


@dataclass
class Cdn:
    """Serves ``data`` under ``etag`` with Range and If-Range (RFC 9110, 13.1.5 and 14).

    ``cuts``: each next answer ends after that many bytes of body, with an error where ``breaks``,
    otherwise politely. ``lies`` replace fields of each next answer. ``requests`` is what was asked.
    """

    data: bytes
    etag: str | None = '"one"'
    says_total: bool = True
    breaks: bool = True
    content_type: str | None = "video/mp4"
    cuts: list[int] = field(default_factory=list)
    lies: list[dict[str, object]] = field(default_factory=list)
    piece: int = 1000
    requests: list[tuple[int, str | None]] = field(default_factory=list)
    open: int = 0

    @asynccontextmanager
    async def fetch(
        self, url: str, *, start: int = 0, if_range: str | None = None
    ) -> AsyncIterator[Answer]:
        assert url.startswith("https://cdn.example/")
        self.requests.append((start, if_range))
        total = len(self.data) if self.says_total else None
        answer = Answer(200, 0, total, self.etag, self.content_type, self.data)
        if start and if_range == self.etag:
            answer.status, answer.start, answer.body = 206, start, self.data[start:]
            if start >= len(self.data):
                answer.status, answer.start, answer.total = 416, 0, len(self.data)
        if self.cuts:
            answer.body = answer.body[: self.cuts.pop(0)]
            answer.breaks = self.breaks
        for name, value in (self.lies.pop(0) if self.lies else {}).items():
            setattr(answer, name, value)
        answer.piece = self.piece
        self.open += 1
        try:
            yield answer
        finally:
            self.open -= 1
