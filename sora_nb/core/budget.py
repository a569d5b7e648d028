"""A budget, and what counts against it: pure. The journal asks it inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sora_nb.core.errors import BudgetExceeded, InvalidRequest, shorten
from sora_nb.core.task import State, TaskRecord

_PER = {"day": "per day", "session": "per session", "ever": "in all"}


class Spent(NamedTuple):
    """What tasks hold or have used: how many they are, seconds of film, USD as far as known."""

    tasks: float = 0.0
    seconds: float = 0.0
    usd: float = 0.0


@dataclass(frozen=True)
class Budget:
    """At most so many tasks, seconds of film and USD, ``per`` day, session (kernel) or ever.

    None means no limit of that kind.
    """

    tasks: float | None = None
    seconds: float | None = None
    usd: float | None = None
    per: str = "day"

    @property
    def period(self) -> str:
        """``per day``, ``per session`` or ``in all``."""
        return _PER[self.per]

    def __str__(self) -> str:
        return f"{amounts(self.limits())} {self.period}"

    def since(self, now: float) -> float:
        """Where the period began, in Unix seconds: local midnight for a day, else 0."""
        if self.per != "day":
            return 0.0
        local = datetime.fromtimestamp(now).astimezone()
        return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    def spent(self, records: Iterable[TaskRecord], session: str, now: float) -> Spent:
        """What these tasks of the service count for. The journal sums up the same in SQL."""
        since = self.since(now)
        return total(
            record
            for record in records
            if counts(record)
            and record.created_at >= since
            and (self.per != "session" or record.session == session)
        )

    def left(self, spent: Spent) -> dict[str, float]:
        """What is left of each limit; below 0 where a lower limit was set later."""
        used = spent._asdict()
        return {name: limit - used[name] for name, limit in self.limits().items()}

    def limits(self) -> dict[str, float]:
        """The limits that are set, by name."""
        found = {"tasks": self.tasks, "seconds": self.seconds, "usd": self.usd}
        return {name: limit for name, limit in found.items() if limit is not None}

    def demand(self, new: Sequence[TaskRecord], spent: Spent) -> None:
        """Refuse new tasks that do not all fit beside what is spent. Raises BudgetExceeded."""
        if self.usd is not None and any(r.cost is None and not r.simulated for r in new):
            these = "this task" if len(new) == 1 else "these tasks"
            raise BudgetExceeded(
                f"the price of {these} is not known, and the budget is in USD. Nothing was sent.",
                advice="Give it: sora_nb.configure(price_per_second=…), in USD per second of film.",
            )
        left, wanted = self.left(spent), total(new)._asdict()
        short = {name: wanted[name] for name, rest in left.items() if wanted[name] > rest + 1e-9}
        if short:
            shown = amounts({name: max(0.0, rest) for name, rest in left.items()})
            until = "" if self.per == "ever" else f", or wait for the next {self.per}"
            together = "" if len(new) == 1 else f" by {len(new)} new films together"
            raise BudgetExceeded(
                f"the budget ({self.period}) does not allow it: {shown} left, "
                f"{amounts(short)} wanted{together}. Nothing was sent.",
                advice=f"Raise it with sora_nb.configure(budget=…){until}.",
            )


def total(records: Iterable[TaskRecord]) -> Spent:
    """The sum over these tasks, whatever became of them."""
    tasks, seconds, usd = 0, 0, 0.0
    for record in records:
        tasks += 1
        seconds += record.request.duration
        usd += record.cost or 0.0
    return Spent(float(tasks), float(seconds), usd)


def counts(record: TaskRecord) -> bool:
    """Whether a task holds or has used its share: all but what was surely never charged.

    This is the one rule; ``storage.schema`` says the same in SQL, and a test compares the two.
    """
    if record.failure is not None and record.failure.kind in ("refused", "forgotten"):
        return False
    return not (record.state is State.STOPPED and record.task_id is None)


def read_budget(value: Any) -> Budget:
    """A Budget from what a person gave: a mapping with ``tasks``, ``seconds``, ``usd``, ``per``.

    Raises InvalidRequest.
    """
    if isinstance(value, Budget):
        return value
    example = 'E.g. budget={"tasks": 20, "seconds": 120, "usd": 5, "per": "day"}.'
    if not isinstance(value, Mapping):
        raise InvalidRequest("budget is a dict of limits.", advice=example)
    unknown = set(value) - {"tasks", "seconds", "usd", "per"}
    if unknown or not set(value) - {"per"}:
        word = shorten(repr(sorted(map(str, unknown))), 80) if unknown else "nothing"
        raise InvalidRequest(f"budget limits {word}.", advice=example)
    if value.get("per", "day") not in _PER:
        raise InvalidRequest("budget is per day, session or ever.", advice=example)
    for name in ("tasks", "seconds", "usd"):
        limit = value.get(name)
        number = isinstance(limit, int | float) and not isinstance(limit, bool)
        if limit is not None and not (number and 0 <= limit < float("inf")):
            raise InvalidRequest(f"budget {name} {limit!r} is not a number.", advice=example)
    return Budget(**value)


def amounts(of: Mapping[str, float]) -> str:
    """Amounts by the names of the limits, in words: ``19 tasks, 4.60 USD``."""
    units = {"tasks": "tasks", "seconds": "seconds of film"}
    return ", ".join(
        f"{amount:.2f} USD" if name == "usd" else f"{amount:g} {units[name]}"
        for name, amount in of.items()
    )
