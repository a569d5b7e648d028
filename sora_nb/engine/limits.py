"""The service's limits, kept by us: requests a minute, and tasks at once. The rest waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

SHARE = 0.8
"""The part of the documented request rate that we use: other programs may hold the same key."""

DOWNLOADS = 32
"""Films fetched at once; each holds a connection, a file and at most two MiB."""

CATCH_UP = 0.3
"""Seconds of slots that a loop which comes late may still use, as each that waits for its tick
does: no more, or a machine that slept would send a burst."""


class RateLimiter:
    """One clock of request slots for all tasks: a slot is free each 1 / rate seconds. Clients of
    one key share it, each from its own thread.

    ``rate`` is requests a minute as the service allows them; ``clock`` gives seconds that never go
    back. A 429 slows the whole clock to 0.7 of its rate and pauses it; every 10 s without another
    it recovers by 5 % (docs/design/polling.md, "After a 429").
    """

    def __init__(self, rate: float, *, clock: Callable[[], float]) -> None:
        self._full = rate * SHARE / 60
        self._rate = self._full
        self._clock = clock
        self._free = 0.0
        self._slowed_at = 0.0
        self._paused_until = 0.0
        self._lock = threading.RLock()

    def free(self) -> float:
        """The moment of the next free slot; one in the past is free now."""
        return self._free

    def take(self, due: float) -> None:
        """Use the free slot for a request that was due then: slots are not saved up for it."""
        now = self._clock()
        with self._lock:
            self._free = max(due, self._free, now - CATCH_UP) + 1 / self._recovered(now)

    def slow_down(self, pause: float) -> None:
        """The service said 429: no request for ``pause`` seconds, and fewer afterwards."""
        now = self._clock()
        with self._lock:
            if now >= self._paused_until:  # the answers to one burst say it only once
                self._rate = max(self._recovered(now) * 0.7, self._full / 50)
            self._slowed_at = now
            self.pause(pause)

    def pause(self, seconds: float) -> None:
        """No request for ``seconds``, at an unchanged rate afterwards: the key was refused."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock() + seconds)
            self._free = max(self._free, self._paused_until)

    def _recovered(self, now: float) -> float:
        if self._rate >= self._full:
            return self._full
        # 1.05**100 is more than the slowest rate needs, and no clock can make it overflow.
        steps = min(100, max(0, int((now - self._slowed_at) / 10)))
        return min(self._full, self._rate * 1.05**steps)


class ConcurrencyLimit:
    """How many tasks may do a thing at once. Waiters are served in the order they came."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._waiting: dict[str, Callable[[str], None]] = {}
        self._held: set[str] = set()

    def take(self, key: str, go: Callable[[str], None]) -> None:
        """Call ``go(key)`` once there is a place; at once when the task ``key`` has one already."""
        if key not in self._held:
            if self._free <= 0:
                self._waiting[key] = go
                return
            self.occupy(key)
        go(key)

    def occupy(self, key: str) -> None:
        """Count a task that is there already, even beyond the limit."""
        if key not in self._held:
            self._held.add(key)
            self._free -= 1

    def give_back(self, key: str) -> None:
        """The task has left (or never got there, and waits no longer). Safe to call twice."""
        self._waiting.pop(key, None)
        if key in self._held:
            self._held.remove(key)
            self._free += 1
        while self._waiting and self._free > 0:
            following = next(iter(self._waiting))
            self.take(following, self._waiting.pop(following))
