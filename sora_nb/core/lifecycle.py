"""The only legal moves of a task: ``advance(record, event, now)`` gives the next record.

queued → submitting → pending ⇄ processing → saving → ready
           │  │  └→ unsure (answer lost; a person adopts, forgets or asks anew)
           │  └→ failed (refused)          └→ failed (the service said so, or no usable result)
           └→ queued (no byte left, or 429)
queued, pending, processing, saving → stopped → back to where it was
failed → back to where it was (only where we gave up and the service may still have the film)
ready → saving (the film has gone from the disk and its link still lives)
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from sora_nb.core.service_facts import RESULT_LIFETIME
from sora_nb.core.task import Failure, Film, Report, State, TaskRecord, VideoRequest


@dataclass(frozen=True)
class Event:
    """Something that happened to a task."""


@dataclass(frozen=True)
class Sending(Event):
    """The POST is about to leave."""


@dataclass(frozen=True)
class NotSent(Event):
    """No byte left, or a clear 429: it goes back to the queue. ``note`` says why."""

    note: str


@dataclass(frozen=True)
class Accepted(Event):
    """The service gave an id (or a person adopted one for an unsure task)."""

    task_id: str


@dataclass(frozen=True)
class Refused(Event):
    """The service turned the submit down; nothing was charged."""

    failure: Failure


@dataclass(frozen=True)
class Lost(Event):
    """The answer to the submit is unknown."""

    failure: Failure


@dataclass(frozen=True)
class Reported(Event):
    """A status reply arrived."""

    report: Report


@dataclass(frozen=True)
class Saved(Event):
    """The film is on disk and was checked."""

    film: Film


@dataclass(frozen=True)
class GaveUp(Event):
    """We end it in our own words: nothing usable came within the bound."""

    failure: Failure


@dataclass(frozen=True)
class Noted(Event):
    """Our own trouble, or its end (None). The task lives on."""

    note: str | None


@dataclass(frozen=True)
class Stopped(Event):
    """Nobody watches any more: a person said so, or ``note`` says why. The remote task goes on."""

    note: str | None = None


@dataclass(frozen=True)
class Watched(Event):
    """A person watches again, or a restart takes the task up again.

    One that was never sent is asked for anew, by ``session`` if given: it counts where it is paid.
    """

    session: str | None = None


@dataclass(frozen=True)
class Vanished(Event):
    """The finished film is no longer on disk; its link still lives, so it is fetched again."""


@dataclass(frozen=True)
class Forgotten(Event):
    """A person decided that an unsure task never existed."""


class IllegalMove(RuntimeError):
    """A programming error: the event cannot happen in that state."""


_S = State
# Unsure takes the sender's own late answer, too: another kernel may have called it unsure.
_FROM: dict[type[Event], frozenset[State]] = {
    Sending: frozenset({_S.QUEUED}),
    NotSent: frozenset({_S.SUBMITTING, _S.UNSURE}),
    Accepted: frozenset({_S.SUBMITTING, _S.UNSURE, _S.STOPPED}),
    Refused: frozenset({_S.SUBMITTING, _S.UNSURE}),
    Lost: frozenset({_S.SUBMITTING}),
    Reported: frozenset({_S.PENDING, _S.PROCESSING, _S.SAVING}),
    Saved: frozenset({_S.SAVING}),
    GaveUp: frozenset({_S.PENDING, _S.PROCESSING, _S.SAVING}),
    Noted: frozenset({_S.QUEUED, _S.SUBMITTING, _S.PENDING, _S.PROCESSING, _S.SAVING}),
    Stopped: frozenset({_S.QUEUED, _S.PENDING, _S.PROCESSING, _S.SAVING}),
    Watched: frozenset({_S.STOPPED, _S.FAILED}),
    Forgotten: frozenset({_S.UNSURE}),
    Vanished: frozenset({_S.READY}),
}


def new_record(
    key: str,
    request: VideoRequest,
    *,
    service: str,
    now: float,
    speed: float = 1.0,
    cost: float | None = None,
    media: str | None = None,
    session: str = "",
) -> TaskRecord:
    """The first record of a task: written down, not yet sent."""
    return TaskRecord(
        key=key,
        request=request,
        service=service,
        state=State.QUEUED,
        created_at=now,
        speed=speed,
        cost=cost,
        media=media,
        session=session,
    )


def can_be_asked_again(record: TaskRecord, now: float) -> bool:
    """Whether we ended it in our own words while the service may still have its film."""
    ours = record.failure is not None and record.failure.kind == "gave_up"
    began = record.accepted_at or record.created_at
    return ours and record.task_id is not None and now < began + RESULT_LIFETIME


def can_be_adopted(record: TaskRecord) -> bool:
    """Whether a person may name its id: unsure, or stopped with an id the service never knew."""
    mistyped = record.state is State.STOPPED and record.task_id is not None and record.polls == 0
    return record.state is State.UNSURE or mistyped


def advance(record: TaskRecord, event: Event, now: float) -> TaskRecord:
    """The record after ``event``. Raises IllegalMove where the event cannot happen."""
    legal = record.state in _FROM[type(event)]
    if isinstance(event, Watched) and record.state is State.FAILED:
        legal = can_be_asked_again(record, now)
    if isinstance(event, Accepted) and record.state is State.STOPPED:
        legal = can_be_adopted(record)
    if not legal:
        name = type(event).__name__
        raise IllegalMove(f"task {record.key}: {name} cannot happen while {record.state}")
    change = msgspec.structs.replace
    match event:
        case Sending():
            return change(record, state=_S.SUBMITTING, submitted_at=now, note=None)
        case NotSent(note=note):
            return change(
                record, state=_S.QUEUED, submitted_at=None, ended_at=None, failure=None, note=note
            )
        case Accepted(task_id=task_id):
            return change(
                record,
                state=_S.PENDING,
                task_id=task_id,
                accepted_at=now,
                ended_at=None,
                failure=None,
                note=None,
            )
        case Refused(failure=failure) | GaveUp(failure=failure):
            return change(record, state=_S.FAILED, failure=failure, ended_at=now, note=None)
        case Lost(failure=failure):
            return change(record, state=_S.UNSURE, failure=failure, ended_at=now, note=None)
        case Reported(report=report):
            return _reported(record, report, now)
        case Saved(film=film):
            return change(record, state=_S.READY, film=film, ended_at=now, note=None)
        case Noted(note=note):
            return change(record, note=note)
        case Stopped(note=note):
            return change(record, state=_S.STOPPED, ended_at=now, note=note)
        case Watched(session=session):
            if record.task_id is None:
                record = change(record, created_at=now, session=session or record.session)
            return change(
                record, state=_resting_place(record), ended_at=None, failure=None, note=None
            )
        case Vanished():
            return change(record, state=_S.SAVING, film=None, ended_at=None)
        case Forgotten():
            failure = Failure(kind="forgotten", message="forgotten by hand; it was never confirmed")
            return change(record, state=_S.FAILED, failure=failure, ended_at=now)
    raise IllegalMove(f"task {record.key}: {event!r} is not an event")


def _resting_place(record: TaskRecord) -> State:
    if record.urls:
        return State.SAVING
    return State.PENDING if record.task_id else State.QUEUED


def _reported(record: TaskRecord, report: Report, now: float) -> TaskRecord:
    record = msgspec.structs.replace(record, polls=record.polls + 1, note=report.problem)
    change = msgspec.structs.replace
    if record.state is not _S.SAVING:
        record = _timed(record, report, now)
    if report.state == "failed":
        failure = Failure(
            kind="failed",
            code=report.fail_code,
            message=report.fail_message or "the service gave no reason",
        )
        seconds = _service_seconds(report)
        return change(
            record,
            state=_S.FAILED,
            failure=failure,
            ended_at=now,
            service_seconds=seconds,
            note=None,
        )
    if report.state == "success" and report.urls:
        completed = report.completed_ms / 1000 if report.completed_ms is not None else now
        return change(
            record,
            state=_S.SAVING,
            urls=report.urls,
            expires_at=min(completed, now) + RESULT_LIFETIME / record.speed,
            service_seconds=_service_seconds(report),
        )
    if record.state is State.SAVING:
        return record
    if report.state == "pending":
        return change(record, state=_S.PENDING)
    return change(record, state=_S.PROCESSING)


def _timed(record: TaskRecord, report: Report, now: float) -> TaskRecord:
    """What a reply says about the age at which the task ends. An unknown state says nothing, and a
    success without a film is an end all the same."""
    change = msgspec.structs.replace
    if report.state in ("pending", "processing"):
        return change(record, asked_at=now)
    if report.state not in ("success", "failed") or record.ended_between is not None:
        return record
    # A stop in between gave the record an end that its age would be reckoned to.
    seen = change(record, ended_at=None).age(now)
    running = change(record, ended_at=None).age(record.asked_at) if record.asked_at else 0.0
    return change(record, ended_between=(min(running, seen), seen))


def _service_seconds(report: Report) -> float | None:
    if report.cost_time_ms is not None:
        return report.cost_time_ms / 1000
    if report.created_ms is not None and report.completed_ms is not None:
        return max(0, report.completed_ms - report.created_ms) / 1000
    return None
