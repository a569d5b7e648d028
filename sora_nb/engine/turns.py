"""Whose turn it is to submit: whoever a 429 turned away goes first, in the order of asking."""

from __future__ import annotations

import bisect

from sora_nb.core.task import TaskRecord

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
        """It is not about to be sent any more; whether others may go now that had to wait."""
        # By its key: one that was stopped and is asked for again has another rank.
        left = [rank for rank in self._away if rank[1] != key]
        found, self._away = len(left) < len(self._away), left
        return found


def rank_of(record: TaskRecord) -> Rank:
    """The order of asking."""
    return record.created_at, record.key
