"""The service that counts its charges, and kernels on one journal that can be killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from sora_nb.core.errors import (
    JournalError,
    PermissionDenied,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SoraError,
    SubmitUnsure,
)
from sora_nb.core.task import Film, Report, TaskRecord, VideoRequest
from sora_nb.storage.journal.journal import Journal
from tests.support.virtual_time import now
from tests.support.world import LazyFetch, World

REFUSALS: dict[str, SoraError] = {
    "refused": PermissionDenied("403"),
    "limit": RateLimited("429", retry_after=3.0),
    "unreachable": ServiceUnreachable("no route"),
    "unsure": SubmitUnsure("500"),
}
ANSWERS = (*REFUSALS, "id", "id late", "lost", "hang")


class CountingService(LazyFetch):
    """Charges what it accepts, whoever hears of it. ``answers``: what the next POSTs bring."""

    def __init__(self) -> None:
        super().__init__([])
        self.answers: list[str] = []
        self.charged: Counter[str] = Counter()
        self.ids: dict[str, str] = {}
        self.down = False

    async def submit(self, request: VideoRequest) -> str:
        answer = self.answers.pop(0) if self.answers else "id"
        if answer in REFUSALS:
            raise REFUSALS[answer]
        prompt = request.prompt
        self.charged[prompt] += 1
        task_id = f"id-{len(self.ids)}"
        self.ids[task_id] = prompt
        self._accepted[task_id] = now()
        if answer != "id":
            await asyncio.sleep(70 if answer == "hang" else 20)
        if answer in ("lost", "hang"):
            raise SubmitUnsure("no answer came")
        return task_id

    async def check(self, model: str, task_id: str) -> Report:
        if self.down:
            raise ServiceError("503", status=503)
        return await super().check(model, task_id)


class Kernel:
    """One kernel on the shared journal: it can be killed, and what it writes then goes nowhere."""

    def __init__(self, path: Path, service: CountingService, films: dict[str, Film]) -> None:
        self.journal = KernelJournal(path)
        self.world = World(self.journal, service=service)
        self.world.media.there = films

    async def kill(self) -> None:
        self.journal.dead = True
        await self.world.engine._supervisor.close(0.0, but_for=set())
        self.journal.close()


class KernelJournal(Journal):
    """``full``: its disk takes nothing; ``dead``: its process has ended."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, clock=now)
        self.full = False
        self.dead = False

    def create(self, record: TaskRecord, *, reuse: bool) -> TaskRecord:
        if self.full:
            raise JournalError("the disk is full")
        return super().create(record, reuse=reuse)

    def replace(self, old: TaskRecord, new: TaskRecord, *, durable: bool) -> bool:
        if self.full:
            raise JournalError("the disk is full")
        return self.dead or super().replace(old, new, durable=durable)

    def get(self, key: str) -> TaskRecord | None:
        return None if self.dead else super().get(key)
