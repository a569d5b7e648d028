"""The rows of a sweep, and what a sweep needs from the client that made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from sora_nb.core.errors import SoraError
from sora_nb.core.task import State, VideoRequest
from sora_nb.display.handle import Owner, Task
from sora_nb.engine.batch import Batch
from sora_nb.planning.outlook import Outlook

T = TypeVar("T")


class Begun(NamedTuple):
    """A task that was asked for. ``trouble``: why it has no film and none is on its way."""

    task: Task
    trouble: SoraError | None


class SweepOwner(Owner, Protocol):
    """What a sweep needs from the client that made it."""

    def begin(
        self, requests: Sequence[VideoRequest], batch: Batch, *, new: bool
    ) -> list[Begun]: ...
    def batch(self, concurrency: int) -> Batch: ...
    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Outlook: ...
    def call(self, act: Callable[[], T]) -> T: ...


@dataclass
class SweepRow:
    """One film of a sweep. ``row`` is what the table calls the row that it came from.

    ``request`` is None for a row that cannot be made, which ``error`` explains; ``task`` is None
    for such a row and before the start. Rows that ask for the same film have the same task.
    ``labels``: the table's other columns.
    """

    index: int
    row: int | str
    request: VideoRequest | None
    task: Task | None = None
    error: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


def by_request(rows: Iterable[SweepRow]) -> list[tuple[VideoRequest, list[SweepRow]]]:
    """The requests of these rows, each once, with the rows that ask for it."""
    groups: dict[str, tuple[VideoRequest, list[SweepRow]]] = {}
    for row in rows:
        if row.request is not None:
            groups.setdefault(row.request.fingerprint, (row.request, []))[1].append(row)
    return list(groups.values())


def distinct(tasks: Iterable[Task | None]) -> list[Task]:
    """Each task once, in order."""
    return list({task.key: task for task in tasks if task is not None}.values())


def progress_of(rows: Iterable[SweepRow]) -> dict[str, int]:
    """How many rows are in each state, in the order of a task's life; ``planned`` ones first,
    ``invalid`` ones last."""
    found = Counter(
        row.task.state if row.task else "planned" if row.request else "invalid" for row in rows
    )
    order = ("planned", *State, "invalid")
    return {str(word): found[word] for word in order if found[word]}
