"""What this user's own jobs taught: one histogram of end ages per service, model and duration.

Pooling durations would double the price of watching, and a simulator teaches nothing about a real
service (docs/design/polling.md, "Learning from ends").
"""

from __future__ import annotations

from collections.abc import Iterable

from sora_nb.catalog.models import documented_seconds
from sora_nb.core.task import TaskRecord, VideoRequest
from sora_nb.engine.polling import EndAges, prior

RECALLED = 1000
"""How many of a service's newest tasks are looked at when a client starts."""

TELLING = 5
"""From so many ends on an estimate is called the user's own."""

REMEMBERED = 200
"""Ends before the last 200 carry less than 2 % of the weight (0.98 ** 200)."""

DOCUMENTED = "the service's documented times"


class JobTimes:
    """Written on the private loop only; ``of`` may be called from any thread."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, str, int], EndAges] = {}
        self._known: set[str] = set()

    def of(self, record: TaskRecord) -> EndAges:
        """At which ages jobs like this one end, as far as known."""
        return self._ends.get(_kind(record)) or documented(record.request)

    def recall(self, records: Iterable[TaskRecord]) -> None:
        """Learn from the tasks of the journal, in any order."""
        ended = [(_end(record), record) for record in records if record.ended_between is not None]
        for _, record in sorted(ended, key=lambda pair: pair[0]):
            self.learn(record)

    def learn(self, record: TaskRecord) -> None:
        """Learn from a task once its end was seen; a second time teaches nothing."""
        if record.ended_between is not None and record.key not in self._known:
            self._known.add(record.key)
            self._ends[_kind(record)] = self.of(record).learned(*record.ended_between)


def documented(request: VideoRequest) -> EndAges:
    """At which ages such jobs end by the service's own word."""
    return prior(*documented_seconds(request.model, request.duration))


def source_of(ends: EndAges) -> str:
    """Where an estimate comes from, as a person is told."""
    return f"your last {min(ends.seen, REMEMBERED)}" if ends.seen >= TELLING else DOCUMENTED


def _kind(record: TaskRecord) -> tuple[str, str, int]:
    return record.service, record.request.model, record.request.duration


def _end(record: TaskRecord) -> float:
    """The moment (Unix seconds) at which the end was seen."""
    began = record.submitted_at if record.submitted_at is not None else record.created_at
    assert record.ended_between is not None
    return began + record.ended_between[1] / record.speed
