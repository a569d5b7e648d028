"""The service's limits, kept by us: requests a minute, and tasks at once. The rest waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

SHARE = 0.8
"""The part of the documented request rate that we use: other programs may hold the same key."""


class SlotClock:
    """One clock of request slots for all tasks: each request gets the next free one, in order.

    ``rate`` is requests a minute as the service allows them. A 429 slows the whole clock to 0.7 of
    its rate and pauses it; every 10 s without another it recovers by 5 % (performance.md, 1).
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._full = rate * SHARE / 60
        self._rate = self._full
        self._clock = clock
        self._sleep = sleep
        self._free = 0.0
        self._slowed_at = 0.0
        self._paused_until = 0.0

    async def wait(self) -> None:
        """Return when it is this caller's turn to send one request."""
        while True:
            now = self._clock()
            at = max(now, self._free)
            self._free = at + 1 / self._recovered(now)
            if at > now:
                await self._sleep(at - now)
            if at >= self._paused_until:
                return  # else a 429 came while this one waited: its slot is no longer good

    def slow_down(self, pause: float) -> None:
        """The service said 429: no request for ``pause`` seconds, and fewer afterwards."""
        now = self._clock()
        if now >= self._paused_until:  # the answers to one burst say it only once
            self._rate = max(self._recovered(now) * 0.7, self._full / 50)
        self._slowed_at = now
        self.pause(pause)

    def pause(self, seconds: float) -> None:
        """No request for ``seconds``, at an unchanged rate afterwards: the key was refused."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        self._free = max(self._free, self._paused_until)

    def _recovered(self, now: float) -> float:
        if self._rate >= self._full:
            return self._full
        # 1.05**100 is more than the slowest rate needs, and no clock can make it overflow.
        steps = min(100, max(0, int((now - self._slowed_at) / 10)))
        return min(self._full, self._rate * 1.05**steps)


class Places:
    """How many tasks may be at the service at once. Waiters are served in the order they came."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._held: set[str] = set()

    async def take(self, key: str) -> None:
        """Wait for a place for the task ``key``; at once when it has one already."""
        if key in self._held:
            return
        if self._free <= 0:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._pass_on()
                elif turn in self._waiting:
                    self._waiting.remove(turn)
                raise
        else:
            self._free -= 1
        self._held.add(key)

    def occupy(self, key: str) -> None:
        """Count a task that is at the service already, even beyond the limit."""
        if key not in self._held:
            self._held.add(key)
            self._free -= 1

    def give_back(self, key: str) -> None:
        """The task has left the service (or never got there). Safe to call twice."""
        if key in self._held:
            self._held.remove(key)
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting and self._free >= 0:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
