"""What a sweep would take: how many films, how long, how much, and whether the budget allows it.

Pure."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from sora_nb.engine.polling import EndAges

NINE_IN_TEN = 0.9


@dataclass(frozen=True)
class Outlook:
    """The plan of a sweep.

    ``new`` films would be made and paid, ``reused`` ones exist or are under way, ``same`` rows ask
    for the film of an earlier row, ``invalid`` rows cannot be made (``complaints`` says why).
    ``seconds``: about how long the new ones take, in the service's own time, with ``at_once`` of
    them at a time; ``source`` where that is known from. ``cost``: USD, or None where the price is
    not known. ``budget``: what is left, in words; ``refusal``: why the budget does not allow it.
    """

    new: int
    reused: int
    same: int
    invalid: int
    seconds: float
    at_once: int
    source: str
    cost: float | None
    simulated: bool
    budget: str
    refusal: str | None
    complaints: Sequence[str] = ()

    def __str__(self) -> str:
        begin = f"{_films(self.new)} to make" if self.new else "nothing to make"
        lines = [f"{begin}{self._others()}"]
        if self.new:
            at_once = min(self.at_once, self.new)
            pace = f", {at_once} at a time" if self.new > 1 else ""
            lines.append(f"time: about {_duration(self.seconds)}{pace} (from {self.source})")
            lines.append(f"price: {self._price()}")
        lines.append(self.budget if self.refusal is None else self.refusal)
        return "\n".join([*lines, *self.complaints])

    __repr__ = __str__

    def _others(self) -> str:
        others = (
            (self.reused, "made or under way already"),
            (self.same, "the same as an earlier row"),
            (self.invalid, "that cannot be made"),
        )
        return "".join(f", {count} {words}" for count, words in others if count)

    def _price(self) -> str:
        if self.simulated:
            return "nothing (simulator)"
        if self.cost is None:
            return "unknown: set price_per_second"
        return f"about {self.cost:.2f} USD"


def time_needed(ends: Sequence[EndAges], at_once: int) -> float:
    """About how many seconds tasks of these kinds take, ``at_once`` of them at a time, in order.

    Each takes its kind's mean; the last one to end may be slow, so it is at least nine in ten of
    the slowest kind.
    """
    if not ends:
        return 0.0
    free = [0.0] * min(at_once, len(ends))
    for kind in ends:
        heapq.heapreplace(free, free[0] + kind.mean)
    kinds = {id(kind): kind for kind in ends}.values()  # comparing histograms would take longer
    return max(*free, *(kind.quantile(NINE_IN_TEN) for kind in kinds))


def _films(count: int) -> str:
    return f"{count} film" if count == 1 else f"{count} films"


def _duration(seconds: float) -> str:
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h"
