"""One request and what came of it, as a value: how far it got decides about money.

aiohttp's exceptions alone do not tell: ``ClientConnectorError`` is a ``ClientOSError``, and up to
3.9 a connect and a read timeout are the same class. So the connection's own progress is followed,
in a session that has the trace for it: a question may do without, it can be repeated anyway.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import aiohttp
from yarl import URL

from sora_nb.core.errors import shorten
from sora_nb.core.secret import Secret
from sora_nb.service.proxies import find_proxy
from sora_nb.service.replies import masked

MAX_BODY = 1 << 20
"""Bytes of a reply that are read; the documented replies are below one percent of it."""

CONNECT_TIMEOUT = 20.0
"""Seconds for one address; a request that waits longer has not left yet and may be repeated."""


FindProxy = Callable[[str], Awaitable[str | None]]
"""The proxy for a URL, or None."""


class Progress(enum.Enum):
    """How far a request got."""

    CREATED = "created"
    CONNECTING = "connecting"
    CONNECTED = "connected"


@dataclass
class _Journey:
    progress: Progress = Progress.CREATED


@dataclass(frozen=True)
class Reply:
    """A status line arrived. ``body`` is what came of it, without any echo of the key;
    ``retry_after`` that header's text, if any; ``cut`` why the body may not be all."""

    status: int
    body: bytes
    retry_after: str = ""
    cut: str | None = None


@dataclass(frozen=True)
class NoReply:
    """No status line arrived. ``unsent``: surely not a byte of the request left this machine."""

    cause: str
    unsent: bool


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    key: Secret,
    within: float,
    body: bytes | None = None,
    proxy_for: FindProxy = find_proxy,
) -> Reply | NoReply:
    """Send one request, once; redirects are answers. ``within`` is seconds for all of it.

    Raises nothing but CancelledError: whatever happens to a request that may have left must end in
    a value that says so, and aiohttp's own exceptions carry the headers, so none is passed on.
    """
    journey = _Journey()
    headers = {"Authorization": f"Bearer {key.reveal()}", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        target = URL(url, encoded=url.isascii())  # an id must arrive as it was escaped
    except ValueError:
        return NoReply("the base URL is not one that can be asked", unsent=True)
    try:
        response = await session.request(
            method,
            target,
            data=body,
            headers=headers,
            allow_redirects=False,
            proxy=await proxy_for(url),
            timeout=_timeout(within),
            trace_request_ctx=SimpleNamespace(journey=journey),
        )
    except aiohttp.InvalidURL:
        return NoReply("the base URL is not one that can be asked", unsent=True)
    except Exception as error:  # noqa: BLE001 - whatever it was, it may have left
        unsent = journey.progress is Progress.CONNECTING
        if not session.trace_configs:
            unsent = isinstance(error, aiohttp.ClientConnectorError)
        return NoReply(describe(error), unsent=unsent)
    return await _read(response, key)


@lru_cache(maxsize=8)
def _timeout(within: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=within, sock_connect=CONNECT_TIMEOUT)


async def _read(response: aiohttp.ClientResponse, key: Secret) -> Reply:
    body = bytearray()
    cut = None
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                cut = f"the reply was longer than {MAX_BODY} bytes"
                break
    except Exception as error:  # noqa: BLE001 - what arrived before it still counts
        cut = describe(error)
    finally:
        response.release()  # closes the connection unless the body was read to its end
    # Here, before anything reads it: what is echoed gets into notes, ids, links and tracebacks.
    shown = masked(bytes(body[:MAX_BODY]), key)
    wait = response.headers.get("Retry-After", "")
    if wait:
        wait = masked(wait.encode("ascii", "replace"), key).decode()
    return Reply(response.status, shown, wait, cut)


def describe(error: BaseException) -> str:
    """What happened, without the URL, headers or proxy password that exceptions carry."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return f"the proxy refused the connection ({error.status})"
        case aiohttp.ClientProxyConnectionError():
            return f"the proxy cannot be reached ({_system(error.os_error)})"
        case aiohttp.ClientConnectorCertificateError():
            return "its TLS certificate is not valid for this machine"
        case aiohttp.ClientSSLError():
            return "the TLS handshake failed"
        case aiohttp.ClientConnectorError():
            return _system(error.os_error)
        case TimeoutError():
            return "it did not answer in time"
        case aiohttp.ServerDisconnectedError():
            return "the connection was closed before an answer"
        case aiohttp.ClientPayloadError():
            return "the connection was closed in the middle of the answer"
        case aiohttp.ClientResponseError():
            return "its answer is not HTTP"
        case OSError():
            return _system(error)
    return f"the connection failed ({type(error).__name__})"


def _system(error: OSError) -> str:
    return shorten(error.strerror or "the connection failed", 200)


def follow_progress() -> aiohttp.TraceConfig:
    """The trace that tells a request's journey how far its connection got."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(_connecting)
    trace.on_connection_create_end.append(_connected)
    trace.on_connection_reuseconn.append(_connected)
    return trace


async def _connecting(_session: aiohttp.ClientSession, context: Any, _params: object) -> None:
    _move(context, Progress.CONNECTING)


async def _connected(_session: aiohttp.ClientSession, context: Any, _params: object) -> None:
    _move(context, Progress.CONNECTED)


def _move(context: Any, progress: Progress) -> None:
    journey: _Journey = context.trace_request_ctx.journey
    if journey.progress is not Progress.CONNECTED:  # never back: what left has left
        journey.progress = progress
