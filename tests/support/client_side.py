"""A transport with a key to any address, and the proof that no error holds that key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sora_nb.core.secret import Secret
from sora_nb.service.transport import Transport

from .raw_server import Answer, reset

KEY = "key-0123456789"
PATIENT = 20.0


def patience(answer: Answer) -> float:
    """Seconds worth waiting for ``answer``: few where it is silence, many on a slow machine."""
    return 0.2 if callable(answer) and answer is not reset else PATIENT


@asynccontextmanager
async def transport_to(
    base: str,
    *,
    key: str | None = KEY,
    within: float = PATIENT,
    allow_loopback: bool = True,
) -> AsyncIterator[Transport]:
    """A transport whose every time-out is ``within`` seconds and whose clock stands at 0."""

    async def endpoint() -> str:
        return base

    transport = Transport(
        endpoint,
        api_key=Secret(key) if key is not None else None,
        submit_timeout=within,
        reply_timeout=within,
        read_timeout=within,
        allow_loopback=allow_loopback,
        clock=lambda: 0.0,
    )
    try:
        yield transport
    finally:
        await transport.close()


def assert_keyless(error: BaseException | None) -> None:
    """No text of the error, nor of any error behind it, holds the key."""
    while error is not None:
        assert KEY not in f"{error!s} {error!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__
