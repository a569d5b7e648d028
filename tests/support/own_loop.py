"""A coroutine in a loop of its own, from a test that is no coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_alone(work: Coroutine[Any, Any, T]) -> T:
    """As ``asyncio.run``, which nest-asyncio2 replaces once it was applied in this process: its own
    never closes the loop, and that is noticed in whichever test runs later."""
    with asyncio.Runner() as runner:
        return runner.run(work)
