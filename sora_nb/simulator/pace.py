"""How long a task takes, drawn once at submit and the same for the same seed, input and take."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

# Service seconds by film length (docs/design/contract.md, "Limits and times").
RANGES = {4: (120.0, 240.0), 8: (180.0, 300.0), 12: (240.0, 360.0)}


@dataclass(frozen=True, slots=True)
class Pace:
    """Service seconds from submit until processing starts and until the task ends."""

    starts: float
    ends: float


def draw(seed: int, digest: str, take: int, duration: int) -> Pace:
    """A log-normal law truncated to the documented range of `duration`."""
    source = _source(seed, digest, take)
    low, high = RANGES[duration]
    centre, spread = math.log(low * high) / 2, math.log(high / low) / 3
    ends = source.lognormvariate(centre, spread)
    while not low <= ends <= high:
        ends = source.lognormvariate(centre, spread)
    return Pace(starts=source.uniform(2.0, 12.0), ends=ends)


def fast_failure(seed: int, digest: str, take: int) -> Pace:
    """A task that is refused soon after the service looked at it."""
    ends = _source(seed, digest, take).uniform(6.0, 14.0)
    return Pace(starts=ends / 3, ends=ends)


def _source(seed: int, digest: str, take: int) -> random.Random:
    text = f"{seed}/{digest}/{take}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return random.Random(number)
