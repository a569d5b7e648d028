"""How long the service's odd answers about a task are borne with. Pure."""

from __future__ import annotations

from sora_nb.core.lifecycle import Event, GaveUp, Stopped
from sora_nb.core.task import Failure, Report, State, TaskRecord

EMPTY_SUCCESS = 600.0
"""Service seconds for which a success without a usable film is asked again
(docs/design/contract.md, "States")."""

UNKNOWN_STATE = 3600.0
"""Service seconds after which a task in an unknown state rests until a person looks."""


class OddReplies:
    """Since when each task is answered oddly. A success without a film and an unknown state are
    two different odd_replies: each has its own time."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[bool, float]] = {}

    def taken(self, record: TaskRecord, report: Report, now: float) -> Event | None:
        """The move that ends it once it lasted too long; ``record`` has taken ``report`` in.

        ``now`` is in Unix seconds.
        """
        if report.problem is None or record.state not in (State.PENDING, State.PROCESSING):
            self.over(record.key)
            return None
        success = report.state == "success"
        before = self._since.get(record.key)
        if before is None or before[0] is not success:
            self._since[record.key] = before = (success, now)
        lasted = (now - before[1]) * record.speed
        if success and lasted >= EMPTY_SUCCESS:
            message = f"success without a usable film for 10 minutes: {record.note}"
            return GaveUp(failure=Failure(kind="gave_up", message=message))
        if not success and lasted >= UNKNOWN_STATE:
            return Stopped(note=f"{record.note}; asked for an hour")
        return None

    def over(self, key: str) -> None:
        """The task is answered as it should be, or not asked any more."""
        self._since.pop(key, None)
