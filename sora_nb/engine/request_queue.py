"""Who sends the next request: submits first, then questions in the order in which they were due.

Of each kind so many are on the wire at once at most; the others wait here, as entries: a request
that waits for a connection holds 17 KB.
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Callable

from sora_nb.core.task import TaskRecord
from sora_nb.engine.limits import RateLimiter
from sora_nb.engine.timers import Timers

Go = Callable[[str], None]
SLOT = "/slot"
"""The timer for the next free slot; no task has such a key."""


ON_THE_WIRE = 64
"""Submits, and questions, that are answered at the same time. At the service's full rate the limit
shows when an answer takes longer than half a second."""


class RequestQueue:
    """Requests that wait for a slot, as entries. Each task has at most one, so nobody waits for
    more than two requests of every other task: its submit, and one question."""

    def __init__(self, limiter: RateLimiter, timers: Timers) -> None:
        self._limiter = limiter
        self._timers = timers
        self._turns = Turns()
        self._submits: list[tuple[tuple[float, str], float, int]] = []
        self._questions: list[tuple[float, int, str]] = []
        self._waiting: dict[str, tuple[int, Go]] = {}
        self._count = 0
        self._sending: set[str] = set()
        self._asking: set[str] = set()

    def submit(self, record: TaskRecord, go: Go) -> None:
        """Call ``go(key)`` when it is this task's turn to send its POST."""
        number = self._join(record.key, go)
        heapq.heappush(self._submits, (rank_of(record), self._timers.now(), number))
        self._serve()

    def ask(self, key: str, go: Go) -> None:
        """Call ``go(key)`` when this task may send a question that is due now."""
        number = self._join(key, go)
        heapq.heappush(self._questions, (self._timers.now(), number, key))
        self._serve()

    def leave(self, key: str) -> None:
        """It waits no longer, and is not on the wire. Safe to call twice."""
        self._waiting.pop(key, None)
        self.done(key)

    def done(self, key: str) -> None:
        """Its request was answered, or ended otherwise. Safe to call twice."""
        if key in self._sending or key in self._asking:
            self._sending.discard(key)
            self._asking.discard(key)
            self._serve()

    def answered(self, record: TaskRecord, *, turned_away: bool) -> None:
        """Its POST was answered, with a 429 if it was ``turned_away``."""
        if turned_away:
            self._turns.turned_away(rank_of(record))
        else:
            self.over(record)

    def over(self, record: TaskRecord) -> None:
        """It is not about to be sent any more, whatever became of it. Safe to call twice."""
        if self._turns.over(record.key):
            self._serve()

    def _join(self, key: str, go: Go) -> int:
        self._count += 1
        self._waiting[key] = (self._count, go)
        return self._count

    def _serve(self) -> None:
        """Hand out the slots that are free now, and come back for the next one."""
        while (first := self._first()) is not None:
            now, free = self._timers.now(), self._limiter.free()
            if free > now:
                self._timers.schedule(SLOT, free, self._serve)
                return
            due, key, on_the_wire = first
            self._limiter.take(due)
            on_the_wire.add(key)
            go = self._waiting.pop(key)[1]
            go(key)

    def _first(self) -> tuple[float, str, set[str]] | None:
        """Whose turn it is: since when it waits, its key, and those that do the same now."""
        while self._submits and not self._waits(self._submits[0][0][1], self._submits[0][2]):
            heapq.heappop(self._submits)
        if self._submits and len(self._sending) < ON_THE_WIRE:
            rank, due, _number = self._submits[0]
            if self._turns.may_go(rank):
                return due, rank[1], self._sending
        while self._questions and not self._waits(self._questions[0][2], self._questions[0][1]):
            heapq.heappop(self._questions)
        if self._questions and len(self._asking) < ON_THE_WIRE:
            due, _number, key = self._questions[0]
            return due, key, self._asking
        return None

    def _waits(self, key: str, number: int) -> bool:
        known = self._waiting.get(key)
        return known is not None and known[0] == number


Rank = tuple[float, str]


class Turns:
    """While one that was turned away waits, nobody who asked later submits: so the service is asked
    by one task at a time until it takes them again."""

    def __init__(self) -> None:
        self._away: list[Rank] = []

    def may_go(self, rank: Rank) -> bool:
        """Whether it is this one's turn, before anybody who asked later."""
        return not self._away or rank <= self._away[0]

    def turned_away(self, rank: Rank) -> None:
        """Its POST was answered with a 429."""
        self.over(rank[1])
        bisect.insort(self._away, rank)

    def over(self, key: str) -> bool:
        """The task waits for its turn no longer, whatever became of it. True when others, who had
        to wait for it, may go now."""
        # Looked for by key, not by rank. A task that was stopped and is asked for again has a later
        # rank than the one that was noted here.
        left = [rank for rank in self._away if rank[1] != key]
        found, self._away = len(left) < len(self._away), left
        return found


def rank_of(record: TaskRecord) -> Rank:
    """The order of asking."""
    return record.created_at, record.key
