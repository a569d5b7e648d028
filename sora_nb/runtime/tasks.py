"""What is done with tasks on the private loop: asked for, found, taken up, adopted, forgotten."""

from __future__ import annotations

import difflib
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sora_nb.core.errors import InvalidRequest, LinkExpired
from sora_nb.core.lifecycle import (
    IllegalMove,
    Watched,
    can_be_adopted,
    can_be_asked_again,
    new_record,
)
from sora_nb.core.task import UNFINISHED, State, Submission, TaskRecord, VideoRequest
from sora_nb.planning.pricing import cost_of
from sora_nb.storage.journal.errors import KeyTaken

if TYPE_CHECKING:
    from sora_nb.runtime.runtime import Runtime

_KEY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


_KEY_LENGTH = 6


def draw_key() -> str:
    """A new short key, without letters and digits that look alike."""
    return "".join(secrets.choice(_KEY_LETTERS) for _ in range(_KEY_LENGTH))


def accept(runtime: Runtime, request: VideoRequest, *, new: bool) -> Submission:
    """Write the request down and begin its life.

    Raises JournalError, BudgetExceeded, and LinkExpired when the film of a reused task has
    gone for good.
    """
    while True:
        record = draft(runtime, request)
        with suppress(KeyTaken):
            found = runtime.store.create(record, reuse=not new)
            break
    for batch in runtime.batches:
        batch.release([found.key])
    runtime.engine.start(taken_up(runtime, found))
    return Submission(runtime.board[found.key], reused=found.key != record.key)


def draft(runtime: Runtime, request: VideoRequest) -> TaskRecord:
    """The first record of a new task, under a key that was drawn for it."""
    return new_record(
        draw_key(),
        request,
        service=runtime.settings.service,
        now=time.time(),
        speed=runtime.settings.speed,
        cost=cost_of(request, runtime.settings),
        media=str(runtime.settings.media),
        session=runtime.session,
    )


def taken_up(runtime: Runtime, found: TaskRecord) -> TaskRecord:
    """A task that is given again, ready to go on. Raises LinkExpired."""
    with suppress(IllegalMove):  # another kernel that is given it as well was first
        if found.state is State.STOPPED or can_be_asked_again(found, time.time()):
            return runtime.store.apply(found.key, Watched(runtime.session))
        return runtime.recovery.recover(found)
    return runtime.board[found.key]


def again(runtime: Runtime, key: str) -> Submission:
    """The same request as a new task, paid anew. Raises InvalidRequest while it goes on.

    A second click gives the task that the first one made, as long as that is on its way.
    """
    record = find(runtime, key)
    if record.state in UNFINISHED:
        raise InvalidRequest(
            f"task {key} is {record.state}: it still goes on.",
            advice="Wait for it, or ask for another film with --new.",
        )
    newest = runtime.journal.queries.reusable(record.request, runtime.settings.service)
    return accept(runtime, record.request, new=newest is None or newest.state not in UNFINISHED)


def find(runtime: Runtime, key: str) -> TaskRecord:
    """The task of that key, on the board. Raises InvalidRequest when the journal has none."""
    record = runtime.journal.get(key)
    if record is None:
        near = difflib.get_close_matches(
            key, runtime.journal.queries.with_prefix(""), n=3, cutoff=0.5
        )
        hint = f"Did you mean {' or '.join(near)}?" if near else "`%sora tasks` lists all."
        raise InvalidRequest(f"there is no task {key[:40]!r} in the journal.", advice=hint)
    runtime.store.load(record)
    return record


def everything(runtime: Runtime) -> list[TaskRecord]:
    """Every task of the journal, newest first, on the board."""
    records = runtime.journal.all()
    for record in records:
        runtime.store.load(record)
    return records


def resume(runtime: Runtime) -> list[TaskRecord]:
    """Take up this service's unfinished tasks, oldest first, and those stopped by hand."""
    service = runtime.settings.service
    found = runtime.journal.queries.in_states(service, UNFINISHED | {State.STOPPED})
    records = [record for record in found if record.state in UNFINISHED or record.task_id]
    held = frozenset[str]().union(*(batch.held for batch in runtime.batches))
    runtime.engine.resume([record for record in records if record.key not in held])
    return records


def rescue(runtime: Runtime) -> tuple[list[TaskRecord], list[TaskRecord]]:
    """Take up all that has an id and no film: (those taken up, those lost for good).

    Films that have gone from the disk are fetched again while their link lives.
    """
    service = runtime.settings.service
    taken = resume(runtime)
    lost = []
    for record in runtime.journal.queries.in_states(service, {State.READY, State.FAILED}):
        runtime.store.load(record)
        if record.state is State.READY:
            try:
                found = runtime.recovery.recover(record)
            except LinkExpired:
                lost.append(record)
                continue
            if found is not record:
                runtime.engine.start(found)
                taken.append(found)
        elif can_be_asked_again(record, time.time()):
            runtime.engine.watch(record.key)
            taken.append(runtime.board[record.key])
    return taken, lost


def budget_left(runtime: Runtime) -> dict[str, float]:
    """What is left of each limit of the budget: tasks, seconds of film, USD."""
    budget = runtime.settings.budget
    if budget is None:
        return {}
    return budget.left(runtime.journal.spent(budget, runtime.settings.service, runtime.session))


async def stop(runtime: Runtime, key: str) -> None:
    """Stop watching. The service goes on with the task and presumably charges it."""
    find(runtime, key)
    await runtime.engine.stop(key)


def watch(runtime: Runtime, key: str) -> None:
    _demand(runtime, key, State.STOPPED)
    runtime.engine.watch(key, runtime.session)


def adopt(runtime: Runtime, key: str, task_id: str) -> None:
    if not 0 < len(task_id) <= 512 or not task_id.isprintable():
        raise InvalidRequest("that is not a task id.", advice="Copy it from the dashboard.")
    find(runtime, key)
    if not can_be_adopted(runtime.board[key]):
        raise InvalidRequest(
            f"task {key} is {runtime.board[key].state}: only an unsure task takes an id.",
            advice=f"If you gave it a wrong id: `%sora stop {key}`, then adopt the right one.",
        )
    runtime.engine.adopt(key, task_id)


def forget(runtime: Runtime, key: str) -> None:
    _demand(runtime, key, State.UNSURE)
    runtime.engine.forget(key)


def _demand(runtime: Runtime, key: str, wanted: State) -> None:
    find(runtime, key)
    state = runtime.board[key].state
    if state is not wanted:
        hint = f"`%sora show {key}` shows it."
        raise InvalidRequest(f"task {key} is {state}, not {wanted}.", advice=hint)
