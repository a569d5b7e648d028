"""Which films were never saved and soon cannot be: for the warning of ``%load_ext``."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sora_nb.core.lifecycle import RESULT_LIFETIME
from sora_nb.core.settings import Settings
from sora_nb.core.task import SIMULATOR, State, TaskRecord
from sora_nb.storage.journal import Journal

SOON = 3 * 86_400.0

_UNSAVED = (State.PENDING, State.PROCESSING, State.SAVING, State.STOPPED)


def expiring(settings: Settings, now: float) -> list[tuple[TaskRecord, float]]:
    """(task, seconds left) of each unsaved film of this service that expires within 3 days.

    Raises JournalError.
    """
    service = SIMULATOR if settings.simulated else settings.service_url
    journal = Journal(settings.journal, clock=time.time)
    try:
        records = journal.in_states(service, _UNSAVED)
    finally:
        journal.close()
    found = [(record, deadline(record) - now) for record in records if record.task_id]
    return sorted(
        ((record, left) for record, left in found if 0 < left <= SOON), key=lambda pair: pair[1]
    )


def deadline(record: TaskRecord) -> float:
    """When the film's link dies at the earliest, in Unix seconds."""
    if record.expires_at is not None:
        return record.expires_at
    return (record.accepted_at or record.created_at) + RESULT_LIFETIME / record.speed


def warning(found: Sequence[tuple[TaskRecord, float]]) -> str | None:
    """One line, or None when nothing expires."""
    if not found:
        return None
    first, left = found[0]
    many = "1 film is" if len(found) == 1 else f"{len(found)} films are"
    span = f"{left / 86_400:.1f} days" if left >= 86_400 else f"{left / 3600:.1f} hours"
    return f"{many} not saved yet; {first.key} expires in {span}: %sora rescue saves them"
