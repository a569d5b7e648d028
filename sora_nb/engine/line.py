"""Who sends the next request: submits first, then questions in the order in which they were due."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from sora_nb.core.task import TaskRecord
from sora_nb.engine.agenda import Agenda
from sora_nb.engine.limits import SlotClock
from sora_nb.engine.turns import Turns, rank_of

Go = Callable[[str], None]
SLOT = "/slot"
"""The agenda's entry for the next free slot; no task has such a key."""


class Line:
    """Requests that wait for a slot, as entries. Each task has at most one, so nobody waits for
    more than two requests of every other task: its submit, and one question."""

    def __init__(self, slots: SlotClock, agenda: Agenda) -> None:
        self._slots = slots
        self._agenda = agenda
        self._turns = Turns()
        self._submits: list[tuple[tuple[float, str], float, int]] = []
        self._questions: list[tuple[float, int, str]] = []
        self._waiting: dict[str, tuple[int, Go]] = {}
        self._count = 0

    def submit(self, record: TaskRecord, go: Go) -> None:
        """Call ``go(key)`` when it is this task's turn to send its POST."""
        number = self._join(record.key, go)
        heapq.heappush(self._submits, (rank_of(record), self._agenda.now(), number))
        self._serve()

    def ask(self, key: str, go: Go) -> None:
        """Call ``go(key)`` when this task may send a question that is due now."""
        number = self._join(key, go)
        heapq.heappush(self._questions, (self._agenda.now(), number, key))
        self._serve()

    def leave(self, key: str) -> None:
        """It waits no longer. Safe to call twice."""
        self._waiting.pop(key, None)

    def answered(self, record: TaskRecord, *, turned_away: bool) -> None:
        """Its POST was answered, with a 429 if it was ``turned_away``."""
        if turned_away:
            self._turns.turned_away(rank_of(record))
        else:
            self.over(record)

    def over(self, record: TaskRecord) -> None:
        """It is not about to be sent any more, whatever became of it. Safe to call twice."""
        if self._turns.over(rank_of(record)):
            self._serve()

    def _join(self, key: str, go: Go) -> int:
        self._count += 1
        self._waiting[key] = (self._count, go)
        return self._count

    def _serve(self) -> None:
        """Hand out the slots that are free now, and come back for the next one."""
        while (due := self._first_due()) is not None:
            now, free = self._agenda.now(), self._slots.free()
            if free > now:
                self._agenda.put(SLOT, free, self._serve)
                return
            self._slots.take(due)
            key, go = self._pop()
            go(key)

    def _first_due(self) -> float | None:
        """Since when the one waits whose turn it is; None when nobody may go."""
        while self._submits and not self._waits(self._submits[0][0][1], self._submits[0][2]):
            heapq.heappop(self._submits)
        if self._submits and self._turns.may_go(self._submits[0][0]):
            return self._submits[0][1]
        while self._questions and not self._waits(self._questions[0][2], self._questions[0][1]):
            heapq.heappop(self._questions)
        return self._questions[0][0] if self._questions else None

    def _pop(self) -> tuple[str, Go]:
        if self._submits and self._turns.may_go(self._submits[0][0]):
            key = heapq.heappop(self._submits)[0][1]
        else:
            key = heapq.heappop(self._questions)[2]
        return key, self._waiting.pop(key)[1]

    def _waits(self, key: str, number: int) -> bool:
        known = self._waiting.get(key)
        return known is not None and known[0] == number
