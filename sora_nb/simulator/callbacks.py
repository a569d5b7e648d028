"""The webhook: the finished task's status envelope, posted with the documented retries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

TIMEOUT = 30.0
RETRY_AFTER = (30.0, 120.0, 600.0)
"""Service seconds before each of the 3 more tries (docs/design/contract.md, "Callback")."""

Post = Callable[[str, Any], Awaitable[int]]
Sleep = Callable[[float], Awaitable[object]]


async def deliver(url: str, envelope: Any, *, post: Post, sleep: Sleep, speed: float) -> bool:
    """Post until the receiver answers 200, four times at most. Returns whether it did.

    `post(url, envelope)` returns the HTTP status, and raises OSError or TimeoutError
    when there was none.
    """
    for wait in (0.0, *RETRY_AFTER):
        if wait:
            await sleep(wait / speed)
        try:
            if await post(url, envelope) == 200:
                return True
        except (OSError, TimeoutError, aiohttp.ClientError):
            continue
    return False


async def post_json(url: str, envelope: Any) -> int:
    """One POST with the documented 30 s of patience, redirects not followed."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url, json=envelope, allow_redirects=False) as answer,
    ):
        return answer.status
