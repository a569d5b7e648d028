"""An event loop whose time passes only when everybody waits: hours run in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC


class _Selector(selectors.DefaultSelector):
    """Instead of waiting for a timer it says how long that would have been."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits, and no timer will wake anybody")
        self.skipped += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its ``time()`` begins at 0."""

    def __init__(self) -> None:
        self._selector_of_time = _Selector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        return self._selector_of_time.skipped

    def come_late(self, seconds: float) -> None:
        """Time passes in which the loop does nothing."""
        self._selector_of_time.skipped += seconds


def live(scenario: Coroutine[Any, Any, T]) -> T:
    """Run a scenario to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scenario)


def now() -> float:
    """Unix seconds of the running virtual loop."""
    return NOON + asyncio.get_running_loop().time()
