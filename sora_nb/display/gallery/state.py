"""What a gallery shows of its source now, and the least that a change of some tasks alters.

The work after a change depends on how many tasks changed, not on how many there are: sums are kept,
not made anew (docs/performance.md, "The page").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from sora_nb.core.budget import counts
from sora_nb.core.task import UNFINISHED, State
from sora_nb.display.rows import snapshot
from sora_nb.display.rows.source import Source
from sora_nb.handles.sweep_rows import SweepRow, may_succeed
from sora_nb.handles.task import Task
from sora_nb.planning.timing import together

Json = dict[str, Any]

MOVED = 0.02
"""An estimate is told anew when it has moved by more than this share of what is left."""


class Share(NamedTuple):
    """What one task adds to the sums: USD that are spent, and that it costs in all; and whether it
    failed so that another try can help."""

    state: State
    spent: float | None
    cost: float | None
    again: bool


class GalleryState:
    """Read and changed on the private loop, after it was made. ``comparing`` opens all films side
    by side at once."""

    def __init__(self, source: Source, *, comparing: bool = False) -> None:
        self._source = source
        self._comparing = comparing
        self._estimate: Json | None = None
        self.note = None if source.started else str(source.plan)
        self._take()

    def _take(self) -> None:
        rows = self._source.rows
        self._names = snapshot.telling(row.labels for row in rows)
        self._places: dict[str, list[SweepRow]] = {}
        self._tasks: dict[str, Task] = {}
        for row in rows:
            if row.task is not None:
                self._places.setdefault(row.task.key, []).append(row)
                self._tasks[row.task.key] = row.task
        self._simulated = any(task.record.simulated for task in self._tasks.values())
        self._shares = {key: _share(task) for key, task in self._tasks.items()}
        self._states = Counter(share.state for share in self._shares.values())
        self._again = sum(share.again for share in self._shares.values())
        self._spent = sum(share.spent or 0.0 for share in self._shares.values())
        costs = [share.cost for share in self._shares.values()]
        self._cost = None if None in costs else sum(cost or 0.0 for cost in costs)

    def retaken(self) -> bool:
        """Whether rows have other tasks than they had (a start, a retry): then ``whole`` is due."""
        now = {row.task.key for row in self._source.rows if row.task is not None}
        if now == self._tasks.keys():
            return False
        self.note = None
        self._take()
        return True

    @property
    def keys(self) -> list[str]:
        """The tasks that are shown."""
        return list(self._tasks)

    def task(self, key: object) -> Task | None:
        """The task of that key, if it is shown here."""
        return self._tasks.get(key) if isinstance(key, str) else None

    @property
    def rests(self) -> bool:
        """Whether nothing moves by itself any more."""
        return self._source.started and not any(self._states[state] for state in UNFINISHED)

    def whole(self) -> tuple[Json, list[Json]]:
        """The head and every row."""
        picked = {task.key for task in self._source.picked}
        head = {
            "version": 1,
            "view": "gallery",
            "title": _films(len(self._source.rows)),
            "simulated": self._simulated,
            "began": self._began(),
            "estimate": self._estimate,
            "cost": None if self._cost is None else round(self._cost, 2),
            "comparing": self._comparing,
            **self._head(),
        }
        return head, [self._row(row, picked) for row in self._source.rows]

    def changed(self, keys: Iterable[str]) -> tuple[Json, list[Json]]:
        """The fields of the head, and the fields of rows, that tasks of these keys can alter."""
        rows = []
        for key in keys:
            places = self._places.get(key)
            if places is None:
                continue
            task = self._tasks[key]
            before, now = self._shares[key], _share(task)
            if now != before:
                self._shares[key] = now
                self._states[before.state] -= 1
                self._states[now.state] += 1
                self._again += now.again - before.again
                self._spent += (now.spent or 0.0) - (before.spent or 0.0)
            record = task.record
            rows += [{"n": row.index, **snapshot.moving(record, row.error)} for row in places]
        return self._head(), rows

    def picked(self, key: str, yes: bool) -> list[Json]:
        """The rows after a pick."""
        return [{"n": row.index, "picked": yes} for row in self._places.get(key, ())]

    def head(self) -> Json:
        """The fields of the head that buttons and the time alter, the estimate included."""
        estimate = self._reckon()
        if not _alike(estimate, self._estimate, self._source.client.now()):
            self._estimate = estimate
        return {**self._head(), "estimate": self._estimate}

    def _head(self) -> Json:
        return {
            "paused": self._source.paused,
            "actions": self._actions(),
            "hint": self._hint(),
            "spent": None if self._cost is None else round(self._spent, 2),
            "note": self.note or self._source.note,
        }

    def _actions(self) -> list[str]:
        """The buttons above the rows that make sense now."""
        sweep = self._source
        if sweep.concurrency is None:
            return []
        if not sweep.started:
            return ["start"]
        found = []
        if self._states[State.QUEUED]:
            found += ["continue" if sweep.paused else "pause", "stop"]
        if self._again:
            found.append("retry_failed")
        return found

    def _hint(self) -> str | None:
        """What a click on the buttons may cost: it must not stand behind a hover alone."""
        on, anew = "and may be charged", "which may be charged"
        if self._simulated:
            on = anew = "at no charge"
        costs = {
            "stop": f"Stop the rest: what was not sent. Films at the service go on, {on}.",
            "retry_failed": f"Try failed again: as new tasks, {anew}.",
        }
        return " ".join(costs[act] for act in self._actions() if act in costs) or None

    def _row(self, row: SweepRow, picked: set[str]) -> Json:
        labels = snapshot.differing(row.labels, self._names)
        if row.task is None:
            prompt = row.given.get("prompt")
            text = prompt if isinstance(prompt, str) else ""
            return snapshot.row_without_task(
                row.index, row.request, prompt=text, labels=labels, error=row.error
            )
        return snapshot.row(
            row.index,
            row.task.record,
            labels=labels,
            error=row.error,
            picked=row.task.key in picked,
        )

    def _began(self) -> Json | None:
        """When a sweep began (Unix seconds), and how fast its service's time passes."""
        if self._source.concurrency is None:
            return None
        records = [task.record for task in self._tasks.values() if not task.reused]
        if not records:
            return None
        first = min(records, key=lambda record: record.created_at)
        return {"at": round(first.created_at, 1), "speed": first.speed}

    def _reckon(self) -> Json | None:
        """The moments (Unix seconds) at which all will have ended as likely as not, and nine times
        in ten; None where nothing says when."""
        source = self._source
        if source.concurrency is None or source.paused:
            return None
        now, history = source.client.now(), source.client.board.job_times
        running, waiting, speed = [], [], 1.0
        for key, share in self._shares.items():
            if share.state not in UNFINISHED or share.state is State.SAVING:
                continue
            record = self._tasks[key].record
            speed = record.speed
            if share.state is State.QUEUED:
                waiting.append(history.of(record))
            else:
                running.append((history.of(record), record.age(now)))
        left = together(running, waiting, source.concurrency)
        if left is None:
            return None
        return {"median": round(now + left[0] / speed, 1), "p90": round(now + left[1] / speed, 1)}


def _share(task: Task) -> Share:
    """Its part of the sums. A task that was there before was paid for before."""
    record = task.record
    again = may_succeed(record)
    if task.reused or record.simulated or not counts(record):
        return Share(record.state, 0.0, 0.0, again)
    spent = record.cost if record.submitted_at is not None else 0.0
    return Share(record.state, spent, record.cost, again)


def _alike(a: Json | None, b: Json | None, now: float) -> bool:
    if a is None or b is None:
        return a is b
    near = max(1.0, MOVED * (b["p90"] - now))
    return all(abs(a[name] - b[name]) <= near for name in a)


def _films(count: int) -> str:
    return "1 film" if count == 1 else f"{count} films"
