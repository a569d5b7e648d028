"""Fetches films from wherever the service put them: no key, no cookies, redirects by our rules."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from sora_nb.core.errors import DownloadError, LinkExpired
from sora_nb.service.exchange import CONNECT_TIMEOUT, describe
from sora_nb.service.proxies import find_proxy
from sora_nb.service.urls import host_of, unusable

PIECE = 1024 * 1024
"""Bytes of a film that are received at once, at most: by four times as small pieces it costs a
fifth more CPU, and the event loop is held for about a millisecond (docs/performance.md)."""

MAX_REDIRECTS = 5

SLOWEST = 1024
"""Bytes a second below which a film is given up for now: drops for ever are no download."""

_REDIRECT = frozenset({301, 302, 303, 307, 308})
_EXPIRED = frozenset({403, 404, 410})
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE = re.compile(r"bytes\s+(?:(\d{1,18})-(\d{1,18})|\*)/(?:(\d{1,18})|\*)", re.IGNORECASE)


class Response:
    """A film on its way, or (416) the word that there is nothing from that byte on.

    ``status`` is 200, 206 or 416; ``start`` the offset of the first byte; ``total`` the size of the
    whole film in bytes or None; ``etag`` a strong ETag with its quotes or None; ``content_type`` in
    lower case, without parameters, or None.
    """

    def __init__(self, reply: aiohttp.ClientResponse, host: str, patience: float) -> None:
        self._reply = reply
        self._host = host
        self._patience = patience
        self.status = reply.status
        self.start = 0
        self.total: int | None = None
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        self.content_type = kind or None
        etag = reply.headers.get("ETag", "").strip()
        self.etag = etag if _STRONG_ETAG.fullmatch(etag) else None
        found = _RANGE.fullmatch(reply.headers.get("Content-Range", "").strip())
        if self.status == 200:
            self.total = reply.content_length
        elif found:
            self.start = int(found[1] or 0)
            self.total = int(found[3]) if found[3] else None
        if self.status == 206 and not (found and found[1]):
            raise DownloadError(f"{host} sent a part of the film without saying which one.")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces of at most 2 MiB. Raises DownloadError when it breaks off."""
        self._receive_more_at_once()
        content, clock = self._reply.content, asyncio.get_running_loop().time
        since, received = clock(), 0
        cause = None
        while cause is None:
            try:
                piece = await content.readany()
            except (aiohttp.ClientError, OSError) as error:
                cause = describe(error)
                continue
            if not piece:
                return
            yield piece
            received += len(piece)
            if clock() - since > self._patience:
                if received < self._patience * SLOWEST:
                    cause = f"it came slower than {SLOWEST} bytes a second"
                since, received = clock(), 0
        raise DownloadError(f"the film from {self._host} broke off: {cause}.")

    def _receive_more_at_once(self) -> None:
        """asyncio's sockets receive 256 KiB at once unless they are told; TLS has no such word."""
        connection = self._reply.connection
        transport = None if connection is None else connection.transport
        if transport is not None and hasattr(transport, "max_size"):
            transport.max_size = PIECE


class Films:
    """One session for films alone; opened at first use, ended by ``close``."""

    def __init__(self, *, allow_loopback: bool, read_timeout: float, user_agent: str) -> None:
        self._allow_loopback = allow_loopback
        self._patience = read_timeout
        self._timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_TIMEOUT, sock_read=read_timeout
        )
        self._user_agent = user_agent
        self._resolver: _PublicResolver | None = None
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @asynccontextmanager
    async def fetch(
        self, url: str, *, start: int = 0, if_range: str | None = None
    ) -> AsyncIterator[Response]:
        """The film at ``url`` from byte ``start`` on; ``if_range`` is a strong ETag.

        Raises LinkExpired (403, 404, 410), DownloadError for any other trouble on the way.
        """
        headers = {}
        if start > 0:
            headers["Range"] = f"bytes={start}-"
            if if_range is not None:
                headers["If-Range"] = if_range
        reply = await self._follow(url, headers)
        try:
            yield self._accepted(reply)
        finally:
            reply.close()

    async def close(self) -> None:
        """End all downloads."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def _follow(self, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
        for _hop in range(MAX_REDIRECTS + 1):
            reply = await self._ask(url, headers)
            if reply.status not in _REDIRECT:
                return reply
            target = reply.headers.get("Location")
            reply.close()
            if not target:
                raise DownloadError(f"{host_of(url)} redirected the film to nowhere.")
            try:
                url = urljoin(url, target)
            except ValueError:
                raise DownloadError(f"{host_of(url)} redirected the film to no URL.") from None
        raise DownloadError(f"the film was redirected more than {MAX_REDIRECTS} times.")

    async def _ask(self, url: str, headers: dict[str, str]) -> aiohttp.ClientResponse:
        wrong = unusable(url, allow_loopback=self._allow_loopback)
        if wrong is not None:
            raise DownloadError(f"the film's URL at {host_of(url)} cannot be used: {wrong}.")
        proxy = await find_proxy(url)
        session, resolver = self._open()
        if proxy is not None:
            resolver.exempt.add(host_of(proxy))
        try:
            async with asyncio.timeout(self._patience):  # for headers that come byte by byte
                return await session.get(
                    URL(url, encoded=url.isascii()),  # a signed URL must arrive as it was signed
                    headers=headers,
                    allow_redirects=False,
                    proxy=proxy,
                    timeout=self._timeout,
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            cause = describe(error)
        raise DownloadError(f"the film cannot be fetched from {host_of(url)}: {cause}.")

    def _accepted(self, reply: aiohttp.ClientResponse) -> Response:
        host = reply.url.host or "?"
        if reply.status in _EXPIRED:
            raise LinkExpired(f"the film's link at {host} no longer works (HTTP {reply.status}).")
        if reply.status not in (200, 206, 416):
            raise DownloadError(f"{host} answered HTTP {reply.status} instead of the film.")
        if reply.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise DownloadError(f"{host} sent the film compressed, which was not asked for.")
        return Response(reply, host, self._patience)

    def _open(self) -> tuple[aiohttp.ClientSession, _PublicResolver]:
        if self._closed:
            raise DownloadError("this client is closed.")
        if self._session is None or self._resolver is None:
            self._resolver = _PublicResolver(allow_loopback=self._allow_loopback)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, resolver=self._resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
                auto_decompress=False,
                read_bufsize=PIECE // 2,  # nothing more is received while twice as much waits here
            )
        return self._session, self._resolver


class _PublicResolver(aiohttp.ThreadedResolver):
    """Refuses names that stand for this machine: a film's URL comes from outside."""

    def __init__(self, *, allow_loopback: bool) -> None:
        super().__init__()
        self._allow_loopback = allow_loopback
        self.exempt: set[str] = set()

    async def resolve(self, host: str, *args: Any, **kwargs: Any) -> list[Any]:
        found: list[Any] = list(await super().resolve(host, *args, **kwargs))
        if self._allow_loopback or host in self.exempt:
            return found
        public = [entry for entry in found if not _is_here(entry["host"])]
        if not public:
            raise OSError(None, "its name stands for this machine")
        return public


def _is_here(host: str) -> bool:
    address = ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_link_local or address.is_unspecified
