"""What the service's answers mean for a task and for the key. Pure: it decides about money.

The rules: docs/design/charges.md, "Which answers may be repeated". The service's errors are told
apart by ports.py.
"""

from __future__ import annotations

import math
from datetime import datetime

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    LinkExpired,
    PermissionDenied,
    RateLimited,
    ServiceUnreachable,
    SoraError,
    SubmitUnsure,
    shorten,
)
from sora_nb.core.lifecycle import Event, GaveUp, Lost, NotSent, Refused
from sora_nb.core.task import Failure, State, TaskRecord

KEY_PAUSE = 60.0
"""Seconds in which nothing is asked with a key that a status request was refused for."""

SILENCE = 60.0
"""Seconds beyond a POST's own time for which a kernel that sends one may say nothing."""

WORDS_KEPT = 2000

AT_ITS_LIMIT = NotSent(note="the service is at its limit (429); sent again by itself")
"""The move after a clear 429."""


def outcome_of(error: Exception) -> Event:
    """The move that follows an error of ``Service.submit``."""
    match error:
        case RateLimited():
            return AT_ITS_LIMIT
        case ServiceUnreachable():
            return NotSent(note=f"not sent yet: {error.message.rstrip('.')}; tried again by itself")
        case SubmitUnsure():
            return Lost(failure=failure("lost", error))
        case SoraError():
            return Refused(failure=failure("refused", error))
    # What is not understood may have been sent: only a person may repeat it.
    return lost(shorten(repr(error), 300))


def lost(message: str) -> Event:
    """The move of a task of which nobody knows whether it was sent."""
    return Lost(failure=Failure(kind="lost", message=message))


def orphaned_at(record: TaskRecord, submit_timeout: float) -> float:
    """When (Unix seconds) a task that another kernel is sending must count as lost, if it is."""
    if record.state is not State.SUBMITTING:
        return math.inf
    return (record.submitted_at or 0.0) + submit_timeout + SILENCE


def failure(kind: str, error: SoraError) -> Failure:
    """An error of ours as a part of a task's record."""
    status = getattr(error, "status", None)
    return Failure(
        kind=kind,
        message=shorten(error.message, WORDS_KEPT),
        code=str(status) if status is not None else None,
        error=type(error).__name__,
    )


def too_late(error: LinkExpired, expires_at: float | None) -> Event:
    """The end of a film that was not saved while its link lived; ``expires_at``: Unix seconds."""
    said = f"{error.message.rstrip('.')}, and {link_ended(expires_at)}."
    return GaveUp(failure=failure("gave_up", LinkExpired(said)))


def gone(record: TaskRecord) -> LinkExpired:
    """The error about a finished task whose film and link have both gone."""
    path = record.film.path if record.film else "its folder"
    ended = link_ended(record.expires_at)
    return LinkExpired(
        f"the film of task {record.key} is no longer at {path}, and {ended}.",
        advice=f"Put the file back, or make the film again (and pay again): `%sora retry "
        f"{record.key}`, in a sweep sweep.retry([row]).",
        task=record.key,
    )


def link_ended(expires_at: float | None) -> str:
    """That a link is dead, with its local date where it is known."""
    if expires_at is None:
        return "its link has expired"
    day = datetime.fromtimestamp(expires_at).astimezone().date()
    return f"its link expired on {day.isoformat()}"


def refuses_the_key(error: SoraError) -> bool:
    """Whether a status request was refused for its key, so that every other one would be, too."""
    return isinstance(error, AuthenticationError | InsufficientCredits | PermissionDenied)
