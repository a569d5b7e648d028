"""What happens when: a heap of moments, and one timer for all of them.

A thousand tasks that wait are a thousand entries here, not a thousand sleeping coroutines.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import Protocol

Next = Callable[[], None]

TICK = 0.2
"""Service seconds between two rings, at least. What many tasks do at nearly the same time is done
together: a program that is woken for each of their questions is cold each time, and takes more than
twice the CPU (docs/performance.md)."""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Timers:
    """At most one entry for each key. Lived on the private loop only.

    ``clock`` gives seconds that never go back, ``later(seconds, function)`` calls once and can be
    cancelled (the loop's ``call_later``). Acts run in the order in which they are due; the first
    after a pause when it is due, those that follow it at most every ``tick`` seconds.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        later: Callable[[float, Next], Timer],
        tick: float = 0.0,
    ) -> None:
        self._clock = clock
        self._later = later
        self._tick = tick
        self._rang = -math.inf
        self._heap: list[tuple[float, int, str]] = []
        self._entries: dict[str, tuple[int, Next]] = {}
        self._count = 0
        self._timer: Timer | None = None
        self._set_for = 0.0
        self._reached = 0.0

    def now(self) -> float:
        """Seconds of the clock; never before a moment whose timer has rung."""
        return max(self._clock(), self._reached)

    def schedule(self, key: str, due: float, act: Next) -> None:
        """Call ``act`` at ``due``, in place of what ``key`` was to do before."""
        self._count += 1
        self._entries[key] = (self._count, act)
        heapq.heappush(self._heap, (due, self._count, key))
        if self._timer is None or due < self._set_for:
            self._set()

    def cancel(self, key: str) -> None:
        """Nothing happens for this key. Safe to call twice."""
        self._entries.pop(key, None)

    def close(self) -> None:
        """Nothing happens any more, now or later."""
        self._entries.clear()
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self) -> None:
        """Have the timer ring for the first entry."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._heap and not self._stands(self._heap[0]):
            heapq.heappop(self._heap)
        if self._heap:
            self._set_for = max(self._heap[0][0], self._rang + self._tick)
            self._timer = self._later(max(0.0, self._set_for - self._clock()), self._fire)

    def _fire(self) -> None:
        # A loop may ring a timer a clock's tick too early: then its moment counts as reached.
        self._timer, self._reached = None, self._set_for
        self._rang = now = self.now()
        due = []
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            if self._stands(entry):
                due.append(entry)
        for entry in due:
            if self._stands(entry):  # an act may drop or move the entries after it
                _number, act = self._entries.pop(entry[2])
                act()
        if self._timer is None:
            self._set()

    def _stands(self, entry: tuple[float, int, str]) -> bool:
        known = self._entries.get(entry[2])
        return known is not None and known[0] == entry[1]
