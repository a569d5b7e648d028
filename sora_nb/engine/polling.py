"""When to ask next: a pure function of a job's age and of what is known about such jobs.

Asking costs a request, waiting costs lag. With hazard h(t) of the job's end, the best density of
requests is sqrt(h(t) / 2c): the next one is due where its integral reaches 1
(Barlow, Hunter, Proschan 1963; Keller 1974; performance.md of the design, section 1).
All ages are seconds in the service's own time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

BIN = 2.0
HORIZON = 900.0
SHORTEST = 1.0
OVERDUE = 1800.0
LONGEST = 60.0
_BINS = int(HORIZON / BIN)


@dataclass(frozen=True)
class EndAges:
    """A histogram of the ages at which jobs end: weights of bins of 2 s, from 0 to 900 s."""

    weights: tuple[float, ...]

    def quantile(self, share: float) -> float:
        """The age by which ``share`` (0 to 1) of the jobs have ended."""
        wanted = share * sum(self.weights)
        passed = 0.0
        for index, weight in enumerate(self.weights):
            if weight and passed + weight >= wanted - 1e-12:
                return BIN * (index + max(0.0, wanted - passed) / weight)
            passed += weight
        return HORIZON

    def left(self, age: float) -> tuple[float, float] | None:
        """(median, nine in ten) seconds that a job of this age still takes; None beyond all."""
        start = min(int(age / BIN), _BINS)
        rest = EndAges((0.0,) * start + self.weights[start:])
        if sum(rest.weights) <= 1e-9:
            return None
        return max(0.0, rest.quantile(0.5) - age), max(0.0, rest.quantile(0.9) - age)

    @property
    def mean(self) -> float:
        total = sum(self.weights)
        return sum(w * BIN * (i + 0.5) for i, w in enumerate(self.weights)) / total


@lru_cache(maxsize=64)
def prior(fastest: float, slowest: float) -> EndAges:
    """What is believed before anything was seen: 85 % in the documented range, 5 % before it
    (failures are fast), 7 % up to twice and 3 % up to four times its end."""
    parts = (
        (0.0, fastest, 0.05),
        (fastest, slowest, 0.85),
        (slowest, 2 * slowest, 0.07),
        (2 * slowest, 4 * slowest, 0.03),
    )
    weights = [0.0] * _BINS
    for start, end, weight in parts:
        _spread(weights, start, min(end, HORIZON), weight)
    return EndAges(tuple(weights))


def _spread(weights: list[float], start: float, end: float, weight: float) -> None:
    """Add ``weight`` evenly over the ages from ``start`` to ``end``."""
    if end <= start:
        return
    for index in range(int(start / BIN), min(_BINS, math.ceil(end / BIN))):
        overlap = min(end, BIN * (index + 1)) - max(start, BIN * index)
        weights[index] += weight * max(0.0, overlap) / (end - start)


def next_age(age: float, ends: EndAges, c: float) -> float:
    """The age at which to ask next, at least 1 s and at most 60 s (once overdue) after ``age``.

    ``c`` is the price of one request in seconds of lag: 0.1 is the normal one.
    """
    if age >= OVERDUE:
        return age + LONGEST
    survivors = _survivors(ends.weights)
    due, reached = age, 0.0
    mean = ends.mean
    while reached < 1.0 and due - age < HORIZON:
        index = int(due / BIN)
        step = BIN * (index + 1) - due
        density = math.sqrt(_hazard(due, index, ends.weights, survivors, mean) / (2 * c))
        if density * step >= 1.0 - reached:
            due += (1.0 - reached) / density
            break
        reached += density * step
        due += step
    return max(due, age + SHORTEST)


def _hazard(
    age: float, index: int, weights: Sequence[float], survivors: Sequence[float], mean: float
) -> float:
    if index < len(weights) and survivors[index] > 1e-6:
        return weights[index] / BIN / survivors[index]
    return 1.0 / max(age - mean, BIN)


@lru_cache(maxsize=64)
def _survivors(weights: tuple[float, ...]) -> tuple[float, ...]:
    """The weight of the jobs that are still running at the start of each bin."""
    left = sum(weights)
    survivors = []
    for weight in weights:
        survivors.append(left)
        left -= weight
    return tuple(survivors)
