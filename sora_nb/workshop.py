"""The moving parts of one client, put together on its private loop, and what is done with them."""

from __future__ import annotations

import asyncio
import difflib
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from weakref import WeakValueDictionary

from sora_nb import __version__
from sora_nb.asking import cost_of, draw_key
from sora_nb.core.errors import InvalidRequest, JournalError, LinkExpired
from sora_nb.core.lifecycle import (
    IllegalMove,
    Watched,
    can_be_adopted,
    can_be_asked_again,
    new_record,
)
from sora_nb.core.settings import Settings
from sora_nb.core.task import UNFINISHED, State, TaskRecord, VideoRequest
from sora_nb.engine.agenda import TICK, Agenda
from sora_nb.engine.batch import Batch
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.history import RECALLED, History
from sora_nb.engine.ledger import Ledger
from sora_nb.engine.limits import Places, SlotClock
from sora_nb.engine.recovery import Recovery
from sora_nb.engine.schedule import Schedule
from sora_nb.service.embedded import EmbeddedSimulator
from sora_nb.service.transport import Transport
from sora_nb.storage.journal import Journal, KeyTaken
from sora_nb.storage.media import Media

SIMULATOR_FOLDER = "simulator"


@dataclass(frozen=True)
class Workshop:
    """What ``build`` put together. Used on the private loop only, but for ``board.get``."""

    settings: Settings
    journal: Journal
    board: Board
    ledger: Ledger
    service: Transport
    engine: Engine
    recovery: Recovery
    simulator: EmbeddedSimulator | None
    session: str
    batches: list[Batch] = field(default_factory=list)

    def accept(self, request: VideoRequest, *, new: bool) -> tuple[TaskRecord, bool]:
        """Write the request down and begin its life; whether it already had a task.

        Raises JournalError, BudgetExceeded, and LinkExpired when the film of a reused task has
        gone for good.
        """
        while True:
            record = self.draft(request)
            with suppress(KeyTaken):
                found = self.ledger.create(record, reuse=not new)
                break
        for batch in self.batches:
            batch.release([found.key])
        self.engine.start(self.taken_up(found))
        return self.board[found.key], found.key != record.key

    def draft(self, request: VideoRequest) -> TaskRecord:
        """The first record of a new task, under a key that was drawn for it."""
        return new_record(
            draw_key(),
            request,
            service=self.settings.service,
            now=time.time(),
            speed=speed_of(self.settings),
            cost=cost_of(request, self.settings),
            media=str(self.settings.media),
            session=self.session,
        )

    def taken_up(self, found: TaskRecord) -> TaskRecord:
        """A task that is given again, ready to go on. Raises LinkExpired."""
        with suppress(IllegalMove):  # another kernel that is given it as well was first
            if found.state is State.STOPPED or can_be_asked_again(found, time.time()):
                return self.ledger.move(found.key, Watched(self.session))
            return self.recovery.recover(found)
        return self.board[found.key]

    def again(self, key: str) -> tuple[TaskRecord, bool]:
        """The same request as a new task, paid anew. Raises InvalidRequest while it goes on.

        A second click gives the task that the first one made, as long as that is on its way.
        """
        record = self.find(key)
        if record.state in UNFINISHED:
            raise InvalidRequest(
                f"task {key} is {record.state}: it still goes on.",
                advice="Wait for it, or ask for another film with --new.",
            )
        newest = self.journal.reusable(record.request, self.settings.service)
        return self.accept(record.request, new=newest is None or newest.state not in UNFINISHED)

    def find(self, key: str) -> TaskRecord:
        """The task of that key, on the board. Raises InvalidRequest when the journal has none."""
        record = self.journal.get(key)
        if record is None:
            known = [r.key for r in self.journal.all()]
            near = difflib.get_close_matches(key, known, n=3, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else "`%sora tasks` lists all."
            raise InvalidRequest(f"there is no task {key[:40]!r} in the journal.", advice=hint)
        self.ledger.take_in(record)
        return record

    def everything(self) -> list[TaskRecord]:
        """Every task of the journal, newest first, on the board."""
        records = self.journal.all()
        for record in records:
            self.ledger.take_in(record)
        return records

    def resume(self) -> list[TaskRecord]:
        """Take up this service's unfinished tasks, oldest first, and those stopped by hand."""
        service = self.settings.service
        found = self.journal.in_states(service, UNFINISHED | {State.STOPPED})
        records = [record for record in found if record.state in UNFINISHED or record.task_id]
        held = frozenset[str]().union(*(batch.held for batch in self.batches))
        self.engine.resume([record for record in records if record.key not in held])
        return records

    def rescue(self) -> tuple[list[TaskRecord], list[TaskRecord]]:
        """Take up all that has an id and no film: (those taken up, those lost for good).

        Films that have gone from the disk are fetched again while their link lives.
        """
        service = self.settings.service
        taken = self.resume()
        lost = []
        for record in self.journal.in_states(service, {State.READY, State.FAILED}):
            self.ledger.take_in(record)
            if record.state is State.READY:
                try:
                    found = self.recovery.recover(record)
                except LinkExpired:
                    lost.append(record)
                    continue
                if found is not record:
                    self.engine.start(found)
                    taken.append(found)
            elif can_be_asked_again(record, time.time()):
                self.engine.watch(record.key)
                taken.append(self.board[record.key])
        return taken, lost

    def budget_left(self) -> dict[str, float]:
        """What is left of each limit of the budget: tasks, seconds of film, USD."""
        budget = self.settings.budget
        if budget is None:
            return {}
        return budget.left(self.journal.spent(budget, self.settings.service, self.session))

    def watch(self, key: str) -> None:
        self._demand(key, State.STOPPED)
        self.engine.watch(key, self.session)

    def adopt(self, key: str, task_id: str) -> None:
        if not 0 < len(task_id) <= 512 or not task_id.isprintable():
            raise InvalidRequest("that is not a task id.", advice="Copy it from the dashboard.")
        self.find(key)
        if not can_be_adopted(self.board[key]):
            raise InvalidRequest(
                f"task {key} is {self.board[key].state}: only an unsure task takes an id.",
                advice=f"If you gave it a wrong id: `%sora stop {key}`, then adopt the right one.",
            )
        self.engine.adopt(key, task_id)

    def forget(self, key: str) -> None:
        self._demand(key, State.UNSURE)
        self.engine.forget(key)

    def _demand(self, key: str, wanted: State) -> None:
        self.find(key)
        state = self.board[key].state
        if state is not wanted:
            hint = f"`%sora show {key}` shows it."
            raise InvalidRequest(f"task {key} is {state}, not {wanted}.", advice=hint)

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


def speed_of(settings: Settings) -> float:
    """How much faster than the real service this one runs (a simulator on this machine)."""
    local = settings.simulated or settings.on_loopback
    return settings.simulator_speed if local else 1.0


_slots: WeakValueDictionary[tuple[object, ...], SlotClock] = WeakValueDictionary()


def slots_of(settings: Settings, speed: float) -> SlotClock:
    """The request slots of the service and key, which all clients of this process share: the
    service counts by key. A simulator belongs to its client and counts by itself."""
    made = SlotClock(settings.rate * speed, clock=time.monotonic)  # as every asyncio loop's
    if settings.simulated:
        return made
    return _slots.setdefault((settings.service, settings.api_key, settings.rate, speed), made)


@cache
def _session() -> str:
    """This kernel, whatever clients it makes: what a budget per session counts."""
    return secrets.token_hex(8)


def build(settings: Settings) -> Workshop:
    """Make every part. Must run on the loop that they will live on; starts nothing yet."""
    loop = asyncio.get_running_loop()
    speed, url = speed_of(settings), settings.service_url
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
    history = History()
    with suppress(JournalError):  # whoever needs the journal itself will say so
        history.recall(journal.newest(settings.service, RECALLED))
    board = Board(loop.call_later, history)
    ledger = Ledger(journal, board, clock=time.time, later=loop.call_later)
    schedule = Schedule(
        poll=settings.poll,
        speed=speed,
        history=history,
        clock=time.time,
        random=random.random,
    )
    media = Media(settings.media, clock=time.time, version=__version__)
    engine = Engine(
        service=service,
        ledger=ledger,
        media=media,
        board=board,
        schedule=schedule,
        agenda=Agenda(clock=loop.time, later=loop.call_later, tick=schedule.real(TICK)),
        slots=slots_of(settings, speed),
        places=Places(settings.concurrency),
        submit_timeout=settings.submit_timeout,
    )
    recovery = Recovery(media, ledger, now=time.time)
    return Workshop(
        settings, journal, board, ledger, service, engine, recovery, simulator, _session()
    )
