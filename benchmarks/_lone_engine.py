"""The engine with journal and board as a Client has them, on a service of the benchmark's choice.

It saves no films: what is measured with it ends with the service's word that there is one.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import Film, TaskRecord, VideoRequest
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.limits import ConcurrencyLimit, RateLimiter
from sora_nb.engine.pacing import Pacing
from sora_nb.engine.ports import Service
from sora_nb.engine.store import TaskStore
from sora_nb.engine.timers import TICK, Timers
from sora_nb.storage.journal.journal import Journal

RATE = 10_000.0
"""Requests a minute that the service allows."""

FILM = Film(path="/film.mp4", size=1, sha256="0" * 64, seconds=4.0, width=1280, height=720)


class NoMedia:
    """Saves nothing."""

    def existing(self, record: TaskRecord) -> Film | None:  # noqa: ARG002 - Media's names
        return None

    async def save(self, record: TaskRecord, fetch: object, **_how: object) -> Film:  # noqa: ARG002
        return FILM


@dataclass(frozen=True)
class LoneEngine:
    engine: Engine
    store: TaskStore
    limiter: RateLimiter
    speed: float

    def ask(self, key: str, request: VideoRequest) -> None:
        """Write a task down and begin its life."""
        record = new_record(key, request, service="benchmark", now=time.time(), speed=self.speed)
        self.engine.start(self.store.create(record, reuse=False))


@contextmanager
def lone_engine(
    service: Service,
    *,
    poll: str | float = "normal",
    speed: float = 1.0,
    rate: float = RATE,
    tick: float = TICK,
) -> Iterator[LoneEngine]:
    """On the running loop, with a journal in a folder that passes. The caller closes the engine."""
    loop = asyncio.get_running_loop()
    limiter = RateLimiter(rate * speed, clock=loop.time)
    with tempfile.TemporaryDirectory(prefix="sora_nb_bench_") as folder:
        board = Board(loop.call_later)
        journal = Journal(Path(folder) / "journal.sqlite3", clock=time.time)
        store = TaskStore(journal, board, clock=time.time, later=loop.call_later)
        pacing = Pacing(
            poll=poll, speed=speed, job_times=board.job_times, clock=time.time, random=random.random
        )
        engine = Engine(
            service=service,
            store=store,
            media=NoMedia(),
            board=board,
            pacing=pacing,
            timers=Timers(clock=loop.time, later=loop.call_later, tick=pacing.real(tick)),
            limiter=limiter,
            concurrency=ConcurrencyLimit(1000),
            submit_timeout=60.0,
        )
        yield LoneEngine(engine, store, limiter, speed)
