"""The rows of a sweep, and what a sweep needs from the client that made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sora_nb.core.advice import advise
from sora_nb.core.errors import SoraError
from sora_nb.core.task import State, TaskRecord, VideoRequest
from sora_nb.handles.task import Task


@dataclass
class SweepRow:
    """One film of a sweep. ``row`` is what the table calls the row that it came from.

    ``request`` is None for a row that cannot be made, of which ``complaint`` says why; ``task`` is
    None for such a row and before the start. Rows that ask for the same film have the same task.
    ``labels``: the table's other columns.
    """

    index: int
    row: int | str
    request: VideoRequest | None
    task: Task | None = None
    complaint: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    _trouble: tuple[TaskRecord, str] | None = field(default=None, repr=False)

    def take(self, task: Task, trouble: SoraError | None = None) -> None:
        """Have this task from now on. ``trouble``: why it has no film and none is on its way."""
        self.task = task
        words = "" if trouble is None else f"{trouble.message} {trouble.advice}".strip()
        self._trouble = (task.record, words) if words else None

    @property
    def error(self) -> str | None:
        """Why the row cannot be made, or its task cannot be had; None for what the task's own
        record tells. A trouble is over once anything happened to the task."""
        if self.task is None or self._trouble is None:
            return self.complaint
        record, words = self._trouble
        return words if self.task.record == record else None

    @property
    def lost(self) -> bool:
        """Whether its film was made, and file and link have gone since."""
        return self.task is not None and self.task.state == State.READY and self.error is not None


def by_request(rows: Iterable[SweepRow]) -> list[tuple[VideoRequest, list[SweepRow]]]:
    """The requests of these rows, each once, with the rows that ask for it."""
    groups: dict[str, tuple[VideoRequest, list[SweepRow]]] = {}
    for row in rows:
        if row.request is not None:
            groups.setdefault(row.request.fingerprint, (row.request, []))[1].append(row)
    return list(groups.values())


def may_succeed(record: TaskRecord) -> bool:
    """Whether a failed task is worth another try: a prompt that was refused is refused again."""
    failure = record.failure if record.state is State.FAILED else None
    return failure is not None and advise(failure).retry


def worth_another_try(rows: Iterable[SweepRow]) -> tuple[list[SweepRow], str | None]:
    """The failed rows that another try can cure, and what is left out, in words."""
    rows = [row for row in rows if row.task is not None]
    failed = [row for row in rows if row.task and row.task.record.state is State.FAILED]
    worth = [row for row in failed if row.task and may_succeed(row.task.record)]
    kinds = (
        (len(failed) - len(worth), "that would be refused again as asked for"),
        (sum(row.lost for row in rows), "whose film was made and is lost"),
    )
    words = " and ".join(f"{count} {_rows(count)} {kind}" for count, kind in kinds if count)
    return worth, f"Left out: {words}. sweep.retry(rows) asks for them, too." if words else None


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


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
