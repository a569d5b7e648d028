"""Many requests as one: what they would take, and how they are written down and begun."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import NamedTuple

from msgspec.structs import replace

from sora_nb.asking import draw_key
from sora_nb.core.budget import amounts, counts, total
from sora_nb.core.errors import (
    BudgetExceeded,
    InvalidRequest,
    JournalError,
    LinkExpired,
    SoraError,
)
from sora_nb.core.task import TaskRecord, VideoRequest
from sora_nb.engine.batch import Batch
from sora_nb.engine.history import source_of
from sora_nb.planning.outlook import Outlook, time_needed
from sora_nb.storage.journal import KeyTaken
from sora_nb.workshop import Workshop


class Accepted(NamedTuple):
    """A task of ``accept_all``; ``trouble``: why it has no film and none is on its way, e.g. that
    its film was made once and is lost for good."""

    record: TaskRecord
    reused: bool
    trouble: SoraError | None


def accept_all(
    workshop: Workshop, requests: Sequence[VideoRequest], batch: Batch, *, new: bool
) -> list[Accepted]:
    """Write different requests down as one, and add them to a batch, which sends them in order.

    Raises JournalError, and BudgetExceeded when not all of the new ones fit: then nothing is
    written.
    """
    drafts, found = [workshop.draft(request) for request in requests], None
    while found is None:
        try:
            found = workshop.journal.create_all(drafts, reuse=not new)
        except KeyTaken as taken:  # of a hundred thousand keys some will be
            drafts = [replace(d, key=draw_key()) if d.key in taken.keys else d for d in drafts]
    accepted = []
    for draft, kept in zip(drafts, found, strict=True):
        workshop.ledger.take_in(kept)
        trouble: SoraError | None = None
        try:
            workshop.taken_up(workshop.board[kept.key])
        except (LinkExpired, BudgetExceeded, JournalError) as error:
            trouble = error  # of one film among many
        accepted.append(Accepted(workshop.board[kept.key], kept.key != draft.key, trouble))
    keys = [kept.key for kept in found]
    for earlier in workshop.batches:
        if earlier is not batch:
            earlier.release(keys)
    workshop.batches[:] = [one for one in workshop.batches if not one.is_empty and one is not batch]
    workshop.batches.append(batch)
    batch.add(keys)
    return accepted


def new_batch(workshop: Workshop, concurrency: int | None) -> Batch:
    """A batch without tasks yet. Raises InvalidRequest."""
    return Batch(
        _at_once(workshop, concurrency),
        engine=workshop.engine,
        ledger=workshop.ledger,
        board=workshop.board,
    )


def _at_once(workshop: Workshop, asked: int | None) -> int:
    """Tasks at the service at a time. Raises InvalidRequest."""
    if asked is None:
        return workshop.settings.concurrency
    number = None if isinstance(asked, bool) or not hasattr(asked, "__index__") else index(asked)
    if number is None or number < 1:
        raise InvalidRequest(f"concurrency {asked!r} is not a number of tasks from 1 on.")
    return number


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
    drafts = []
    for request in requests:
        found = None if new else journal.reusable(request, settings.service)
        if found is None or not counts(found):  # one that was stopped before it was sent is sent
            drafts.append(workshop.draft(request))
    ends = [workshop.board.history.of(draft) for draft in drafts]
    at_once = _at_once(workshop, concurrency)
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
