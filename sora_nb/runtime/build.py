"""Makes every part of a client, on the loop that they will live on."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from contextlib import suppress
from functools import cache
from weakref import WeakValueDictionary

from sora_nb._version import __version__
from sora_nb.core.errors import JournalError
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.job_times import RECALLED, JobTimes
from sora_nb.engine.limits import ConcurrencyLimit, RateLimiter
from sora_nb.engine.pacing import Pacing
from sora_nb.engine.recovery import Recovery
from sora_nb.engine.store import TaskStore
from sora_nb.engine.timers import TICK, Timers
from sora_nb.runtime.runtime import Runtime
from sora_nb.service.simulator_process import EmbeddedSimulator
from sora_nb.service.transport import Transport
from sora_nb.settings.settings import Settings
from sora_nb.storage.films.media import Media
from sora_nb.storage.journal.journal import Journal

SIMULATOR_FOLDER = "simulator"


_slots: WeakValueDictionary[tuple[object, ...], RateLimiter] = WeakValueDictionary()


def rate_limiter_of(settings: Settings, speed: float) -> RateLimiter:
    """The request slots of the service and key, which all clients of this process share: the
    service counts by key. A simulator belongs to its client and counts by itself."""
    made = RateLimiter(settings.rate * speed, clock=time.monotonic)  # as every asyncio loop's
    if settings.simulated:
        return made
    return _slots.setdefault((settings.service, settings.api_key, settings.rate, speed), made)


@cache
def _session() -> str:
    """This kernel, whatever clients it makes: what a budget per session counts."""
    return secrets.token_hex(8)


def build(settings: Settings) -> Runtime:
    """Make every part. Must run on the loop that they will live on; starts nothing yet."""
    loop = asyncio.get_running_loop()
    speed, url = settings.speed, settings.service_url
    simulator = None
    if settings.simulated:
        simulator = EmbeddedSimulator(speed, settings.home / SIMULATOR_FOLDER)

    async def endpoint() -> str:
        return url if simulator is None else await simulator.start()

    service = Transport(
        endpoint,
        api_key=settings.api_key,
        submit_timeout=settings.submit_timeout,
        allow_loopback=settings.simulated or settings.on_loopback,
    )
    journal = Journal(settings.journal, clock=time.time, budget=settings.budget)
    job_times = JobTimes()
    with suppress(JournalError):  # whoever needs the journal itself will say so
        job_times.recall(journal.queries.newest(settings.service, RECALLED))
    board = Board(loop.call_later, job_times)
    store = TaskStore(journal, board, clock=time.time, later=loop.call_later)
    pacing = Pacing(
        poll=settings.poll,
        speed=speed,
        job_times=job_times,
        clock=time.time,
        random=random.random,
    )
    media = Media(settings.media, clock=time.time, version=__version__)
    engine = Engine(
        service=service,
        store=store,
        media=media,
        board=board,
        pacing=pacing,
        timers=Timers(clock=loop.time, later=loop.call_later, tick=pacing.real(TICK)),
        limiter=rate_limiter_of(settings, speed),
        concurrency=ConcurrencyLimit(settings.concurrency),
        submit_timeout=settings.submit_timeout,
    )
    recovery = Recovery(media, store, now=time.time)
    return Runtime(
        settings, journal, board, store, service, engine, recovery, simulator, _session()
    )
