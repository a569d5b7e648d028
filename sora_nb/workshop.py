"""The moving parts of one client, put together on its private loop."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from sora_nb import __version__
from sora_nb.core.settings import Settings
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.ledger import Ledger
from sora_nb.engine.limits import Places, SlotClock
from sora_nb.engine.schedule import Schedule
from sora_nb.service.embedded import EmbeddedSimulator
from sora_nb.service.transport import Transport
from sora_nb.storage.journal import Journal
from sora_nb.storage.media import Media

JOURNAL_FILE = "journal.sqlite3"
SIMULATOR_FOLDER = "simulator"


@dataclass(frozen=True)
class Workshop:
    """What ``build`` put together. Used on the private loop only, but for ``board.get``."""

    journal: Journal
    board: Board
    ledger: Ledger
    service: Transport
    engine: Engine
    simulator: EmbeddedSimulator | None

    async def close(self) -> None:
        """End the engine (answers to POSTs get a moment to arrive), then the simulator."""
        await self.engine.close()
        if self.simulator is not None:
            await asyncio.to_thread(self.simulator.close)


def build(settings: Settings, *, speed: float) -> Workshop:
    """Make every part. Must run on the loop that they will live on; starts nothing yet."""
    loop = asyncio.get_running_loop()
    simulator = None
    if settings.simulated:
        simulator = EmbeddedSimulator(speed, settings.home / SIMULATOR_FOLDER)
    url = settings.service_url

    async def endpoint() -> str:
        return url if simulator is None else await simulator.start()

    service = Transport(
        endpoint,
        api_key=settings.api_key,
        submit_timeout=settings.submit_timeout,
        allow_loopback=settings.simulated or settings.on_loopback,
    )
    journal = Journal(settings.home / JOURNAL_FILE, clock=time.time)
    board = Board(loop.call_later)
    ledger = Ledger(journal, board, clock=time.time, later=loop.call_later)
    schedule = Schedule(
        poll=settings.poll,
        speed=speed,
        clock=time.time,
        sleep=asyncio.sleep,
        random=random.random,
    )
    engine = Engine(
        service=service,
        ledger=ledger,
        media=Media(settings.media, clock=time.time, version=__version__),
        board=board,
        schedule=schedule,
        slots=SlotClock(settings.rate * speed, clock=time.monotonic, sleep=asyncio.sleep),
        places=Places(settings.concurrency),
        submit_timeout=settings.submit_timeout,
    )
    return Workshop(journal, board, ledger, service, engine, simulator)
