"""Many requests as one: what they would take, and how they are written down and begun."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from operator import index
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sora_nb.core.budget import amounts, counts, total
from sora_nb.core.errors import (
    BudgetExceeded,
    InvalidRequest,
    JournalError,
    LinkExpired,
    SoraError,
)
from sora_nb.core.lifecycle import Watched, can_be_asked_again
from sora_nb.core.task import State, Submission, VideoRequest
from sora_nb.engine.batch import Batch
from sora_nb.engine.job_times import source_of
from sora_nb.planning.outlook import Outlook
from sora_nb.planning.timing import together
from sora_nb.runtime import tasks
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.errors import KeyTaken

if TYPE_CHECKING:
    from sora_nb.runtime.runtime import Runtime


def accept_all(
    runtime: Runtime,
    requests: Sequence[VideoRequest],
    batch: Batch,
    *,
    new: bool,
    lost: Collection[str] = (),
) -> list[Submission]:
    """Write different requests down as one, and add them to a batch, which sends them in order.

    The tasks of the keys in ``lost`` are not given again. Raises JournalError, and BudgetExceeded
    when not all of the new ones fit: then nothing is written.
    """
    drafts, found = [tasks.draft(runtime, request) for request in requests], None
    while found is None:
        try:
            found = runtime.journal.create_all(drafts, reuse=not new, lost=lost)
        except KeyTaken as taken:  # of a hundred thousand keys some will be
            drafts = [
                replace(d, key=tasks.draw_key()) if d.key in taken.keys else d for d in drafts
            ]
    for kept in found:
        runtime.store.load(kept)
    stopped = [kept.key for kept in found if runtime.board[kept.key].state is State.STOPPED]
    runtime.store.apply_all(stopped, Watched(runtime.session))
    accepted = []
    for draft, kept in zip(drafts, found, strict=True):
        accepted.append(_taken_up(runtime, kept.key, reused=kept.key != draft.key))
    _add(runtime, batch, [kept.key for kept in found])
    return accepted


def retry_all(
    runtime: Runtime, keys: Sequence[str], batch: Batch, *, new: bool
) -> list[Submission]:
    """Have the films made that these tasks did not bring; what each of them has now.

    Only what can bring none any more is asked for anew: a failed task, or one whose film is lost.
    What we gave up on, or was stopped, is taken up again; what is unsure, unfinished or has its
    film stays as it is. Raises as ``accept_all`` does: then nothing has changed.
    """
    for key in keys:
        tasks.find(runtime, key)
    records = {key: runtime.board[key] for key in keys}
    lost = {key for key, record in records.items() if runtime.recovery.lost(record)}
    anew = {
        key: record.request
        for key, record in records.items()
        if key in lost
        or (record.state is State.FAILED and not can_be_asked_again(record, time.time()))
    }
    requests = {request.fingerprint: request for request in anew.values()}
    made = accept_all(runtime, list(requests.values()), batch, new=new, lost=lost)
    by_request = dict(zip(requests, made, strict=True))
    kept = {key: _taken_up(runtime, key, reused=True) for key in records if key not in anew}
    moving = [key for key, now in kept.items() if records[key].finished > now.record.finished]
    _add(runtime, batch, moving)
    return [kept.get(key) or by_request[anew[key].fingerprint] for key in keys]


def _taken_up(runtime: Runtime, key: str, *, reused: bool) -> Submission:
    trouble: SoraError | None = None
    try:
        tasks.taken_up(runtime, runtime.board[key])
    except (LinkExpired, BudgetExceeded, JournalError) as error:
        trouble = error  # of one film among many
    return Submission(runtime.board[key], reused, trouble)


def _add(runtime: Runtime, batch: Batch, keys: Sequence[str]) -> None:
    """Have the batch send them, and no other."""
    for earlier in runtime.batches:
        if earlier is not batch:
            earlier.release(keys)
    runtime.batches[:] = [one for one in runtime.batches if not one.is_empty and one is not batch]
    runtime.batches.append(batch)
    batch.add(keys)


def new_batch(runtime: Runtime, concurrency: int) -> Batch:
    """A batch without tasks yet."""
    return Batch(
        concurrency,
        engine=runtime.engine,
        store=runtime.store,
        board=runtime.board,
    )


def at_once(settings: Settings, asked: int | None) -> int:
    """How many tasks of a sweep are at the service at a time: what was asked for, and no more than
    the client's own limit. Raises InvalidRequest."""
    if asked is None:
        return settings.concurrency
    number = None if isinstance(asked, bool) or not hasattr(asked, "__index__") else index(asked)
    if number is None or number < 1:
        raise InvalidRequest(f"concurrency {asked!r} is not a number of tasks from 1 on.")
    return min(number, settings.concurrency)


def look_ahead(
    runtime: Runtime,
    requests: Sequence[VideoRequest],
    *,
    new: bool,
    concurrency: int,
    same: int,
    complaints: Sequence[str],
) -> Outlook:
    """What ``accept_all`` of these requests would mean. Writes and sends nothing.

    ``same`` rows ask for one of them once more; ``complaints`` are about rows that cannot be made.
    """
    settings, journal = runtime.settings, runtime.journal
    drafts, unsure, lost = [], 0, 0
    for request in requests:
        found = None if new else journal.queries.reusable(request, settings.service)
        if found is not None and runtime.recovery.lost(found):
            lost += 1
        elif found is None or not counts(found):  # one that was stopped before it was sent is sent
            drafts.append(tasks.draft(runtime, request))
        elif found.state is State.UNSURE:
            unsure += 1
    ends = [runtime.board.job_times.of(draft) for draft in drafts]
    time_left = together([], ends, concurrency)
    unknown = any(draft.cost is None for draft in drafts)
    budget, refusal = "budget: none set", None
    if settings.budget is not None:
        spent = journal.spent(settings.budget, settings.service, runtime.session)
        left = {name: max(0.0, rest) for name, rest in settings.budget.left(spent).items()}
        budget = f"budget: {amounts(left)} left of {settings.budget}"
        try:
            settings.budget.demand(drafts, spent)
        except BudgetExceeded as error:
            refusal = f"{error.message} {error.advice}"
    return Outlook(
        new=len(drafts),
        reused=len(requests) - len(drafts) - unsure - lost,
        unsure=unsure,
        same=same,
        invalid=len(complaints) + lost,
        seconds=time_left[0] if time_left else 0.0,
        at_once=concurrency,
        source=source_of(max(ends, key=lambda kind: kind.seen)) if ends else "",
        cost=None if unknown else total(drafts).usd,
        simulated=settings.simulated,
        budget=budget,
        refusal=refusal,
        complaints=(*complaints, *_about_lost(lost)),
    )


def _about_lost(count: int) -> list[str]:
    """What to do about films that were made and cannot be had any more."""
    if not count:
        return []
    films = "1 film was made and is" if count == 1 else f"{count} films were made and are"
    again = "The start pays for none of them again, sweep.retry(rows) does."
    return [f"{films} lost, file and link. {again}"]
