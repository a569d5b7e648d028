"""The moving parts of one client: ``build`` makes them, ``tasks`` and ``sweeps`` use them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sora_nb.engine.batch import Batch
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.recovery import Recovery
from sora_nb.engine.store import TaskStore
from sora_nb.service.simulator_process import EmbeddedSimulator
from sora_nb.service.transport import Transport
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.journal import Journal


@dataclass(frozen=True)
class Runtime:
    """What ``build`` put together. Used on the private loop only, but for ``board.get``."""

    settings: Settings
    journal: Journal
    board: Board
    store: TaskStore
    service: Transport
    engine: Engine
    recovery: Recovery
    simulator: EmbeddedSimulator | None
    session: str
    batches: list[Batch] = field(default_factory=list)

    async def at_rest(self) -> None:
        """Return when no task moves by itself any more and no batch holds one back."""
        while holding := [batch for batch in self.batches if not batch.is_empty]:
            await holding[0].all_handed_over()
        await self.engine.at_rest()

    async def close(self) -> None:
        """End the engine; answers to POSTs get a moment to arrive."""
        await self.engine.close()

    def end_simulator(self) -> None:
        """After ``close``, on the caller's own thread: at the interpreter's end it is the only."""
        if self.simulator is not None:
            self.simulator.close()
