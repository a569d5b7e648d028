"""A service on loopback that behaves well, except where a test tells it what to answer instead."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Literal, Self

from tests.support.raw_server import HEADERS_END, Request, http

from .loop_thread import LoopThread

Kind = Literal["submit", "status", "balance", "film"]


@dataclass(frozen=True)
class Exchange:
    """One request and the connection on which it is answered."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


Answer = bytes | Callable[[Exchange], Awaitable[None]]


def reply(status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    """An answer after which the connection is closed; ``length`` is what it claims to be."""
    return http(status, body, length=length, Connection="close", **headers)


def envelope(data: Any, *, code: Any = 200, message: Any = "success", status: int = 200) -> bytes:
    body = {"code": code, "message": message, "data": data}
    return reply(status, json.dumps(body).encode(), Content_Type="application/json")


def success(*urls: Any, **fields: Any) -> bytes:
    """The status reply of a finished task with these result URLs."""
    result = json.dumps({"resultUrls": list(urls)})
    return envelope({"state": "success", "resultJson": result, **fields})


async def silence(exchange: Exchange) -> None:
    """No answer: ends as soon as the client has gone."""
    await exchange.reader.read()


async def cut(exchange: Exchange) -> None:
    """The connection is torn down, not closed politely."""
    exchange.writer.transport.abort()


def trickle(start: bytes, drop: bytes = b" ") -> Answer:
    """``start`` at once, then ``drop`` again and again for ever, with a breath between them."""

    async def answer(exchange: Exchange) -> None:
        exchange.writer.write(start)
        while not exchange.writer.is_closing():
            exchange.writer.write(drop)
            await exchange.writer.drain()
            await asyncio.sleep(0.01)

    return answer


def flood(start: bytes, drop: bytes, times: int) -> Answer:
    """``start``, then ``drop`` so many times, as fast as the client takes it."""

    async def answer(exchange: Exchange) -> None:
        exchange.writer.write(start)
        for _ in range(times):
            exchange.writer.write(drop)
            await exchange.writer.drain()

    return answer


def film_of(
    data: bytes,
    *,
    etag: str | None = '"one"',
    cut_after: int | None = None,
    claims: int | None = None,
    always_continues: bool = False,
    kind: str = "video/mp4",
) -> Answer:
    """A film with Range and If-Range (RFC 9110, 13.1.5 and 14).

    ``cut_after`` so many bytes of body the connection ends; ``claims`` is the size it says it has;
    ``always_continues`` answers a Range with 206 whatever If-Range says.
    """

    async def answer(exchange: Exchange) -> None:
        asked = exchange.request.headers.get("range", "").removeprefix("bytes=").removesuffix("-")
        condition = exchange.request.headers.get("if-range")
        start = int(asked) if asked and (always_continues or condition in (None, etag)) else 0
        body, total = data[start:], len(data) if claims is None else claims
        headers = {"Content_Type": kind, "Accept_Ranges": "bytes"}
        if etag is not None:
            headers["ETag"] = etag
        status = 206 if start else 200
        if start:
            headers["Content_Range"] = f"bytes {start}-{total - 1}/{total}"
        if start >= len(data):
            status, body = 416, b""
            headers["Content_Range"] = f"bytes */{len(data)}"
        length = 0 if status == 416 else total - start
        exchange.writer.write(reply(status, body[:cut_after], length=length, **headers))
        await exchange.writer.drain()

    return answer


class HostileService:
    """Counts requests, and answers each with the next word of its script, or as it should.

    ``film`` are the bytes of every film, ``tls`` makes it speak https. In ``with`` it listens.
    """

    def __init__(self, film: bytes, *, tls: ssl.SSLContext | None = None) -> None:
        self.film = film
        self.task_id: str | None = None
        self.requests: list[Request] = []
        self._tls = tls
        self._scripts: dict[Kind, Iterable[Answer]] = {}
        self._busy: set[asyncio.Task[None]] = set()
        self._accepted = 0
        self.port = 0

    def answers(self, kind: Kind, *answers: Answer, forever: Answer | None = None) -> None:
        """What the next requests of that kind get; afterwards ``forever``, or a good answer."""
        rest: Iterable[Answer] = () if forever is None else repeat(forever)
        self._scripts[kind] = chain(deque(answers), rest)

    def of(self, kind: Kind) -> list[Request]:
        """The requests of that kind so far."""
        return [request for request in tuple(self.requests) if _kind(request) == kind]

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.origin}/api/v1"

    @property
    def film_url(self) -> str:
        """A signed link, as the service's own."""
        return f"{self.origin}/films/film.mp4?expires=9&signature=SIGNED-QUERY"

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._server = self._thread.run(
            asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.run(self._close())
        self._thread.close()

    async def _close(self) -> None:
        self._server.close()
        for busy in tuple(self._busy):
            busy.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        # The client may have gone at any moment; that is what is tested here.
        with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            try:
                request = await _read(reader)
                self.requests.append(request)
                await self._answer(Exchange(request, reader, writer))
            finally:
                self._busy.discard(task)
                writer.close()
                await writer.wait_closed()

    async def _answer(self, exchange: Exchange) -> None:
        kind = _kind(exchange.request)
        scripted = next(iter(self._scripts.get(kind, ())), None)
        answer = self._good(kind) if scripted is None else scripted
        if isinstance(answer, bytes):
            exchange.writer.write(answer)
            await exchange.writer.drain()
        else:
            await answer(exchange)

    def _good(self, kind: Kind) -> Answer:
        match kind:
            case "submit":
                self._accepted += 1
                return envelope({"taskId": self.task_id or f"task-{self._accepted}"})
            case "status":
                return success(self.film_url)
            case "balance":
                return envelope(12.34)
            case "film":
                return film_of(self.film)


def _kind(request: Request) -> Kind:
    path = request.target.partition("?")[0]
    if request.method == "POST":
        return "submit"
    if path.startswith("/api/v1/statusTask/"):
        return "status"
    return "balance" if path == "/api/v1/apikeys/current-balance" else "film"


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(HEADERS_END)).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    method, target, _version = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body, connection=0)
