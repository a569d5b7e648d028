"""A server on loopback that answers with exactly the bytes a test gives it, and counts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

HEADERS_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """A request as it came: ``target`` unparsed, header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


Answer = bytes | Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """Answers each request with the next of ``answers``, the last one for ever; then closes.

    ``keep_alive`` keeps the connection for the next request. ``at_once`` is the answer to a mere
    connection: nothing is read.
    """

    answers: list[Answer]
    keep_alive: bool = False
    at_once: Answer | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.url}/api/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await asyncio.gather(*self._serving)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.connections += 1
        try:
            if self.at_once is not None:
                await _say(self.at_once, reader, writer)
            else:
                await self._converse(self.connections, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._serving.discard(task)

    async def _converse(
        self, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            self.requests.append(await _read(reader, connection))
            place = min(len(self.requests), len(self.answers)) - 1
            await _say(self.answers[place], reader, writer)
            if not self.keep_alive:
                return


async def _say(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if isinstance(answer, bytes):
        writer.write(answer)
        await writer.drain()
    else:
        await answer(reader, writer)


async def _read(reader: asyncio.StreamReader, connection: int) -> Request:
    head = (await reader.readuntil(HEADERS_END)).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    method, target, _version = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body, connection)


def http(status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> bytes:
    """A reply; ``length`` is what it claims to be, header names have ``_`` for ``-``."""
    lines = [
        f"HTTP/1.1 {status} Words",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + HEADERS_END + body


def envelope(data: Any, *, code: Any = 200, message: Any = "success", status: int = 200) -> bytes:
    """A reply in the service's envelope."""
    body = json.dumps({"code": code, "message": message, "data": data}).encode()
    return http(status, body, Content_Type="application/json")


async def never(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """No answer: ends as soon as the client has gone."""
    await reader.read()


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The connection is torn down, not closed politely."""
    writer.transport.abort()


def then_nothing(start: bytes) -> Answer:
    """The bytes ``start``, and then silence."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await writer.drain()
        await reader.read()

    return answer


async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A reply without an end: ends as soon as the client has gone."""
    writer.write(b"HTTP/1.1 200 OK" + HEADERS_END)
    while not writer.is_closing():
        writer.write(b" " * 65_536)
        await writer.drain()


def named(value: object) -> str:
    """A test's id: the same in every process, which the address of a function is not."""
    return str(getattr(value, "__qualname__", repr(value)))[:60]
