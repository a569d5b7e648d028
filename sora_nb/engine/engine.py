"""The life of one task, written once, top to bottom. Everything here runs on the private loop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import (
    DownloadError,
    InvalidRequest,
    JournalError,
    LinkExpired,
    RateLimited,
    SoraError,
)
from sora_nb.core.task import UNFINISHED, State, TaskRecord
from sora_nb.engine import outcome
from sora_nb.engine.board import Board
from sora_nb.engine.ledger import Ledger
from sora_nb.engine.limits import Places, SlotClock
from sora_nb.engine.oddities import Oddities
from sora_nb.engine.ports import Media, Service
from sora_nb.engine.schedule import Schedule
from sora_nb.engine.turns import Turns

log = logging.getLogger(__name__)


class Engine:
    """Takes records from the ledger and lives them until they rest.

    ``schedule`` knows clock, sleep and randomness; seconds here are the service's own.
    """

    def __init__(
        self,
        *,
        service: Service,
        ledger: Ledger,
        media: Media,
        board: Board,
        schedule: Schedule,
        slots: SlotClock,
        places: Places,
        submit_timeout: float,
    ) -> None:
        self._service = service
        self._ledger = ledger
        self._media = media
        self._board = board
        self._schedule = schedule
        self._slots = slots
        self._places = places
        self._turns = Turns(slots)
        self._orphaned_after = submit_timeout + 60.0
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._posting: dict[str, asyncio.Event] = {}
        self._oddities = Oddities()

    # What a person can ask for

    def start(self, record: TaskRecord) -> None:
        """Begin (or go on with) the life of a task that is on the board or in the journal."""
        self._ledger.take_in(record)
        life = self._lives.get(record.key)
        if record.state in UNFINISHED and (life is None or life.done()):
            self._lives[record.key] = asyncio.create_task(self._live(record.key))

    def resume(self, records: list[TaskRecord]) -> None:
        """Take up tasks of an earlier kernel: a POST that was under way there is unsure now."""
        for found in records:
            if found.key in self._lives and not self._lives[found.key].done():
                continue
            self._ledger.take_in(found)
            record = self._board[found.key]  # ahead of the journal where that cannot be written
            if record.state is State.SUBMITTING:
                left = outcome.lost("its kernel ended while it was being sent")
                self._ledger.move(record.key, left)
            elif record.state is State.STOPPED and record.task_id:
                self._ledger.move(record.key, move.Watched())
            self.start(self._board[record.key])

    async def stop(self, key: str) -> None:
        """Stop watching. A POST that is on its way is waited for: its answer is worth money.

        Raises InvalidRequest while another kernel sends it.
        """
        while key in self._posting:
            await self._posting[key].wait()
        if self._board[key].state is State.SUBMITTING:
            raise InvalidRequest(
                f"task {key} is being sent by another kernel.",
                advice="Stop it there, or here once it was sent.",
                task=key,
            )
        life = self._lives.pop(key, None)
        if self._board[key].state in UNFINISHED:
            if life is not None:
                life.cancel()
                await asyncio.wait([life])
            if self._board[key].state in UNFINISHED:
                self._ledger.move(key, move.Stopped())
        self._places.give_back(key)

    def watch(self, key: str) -> None:
        """Watch a stopped task again."""
        self._ledger.move(key, move.Watched())
        self.start(self._board[key])

    def recover(self, record: TaskRecord) -> TaskRecord:
        """Look whether a reused task's film is still there, and fetch it again if it can be.

        Raises LinkExpired when the film has gone and its link with it.
        """
        if record.state is not State.READY or self._media.existing(record) is not None:
            return record
        if not record.urls or (record.expires_at or 0.0) <= self._schedule.now():
            raise outcome.gone(record)
        return self._ledger.move(record.key, move.Vanished())

    def adopt(self, key: str, task_id: str) -> None:
        """Go on with an unsure task whose id a person found."""
        self._ledger.move(key, move.Accepted(task_id=task_id), durable=True)
        self.start(self._board[key])

    def forget(self, key: str) -> None:
        """A person decided that an unsure task never existed."""
        self._ledger.move(key, move.Forgotten(), durable=True)

    async def at_rest(self) -> None:
        """Return when no task moves by itself any more."""
        while running := [life for life in self._lives.values() if not life.done()]:
            await asyncio.wait(running)

    async def close(self, patience: float = 5.0) -> None:
        """Let answers to POSTs arrive for ``patience`` seconds, then end every life.

        Nothing new is sent meanwhile. Raises JournalError when the journal cannot be closed.
        """
        for key, life in self._lives.items():
            if key not in self._posting:
                life.cancel()
        answers = [asyncio.create_task(answered.wait()) for answered in self._posting.values()]
        if answers:
            await asyncio.wait(answers, timeout=patience)
        for ending in (*self._lives.values(), *answers):
            ending.cancel()
        await asyncio.gather(*self._lives.values(), *answers, return_exceptions=True)
        try:
            await self._service.close()
        finally:
            self._board.close()
            self._ledger.close()

    # One life

    async def _live(self, key: str) -> None:
        try:
            while self._board[key].state in UNFINISHED:
                try:
                    await self._step(key)
                except move.IllegalMove:
                    await self._catch_up(key)  # another kernel moved it first
                except Exception as error:
                    log.exception("task %s: an error of sora_nb itself", key)
                    await self._trouble(key, f"an error of sora_nb itself ({error!r:.200})")
        finally:
            self._turns.over(self._board[key])
            self._places.give_back(key)
            self._oddities.over(key)

    async def _step(self, key: str) -> None:
        match self._board[key].state:
            case State.QUEUED:
                await self._submit(key)
            case State.SUBMITTING:
                await self._catch_up(key)
            case State.SAVING:
                self._places.give_back(key)
                await self._save(key)
            case _:
                self._places.occupy(key)
                await self._ask(key)

    async def _catch_up(self, key: str) -> None:
        """Another kernel has this task in hand: look again soon, and notice if that one died."""
        self._turns.over(self._board[key])
        await self._schedule.pause(2.0)
        with suppress(JournalError, move.IllegalMove):  # the next look may say more
            self._ledger.refresh(key)
            record = self._board[key]
            age = self._schedule.now() - (record.submitted_at or 0.0)
            if record.state is State.SUBMITTING and age > self._orphaned_after:
                silent = outcome.lost("the kernel that sent it is silent")
                self._ledger.move(key, silent, durable=True)

    async def _submit(self, key: str) -> None:
        """Journal, POST, journal: one request on the wire, whatever happens (money.md)."""
        await self._places.take(key)
        await self._turns.wait(self._board[key])
        try:
            self._ledger.move(key, move.Sending(), durable=True, must_write=True)
        except JournalError as error:
            self._places.give_back(key)
            await self._trouble(key, f"not sent: {error.message}")
            return
        event = await self._post(key)
        limited = event == outcome.AT_ITS_LIMIT  # then it is the next one, and keeps its place
        self._turns.answered(self._board[key], turned_away=limited)
        self._ledger.move(key, event, durable=True)
        if isinstance(event, move.NotSent) and not limited:
            self._places.give_back(key)
            await self._schedule.back_off(key)
        else:
            self._schedule.went_well(key)

    async def _post(self, key: str) -> move.Event:
        answered = self._posting[key] = asyncio.Event()
        try:
            return move.Accepted(task_id=await self._service.submit(self._board[key].request))
        except asyncio.CancelledError:
            self._ledger.move(key, outcome.lost("cancelled while it was being sent"), durable=True)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it must become a move
            if isinstance(error, RateLimited):
                self._slots.slow_down(self._schedule.after_429(error.retry_after))
            return outcome.outcome_of(error)
        finally:
            del self._posting[key]
            answered.set()

    async def _ask(self, key: str) -> None:
        """Wait until it is worth a request, send one status request, take in the answer."""
        await self._schedule.until_next(self._board[key])
        await self._slots.wait()
        record = self._board[key]
        assert record.task_id is not None
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except RateLimited as error:
            self._slots.slow_down(self._schedule.after_429(error.retry_after))
            self._ledger.move(key, move.Noted(note="the service is at its limit (429)"))
        except SoraError as error:
            if outcome.refuses_the_key(error):
                self._slots.pause(self._schedule.real(outcome.KEY_PAUSE))
            await self._trouble(key, error.message)
        else:
            self._schedule.went_well(key)
            self._ledger.move(key, move.Reported(report=report), durable=bool(report.urls))
            ending = self._oddities.taken(self._board[key], report, self._schedule.now())
            if ending is not None:
                self._ledger.move(key, ending)

    async def _save(self, key: str) -> None:
        """Download the film; a link that expired, or fails a third time, is asked for anew."""
        record = self._board[key]
        try:
            film = await self._media.save(
                record,
                self._service.fetch,
                url=self._schedule.turn(key, record.urls),
                on_progress=lambda got, total: self._board.put_progress(key, got, total),
            )
        except DownloadError as error:
            if isinstance(error, LinkExpired) or self._schedule.is_third_trouble(key):
                await self._renew_link(key, error)
            else:
                await self._trouble(key, f"not saved yet: {error.message}")
        else:
            self._schedule.went_well(key)
            self._ledger.move(key, move.Saved(film=film), durable=True)

    async def _renew_link(self, key: str, failed: DownloadError) -> None:
        await self._slots.wait()
        record, said = self._board[key], failed.message
        assert record.task_id is not None
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except SoraError as error:
            await self._trouble(key, f"{said}; asking for a new link: {error.message}")
            return
        if report.urls and report.urls != record.urls:
            self._ledger.move(key, move.Reported(report=report), durable=True)
            # A host that signs a new link for each question and refuses them all is not hammered.
            await self._schedule.back_off(key)
        elif isinstance(failed, LinkExpired) and self._schedule.is_past(record.expires_at):
            self._ledger.move(key, outcome.too_late(failed, record.expires_at), durable=True)
        else:
            await self._trouble(key, f"{said}; the service gives no new link yet")

    async def _trouble(self, key: str, message: str) -> None:
        """Our own trouble is a note on a task that lives on, and is tried again."""
        self._turns.over(self._board[key])
        note = f"{message.rstrip('.')}; tried again by itself"
        with suppress(move.IllegalMove):
            self._ledger.move(key, move.Noted(note=note))
        await self._schedule.back_off(key)
