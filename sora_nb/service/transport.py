"""Talks to the service: submit once, check, balance, fetch. HTTP trouble becomes our errors."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

import aiohttp
import msgspec

from sora_nb.core.errors import (
    AuthenticationError,
    InvalidRequest,
    ServiceError,
    ServiceUnreachable,
    SoraError,
)
from sora_nb.core.secret import Secret
from sora_nb.core.task import Report, VideoRequest
from sora_nb.service import wire
from sora_nb.service.exchange import NoReply, Reply, exchange, follow_progress
from sora_nb.service.film_fetch import Films, Response
from sora_nb.service.proxies import find_proxy
from sora_nb.service.replies import What, error_for, retry_after, unsure
from sora_nb.service.urls import host_of, is_loopback

T = TypeVar("T")

REPLY_TIMEOUT = 30.0
"""Seconds for a whole status or balance GET."""

SIMULATOR_KEY = Secret("simulator")
"""Sent to a service on this machine when no key is set; the simulator takes any."""


def user_agent() -> str:
    """``sora_nb/VERSION``, also when it runs from a source tree that was never installed."""
    try:
        return f"sora_nb/{version('sora_nb')}"
    except PackageNotFoundError:
        return "sora_nb"


class Transport:
    """The service over HTTP, for one event loop; sessions open at first use, ``close`` ends them.

    ``endpoint`` gives the base URL ending in ``/api/v1``. ``submit_timeout``, ``reply_timeout`` and
    ``read_timeout`` (between two pieces of a film) are seconds. ``allow_loopback``: the service is
    on this machine, so its result URLs may be, too. ``clock`` gives Unix seconds.
    """

    def __init__(
        self,
        endpoint: Callable[[], Awaitable[str]],
        *,
        api_key: Secret | None,
        submit_timeout: float,
        allow_loopback: bool,
        reply_timeout: float = REPLY_TIMEOUT,
        read_timeout: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._api_key = api_key
        self._submit_timeout = submit_timeout
        self._reply_timeout = reply_timeout
        self._allow_loopback = allow_loopback
        self._clock = clock
        self._proxy: tuple[str, float, str | None] | None = None
        self._posts: aiohttp.ClientSession | None = None
        self._gets: aiohttp.ClientSession | None = None
        self._films = Films(
            allow_loopback=allow_loopback, read_timeout=read_timeout, user_agent=user_agent()
        )
        self._closed = False

    async def submit(self, request: VideoRequest) -> str:
        """Send exactly one POST and give the task id.

        Raises ServiceUnreachable (not a byte left), RateLimited, SubmitUnsure (it may run and be
        charged); any other SoraError means that it was refused and not charged.
        """
        try:
            body = msgspec.json.encode(wire.submit_body(request))
        except (UnicodeEncodeError, TypeError) as error:
            raise InvalidRequest(f"the request cannot be written as JSON ({error}).") from None
        base, key = await self._address()
        if self._posts is None:
            # A kept-alive connection may be dead already: that would look like a lost answer.
            connector = aiohttp.TCPConnector(force_close=True, limit=0)
            self._posts = self._session(connector, [follow_progress()])
        outcome = await exchange(
            self._posts,
            "POST",
            base + wire.submit_path(request.model),
            key=key,
            within=self._submit_timeout,
            body=body,
        )
        if isinstance(outcome, NoReply) and not outcome.unsent:
            raise unsure(outcome.cause)
        reply = self._answered(outcome, base, "submit")
        try:
            return wire.read_submit(reply.body)
        except wire.Malformed as error:
            raise unsure(reply.cut or f"its answer cannot be read ({error})") from None

    async def check(self, model: str, task_id: str) -> Report:
        """The task's state at the service. Safe to repeat.

        Raises ServiceUnreachable, RateLimited, AuthenticationError, InsufficientCredits,
        PermissionDenied, ModelUnavailable (unknown task) or ServiceError.
        """
        read = partial(wire.read_status, allow_loopback=self._allow_loopback)
        return await self._get(wire.status_path(model, task_id), "status", read)

    async def balance(self) -> float:
        """What is left on the account, in USD. Raises what ``check`` raises."""
        return await self._get(wire.BALANCE_PATH, "balance", wire.read_balance)

    def fetch(
        self, url: str, *, start: int = 0, if_range: str | None = None
    ) -> AbstractAsyncContextManager[Response]:
        """A film from byte ``start`` on, without the key: see ``Films.fetch``."""
        return self._films.fetch(url, start=start, if_range=if_range)

    async def close(self) -> None:
        """End all connections. Nothing is sent afterwards; closing twice is fine."""
        self._closed = True
        for session in (self._posts, self._gets):
            if session is not None:
                await session.close()
        await self._films.close()

    async def _get(self, path: str, what: What, read: Callable[[bytes], T]) -> T:
        base, key = await self._address()
        if self._gets is None:
            self._gets = self._session(aiohttp.TCPConnector(limit=100), [])
        outcome = await exchange(
            self._gets,
            "GET",
            base + path,
            key=key,
            within=self._reply_timeout,
            proxy_for=partial(self._proxy_for, base),
        )
        malformed = wire.Malformed("it is not a success")
        if isinstance(outcome, Reply) and 200 <= outcome.status < 300:
            try:
                return read(outcome.body)
            except wire.Malformed as error:
                malformed = error
        raise self._unreadable(self._answered(outcome, base, what), malformed)

    async def _proxy_for(self, base: str, url: str) -> str | None:
        """The proxy of the base URL, looked up at most once a minute: that takes a thread."""
        now = self._clock()
        if self._proxy is None or self._proxy[0] != base or not 0 <= now - self._proxy[1] < 60:
            self._proxy = base, now, await find_proxy(url)
        return self._proxy[2]

    async def _address(self) -> tuple[str, Secret]:
        """(base URL, key), or the error that nothing can be sent."""
        if self._closed:
            raise ServiceUnreachable("this client is closed; nothing was sent.")
        base = (await self._endpoint()).rstrip("/")
        if self._api_key is not None:
            return base, self._api_key
        if is_loopback(base):
            return base, SIMULATOR_KEY
        raise AuthenticationError("APIXO_API_KEY is not set; nothing was sent.")

    def _session(
        self, connector: aiohttp.TCPConnector, traces: list[aiohttp.TraceConfig]
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent(), "Accept-Encoding": "identity"},
            trace_configs=traces,
        )

    def _answered(self, outcome: Reply | NoReply, base: str, what: What) -> Reply:
        """The reply if it claims success; raises its error otherwise."""
        host = host_of(base)
        if isinstance(outcome, NoReply):
            if outcome.unsent:
                raise ServiceUnreachable(
                    f"the service at {host} cannot be reached: {outcome.cause}."
                )
            raise ServiceError(f"the service at {host} gave no answer: {outcome.cause}.")
        code, words = wire.read_error(outcome.body)
        if 200 <= outcome.status < 300 and (code == 200 or outcome.cut is not None):
            return outcome
        raise self._error(outcome, code, words, what)

    def _error(self, reply: Reply, code: int | None, words: str, what: What) -> SoraError:
        wait = retry_after(reply.retry_after, now=self._clock())
        return error_for(
            reply.status,
            code,
            words,
            what=what,
            retry_after=wait,
            body=self._text(reply),
        )

    def _unreadable(self, reply: Reply, error: wire.Malformed) -> ServiceError:
        cause = reply.cut or str(error)
        return ServiceError(
            f"the service's answer cannot be read: {cause}.",
            status=reply.status,
            body=self._text(reply),
        )

    def _text(self, reply: Reply) -> str:
        text = reply.body[: 16 * wire.MAX_MESSAGE].decode("utf-8", "replace")
        return wire.clean(text, wire.MAX_MESSAGE)
