"""When many tasks together will have ended: pure, from what is known about such jobs.

What runs is a race of independent jobs: all have ended by x with the product of their own chances,
given how old each is. What still waits is taken as a flow: the sum of its mean times through
``at_once`` slots, as uncertain as a sum of so many. All seconds are the service's own.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from sora_nb.engine.polling import HORIZON, EndAges

Ages = tuple[float, ...]

_SHARES = 60
_Z90 = 1.2816
"""How many standard deviations above its mean a normal sum lies one time in ten."""


def together(
    running: Sequence[tuple[EndAges, float]], waiting: Sequence[EndAges], at_once: int
) -> tuple[float, float] | None:
    """Seconds from now by which all have ended as likely as not, and nine times in ten.

    ``running``: what is known of each kind of job, and its age. None when nothing is left.
    """
    if not running and not waiting:
        return None
    slots = max(1, min(at_once, len(running) + len(waiting)))
    if not waiting:
        return _race(running, 0.5), _race(running, 0.9)
    kinds = {id(ends): ends for ends in waiting}  # comparing histograms would take longer
    counts = [(kinds[kind], count) for kind, count in Counter(map(id, waiting)).items()]
    left = sum(_mean_left(ends, age) for ends, age in running)
    flow = (left + sum(count * ends.mean for ends, count in counts)) / slots
    spread = math.sqrt(sum(count * _variance(ends) for ends, count in counts)) / slots
    # While the flow runs dry, the last ones in each slot are under way: their own race decides.
    last = waiting[-slots:]
    mean = sum(ends.mean for ends in last) / len(last)
    tail = [_race([(ends, 0.0) for ends in last], share) - mean / 2 for share in (0.5, 0.9)]
    start = max(0.0, flow - mean / 2)
    return start + tail[0], start + tail[1] + _Z90 * spread


def _race(running: Sequence[tuple[EndAges, float]], share: float) -> float:
    """By when all of these have ended with the chance ``share``."""
    counted: dict[tuple[int, float], int] = {}
    first = {id(ends): ends for ends, _ in running}  # comparing histograms would take longer
    kinds = {kind: _ages(ends) for kind, ends in first.items()}
    for ends, age in running:
        counted[id(ends), round(age)] = counted.get((id(ends), round(age)), 0) + 1
    low, high = 0.0, HORIZON
    for _ in range(14):
        middle = (low + high) / 2
        chance = 0.0
        for (kind, age), count in counted.items():
            chance += count * math.log(_ended_by(kinds[kind], age, age + middle))
        low, high = (low, middle) if chance >= math.log(share) else (middle, high)
    return high


def _ended_by(ages: Ages, age: float, by: float) -> float:
    """The chance that a job that still runs at ``age`` has ended at the age ``by``."""
    still = 1.0 - _ended(ages, age)
    if still <= 1e-3:  # beyond all that is known: nothing says when
        return 1e-3 if by < age + 60 else 1.0
    return min(1.0, max(1e-9, (_ended(ages, by) - _ended(ages, age)) / still))


def _ended(ages: Ages, age: float) -> float:
    index = bisect_right(ages, age)
    if index == 0 or index >= len(ages):
        return 0.0 if index == 0 else 1.0
    before, after = ages[index - 1], ages[index]
    inside = (age - before) / (after - before) if after > before else 0.0
    return (index - 1 + inside) / _SHARES


def _mean_left(ends: EndAges, age: float) -> float:
    return max(ends.mean - age, 0.0) if age < ends.mean else 0.25 * ends.mean


@lru_cache(maxsize=64)
def _ages(ends: EndAges) -> Ages:
    """The ages by which 0/60, 1/60, … 60/60 of such jobs have ended."""
    return (0.0, *(ends.quantile(number / _SHARES) for number in range(1, _SHARES + 1)))


@lru_cache(maxsize=64)
def _variance(ends: EndAges) -> float:
    ages = _ages(ends)
    mean = sum(ages) / len(ages)
    return sum((age - mean) ** 2 for age in ages) / len(ages)
