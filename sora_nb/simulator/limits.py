"""The service's two limits: requests in a sliding minute, and unfinished tasks at once."""

from __future__ import annotations

import heapq
from collections import deque


class RequestRate:
    """At most `count` requests in any `window` real seconds, per API key."""

    def __init__(self, count: int, window: float) -> None:
        self._count = count
        self._window = window
        self._seen: dict[str, deque[float]] = {}

    def admit(self, key: str, now: float) -> bool:
        """Count a request unless it is one too many; a refused one is not counted."""
        seen = self._seen.setdefault(key, deque())
        while seen and seen[0] <= now - self._window:
            seen.popleft()
        if len(seen) >= self._count:
            return False
        seen.append(now)
        return True


class Unfinished:
    """How many tasks of each API key have not ended yet, by their real end times."""

    def __init__(self) -> None:
        self._ends: dict[str, list[float]] = {}

    def add(self, key: str, end: float) -> None:
        heapq.heappush(self._ends.setdefault(key, []), end)

    def count(self, key: str, now: float) -> int:
        ends = self._ends.get(key, [])
        while ends and ends[0] <= now:
            heapq.heappop(ends)
        return len(ends)
