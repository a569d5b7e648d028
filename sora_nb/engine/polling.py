"""When to ask next: a pure function of a job's age and of what is known about such jobs.

Asking costs a request, waiting costs lag. With hazard h(t) of the job's end, the best density of
requests is sqrt(h(t) / 2c): the next one is due where its integral reaches 1
(Barlow, Hunter, Proschan 1963; Keller 1974; docs/design/polling.md, "The best density").
All ages are seconds in the service's own time.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

BIN = 2.0
HORIZON = 900.0
SHORTEST = 1.0
OVERDUE = 1800.0
LONGEST = 60.0
FIRST_LOOK = 20.0
LONGEST_SILENCE = 90.0
"""However unlikely an end seems: a job that is refused at once is noticed by the age of 20 s."""
PRIOR_WEIGHT = 8.0
FADING = 0.98
BLUR = 0.03
_BINS = int(HORIZON / BIN)
_NO_MASS = 1e-3
"""The share of all weight below which what is left of it says nothing about a job's end."""


@dataclass(frozen=True)
class EndAges:
    """A histogram of the ages at which jobs end: weights of bins of 2 s, from 0 to 900 s, and last
    the weight of what ended later. ``seen`` counts the ends that were learned."""

    weights: tuple[float, ...]
    seen: int = 0

    def learned(self, after: float, by: float) -> EndAges:
        """The histogram once one more end was seen: after one age and by another.

        Where in between is not known, so its weight 1 is spread evenly; a little wider than that,
        because the next job ends elsewhere. Older weight fades.
        """
        weights = [weight * FADING for weight in self.weights]
        start = max(0.0, after) * (1 - BLUR)
        _spread(weights, start, max(by * (1 + BLUR), start + BIN), 1.0)
        return EndAges(tuple(weights), self.seen + 1)

    def quantile(self, share: float) -> float:
        """The age by which ``share`` (0 to 1) of the jobs have ended; at most 900 s."""
        return _quantile(self.weights, 0, share)

    def left(self, age: float) -> tuple[float, float] | None:
        """(median, nine in ten) seconds that a job of this age still takes; None beyond all."""
        start = int(age / BIN)
        if start >= _BINS or self._survivors[start] <= _NO_MASS * self._survivors[0]:
            return None
        median, ninety = (_quantile(self.weights, start, share) for share in (0.5, 0.9))
        return max(0.0, median - age), max(0.0, ninety - age)

    @cached_property
    def mean(self) -> float:
        """The mean age at the end; what ended after 900 s counts as if it had just then."""
        total = sum(weight * (index + 0.5) for index, weight in enumerate(self.weights))
        return min(BIN * total / sum(self.weights), HORIZON)

    @cached_property
    def _survivors(self) -> tuple[float, ...]:
        """The weight of the jobs that are still running at the start of each bin."""
        return tuple(accumulate(reversed(self.weights)))[::-1]

    @cached_property
    def _urge(self) -> tuple[float, ...]:
        """The integral of sqrt(hazard) from 0 to the start of each bin, and to 900 s at last.

        Made once for each histogram: a request costs two look-ups in it.
        """
        nothing = _NO_MASS * self._survivors[0]
        steps = [0.0]
        for index in range(_BINS):
            still = self._survivors[index]
            if still > nothing:
                hazard = self.weights[index] / BIN / still
            else:
                hazard = 1.0 / max(BIN * (index + 0.5) - self.mean, BIN)
            steps.append(BIN * math.sqrt(hazard))
        return tuple(accumulate(steps))

    @cached_property
    def _tail(self) -> float:
        """The mean that the hazard 1 / (age - mean) after 900 s is reckoned from."""
        return min(self.mean, HORIZON - BIN)

    def urge(self, age: float) -> float:
        """The integral of sqrt(hazard) from 0 to ``age``."""
        if age >= HORIZON:
            passed = math.sqrt(age - self._tail) - math.sqrt(HORIZON - self._tail)
            return self._urge[-1] + 2 * passed
        index = int(age / BIN)
        start, end = self._urge[index], self._urge[index + 1]
        return start + (end - start) * (age / BIN - index)

    def age_of(self, urge: float) -> float:
        """The age up to which the integral is ``urge``."""
        if urge >= self._urge[-1]:
            return self._tail + (math.sqrt(HORIZON - self._tail) + (urge - self._urge[-1]) / 2) ** 2
        index = bisect_right(self._urge, urge) - 1
        start, end = self._urge[index], self._urge[index + 1]
        return BIN * (index + (urge - start) / (end - start))


@lru_cache(maxsize=64)
def prior(fastest: float, slowest: float) -> EndAges:
    """What is believed before anything was seen: 85 % in the documented range, 5 % before it (3 %
    of them by 20 s: failures are fast), 7 % up to twice and 3 % up to four times its end; what
    would lie beyond 900 s is held before it."""
    soon = min(FIRST_LOOK, fastest / 2)
    parts = (
        (0.0, soon, 0.03),
        (soon, fastest, 0.02),
        (fastest, slowest, 0.85),
        (slowest, 2 * slowest, 0.07),
        (2 * slowest, 4 * slowest, 0.03),
    )
    weights = [0.0] * (_BINS + 1)
    for start, end, share in parts:
        if start < HORIZON:
            _spread(weights, start, min(end, HORIZON), PRIOR_WEIGHT * share)
    return EndAges(tuple(weights))


def next_age(age: float, ends: EndAges, c: float) -> float:
    """The age at which to ask next, at least 1 s and at most 90 s after it, and once by 20 s.

    ``c`` is the price of one request in seconds of lag: 0.1 is the normal one.
    """
    if age >= OVERDUE:
        return age + LONGEST
    due = max(ends.age_of(ends.urge(age) + math.sqrt(2 * c)), age + SHORTEST)
    return min(due, FIRST_LOOK if age < FIRST_LOOK - SHORTEST else age + LONGEST_SILENCE)


def _spread(weights: list[float], start: float, end: float, weight: float) -> None:
    """Add ``weight`` evenly over the ages from ``start`` to ``end``, which is later."""
    density = weight / (end - start)
    for index in range(int(start / BIN), min(_BINS, math.ceil(end / BIN))):
        overlap = min(end, BIN * (index + 1)) - max(start, BIN * index)
        weights[index] += density * overlap
    weights[_BINS] += density * max(0.0, end - max(start, HORIZON))


def _quantile(weights: Sequence[float], start: int, share: float) -> float:
    """The age by which ``share`` of the weight from bin ``start`` on is reached."""
    wanted = share * math.fsum(weights[start:])
    passed = 0.0
    for index in range(start, _BINS):
        weight = weights[index]
        if weight and passed + weight >= wanted - 1e-12:
            return BIN * (index + min(1.0, max(0.0, wanted - passed) / weight))
        passed += weight
    return HORIZON
