"""Many requests as one: what they would take, and how they are written down and begun."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from sora_nb.core.budget import amounts, total
from sora_nb.core.errors import BudgetExceeded, InvalidRequest, LinkExpired
from sora_nb.core.task import TaskRecord, VideoRequest
from sora_nb.engine.batch import Batch
from sora_nb.engine.history import source_of
from sora_nb.planning.outlook import Outlook, time_needed
from sora_nb.storage.journal import KeyTaken
from sora_nb.workshop import Workshop


class Accepted(NamedTuple):
    """A task of ``accept_all``; ``gone``: its film was made and is lost for good."""

    record: TaskRecord
    reused: bool
    gone: LinkExpired | None


def accept_all(
    workshop: Workshop, requests: Sequence[VideoRequest], *, new: bool, concurrency: int | None
) -> tuple[list[Accepted], Batch]:
    """Write different requests down as one, and begin to send them in order.

    Raises JournalError, and BudgetExceeded when not all of the new ones fit: then nothing is
    written.
    """
    at_once = concurrency_of(workshop, concurrency)
    while True:
        drafts = [workshop.draft(request) for request in requests]
        with suppress(KeyTaken):
            found = workshop.journal.create_all(drafts, reuse=not new)
            break
    accepted = []
    for draft, kept in zip(drafts, found, strict=True):
        workshop.ledger.take_in(kept)
        gone: LinkExpired | None = None
        try:
            workshop.taken_up(workshop.board[kept.key])
        except LinkExpired as error:
            gone = error
        accepted.append(Accepted(workshop.board[kept.key], kept.key != draft.key, gone))
    return accepted, _begin(workshop, [kept.key for kept in found], at_once)


def concurrency_of(workshop: Workshop, asked: int | None) -> int:
    """Tasks at the service at a time. Raises InvalidRequest."""
    if asked is None:
        return workshop.settings.concurrency
    if isinstance(asked, bool) or asked < 1:
        raise InvalidRequest(f"concurrency {asked!r} is not a number of tasks from 1 on.")
    return asked


def _begin(workshop: Workshop, keys: Sequence[str], at_once: int) -> Batch:
    """A batch of these tasks begins; an earlier one no longer holds them back."""
    batch = Batch(
        keys,
        concurrency=at_once,
        engine=workshop.engine,
        ledger=workshop.ledger,
        board=workshop.board,
    )
    for earlier in workshop.batches:
        earlier.release(keys)
    workshop.batches[:] = [earlier for earlier in workshop.batches if not earlier.is_empty]
    workshop.batches.append(batch)
    batch.start()
    return batch


def look_ahead(
    workshop: Workshop,
    requests: Sequence[VideoRequest],
    *,
    new: bool,
    concurrency: int | None,
    same: int,
    complaints: Sequence[str],
) -> Outlook:
    """What ``accept_all`` of these requests would mean. Writes and sends nothing.

    ``same`` rows ask for one of them once more; ``complaints`` are about rows that cannot be made.
    """
    settings, journal = workshop.settings, workshop.journal
    drafts = [
        workshop.draft(request)
        for request in requests
        if new or journal.reusable(request, settings.service) is None
    ]
    ends = [workshop.board.history.of(draft) for draft in drafts]
    at_once = concurrency_of(workshop, concurrency)
    unknown = any(draft.cost is None for draft in drafts)
    budget, refusal = "budget: none set", None
    if settings.budget is not None:
        spent = journal.spent(settings.budget, settings.service, workshop.session)
        left = {name: max(0.0, rest) for name, rest in settings.budget.left(spent).items()}
        budget = f"budget: {amounts(left)} left of {settings.budget}"
        try:
            settings.budget.demand(drafts, spent)
        except BudgetExceeded as error:
            refusal = f"{error.message} {error.advice}"
    return Outlook(
        new=len(drafts),
        reused=len(requests) - len(drafts),
        same=same,
        invalid=len(complaints),
        seconds=time_needed(ends, at_once),
        at_once=at_once,
        source=source_of(max(ends, key=lambda kind: kind.seen)) if ends else "",
        cost=None if unknown else total(drafts).usd,
        simulated=settings.simulated,
        budget=budget,
        refusal=refusal,
        complaints=tuple(complaints),
    )
