"""What a sweep would take: how many films, how long, how much, and whether the budget allows it.

Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outlook:
    """The plan of a sweep.

    ``new`` films would be made and paid, ``reused`` ones exist or are under way, ``unsure`` ones
    may have been charged and wait for a person, ``same`` rows ask for the film of an earlier row,
    ``invalid`` rows cannot be made (``complaints`` says why).
    ``seconds``: within these the new ones have ended as likely as not, in the service's own time,
    with ``at_once`` of them at a time; ``source`` where that is known from. ``cost``: USD, or None
    where the price is not known. ``budget``: what is left, in words; ``refusal``: why the budget
    does not allow it.
    """

    new: int
    reused: int
    unsure: int
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
            (self.unsure, "unsure: only you can decide (sweep.table() names them after the start)"),
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


def _films(count: int) -> str:
    return f"{count} film" if count == 1 else f"{count} films"


def _duration(seconds: float) -> str:
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:.1f} h"
