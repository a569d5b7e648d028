"""What one simulator is told when it starts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .faults import Rule

Films = Literal["scene", "plain"]


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a simulator; the defaults are the documented service at its own pace.

    `speed` is service seconds per real second. `rate` is requests per service minute and
    `concurrency` unfinished tasks at once (docs/design/contract.md, "Limits and times").
    `balance` is in USD. `films="plain"` gives all tasks of one length and frame the same film, for
    load tests.
    `state` is a folder that outlives the process; without it all is forgotten at the end.

    Raises ValueError for a number outside its range.
    """

    speed: float = 1.0
    seed: int = 0
    api_key: str | None = field(default=None, repr=False)
    balance: float = 1000.0
    rate: int = 10_000
    concurrency: int = 1_000
    state: Path | None = None
    rules: tuple[Rule, ...] = ()
    films: Films = "scene"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise ValueError(f"speed must be a number above 0, not {self.speed}")
        if not (math.isfinite(self.balance) and self.balance >= 0):
            raise ValueError(f"balance must be 0 or more USD, not {self.balance}")
        if self.rate < 1 or self.concurrency < 1:
            raise ValueError("rate and concurrency must be at least 1")
