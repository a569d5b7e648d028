"""The POSTs that are on the wire: each is sent once and becomes one move, whatever happens to it.

The rules: docs/design/charges.md, "Journal, POST, journal".
"""

from __future__ import annotations

import asyncio

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import RateLimited
from sora_nb.engine import outcome
from sora_nb.engine.limits import RateLimiter
from sora_nb.engine.pacing import Pacing
from sora_nb.engine.ports import Service
from sora_nb.engine.store import TaskStore


class Submitter:
    """``store`` gets only the move of a POST that was cancelled on its way."""

    def __init__(
        self, service: Service, store: TaskStore, limiter: RateLimiter, pacing: Pacing
    ) -> None:
        self._service = service
        self._store = store
        self._limiter = limiter
        self._pacing = pacing
        self._under_way: dict[str, asyncio.Event] = {}

    async def send(self, key: str) -> move.Event:
        """One POST for the task, and the move that its answer (or what came instead) makes."""
        answered = self._under_way[key] = asyncio.Event()
        try:
            task_id = await self._service.submit(self._store[key].request)
        except asyncio.CancelledError:
            self._store.apply(key, outcome.lost("cancelled while it was being sent"), durable=True)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it must become a move
            if isinstance(error, RateLimited):
                self._limiter.slow_down(self._pacing.after_429(error.retry_after))
            return outcome.outcome_of(error)
        else:
            return move.Accepted(task_id=task_id)
        finally:
            del self._under_way[key]
            answered.set()

    @property
    def keys(self) -> set[str]:
        """The tasks whose answer is waited for."""
        return set(self._under_way)

    async def answered(self, key: str) -> None:
        """Return when no POST of this task is on the wire."""
        while key in self._under_way:
            await self._under_way[key].wait()
