"""Whose turn it is to submit: whoever a 429 turned away goes first, in the order of asking."""

from __future__ import annotations

import asyncio
import bisect
import heapq

from sora_nb.core.task import TaskRecord
from sora_nb.engine.limits import SlotClock

Rank = tuple[float, str]


class Turns:
    """Request slots for submits. While one that was turned away waits, nobody who asked later
    submits: so the service is asked by one task at a time until it takes them again."""

    def __init__(self, slots: SlotClock) -> None:
        self._slots = slots
        self._away: list[Rank] = []
        self._waiting: list[tuple[Rank, asyncio.Future[None]]] = []

    async def wait(self, record: TaskRecord) -> None:
        """Return when it is this task's turn to send its POST."""
        rank = _rank(record)
        while True:
            while not self._may(rank):
                turn = asyncio.get_running_loop().create_future()
                heapq.heappush(self._waiting, (rank, turn))
                await turn
            await self._slots.wait()
            if self._may(rank):
                return

    def answered(self, record: TaskRecord, *, turned_away: bool) -> None:
        """Its POST was answered, with a 429 if it was ``turned_away``."""
        if not turned_away:
            self.over(record)
        elif _rank(record) not in self._away:
            bisect.insort(self._away, _rank(record))

    def over(self, record: TaskRecord) -> None:
        """It is not about to be sent any more, whatever became of it. Safe to call twice."""
        if _rank(record) in self._away:
            self._away.remove(_rank(record))
            while self._waiting and self._may(self._waiting[0][0]):
                _rank_of_it, turn = heapq.heappop(self._waiting)
                if not turn.done():
                    turn.set_result(None)

    def _may(self, rank: Rank) -> bool:
        return not self._away or rank <= self._away[0]


def _rank(record: TaskRecord) -> Rank:
    return record.created_at, record.key
