"""The life of one task, written once, top to bottom. Everything here runs on the private loop.

Between two steps a task is an entry in a line or on the agenda. A coroutine exists only while a
request, a download or a step of the journal is going on.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial

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
from sora_nb.engine.agenda import Agenda
from sora_nb.engine.board import Board
from sora_nb.engine.ledger import Ledger
from sora_nb.engine.limits import DOWNLOADS, Places, SlotClock
from sora_nb.engine.line import Line
from sora_nb.engine.lives import Act, Lives, Step
from sora_nb.engine.oddities import Oddities
from sora_nb.engine.ports import Media, Service
from sora_nb.engine.posting import Posting
from sora_nb.engine.schedule import LOOK_AGAIN, Schedule

log = logging.getLogger(__name__)


class Engine:
    """Takes records from the ledger and lives them until they rest.

    ``schedule`` knows clock and randomness, seconds there are the service's own; ``agenda`` waits.
    """

    def __init__(
        self,
        *,
        service: Service,
        ledger: Ledger,
        media: Media,
        board: Board,
        schedule: Schedule,
        agenda: Agenda,
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
        self._downloads = Places(DOWNLOADS)
        self._line = Line(slots, agenda)
        self._submit_timeout = submit_timeout
        self._lives = Lives(agenda, failed=self._failed, ended=self._line.done)
        self._posting = Posting(service, ledger, slots, schedule)
        self._oddities = Oddities()
        self._ask_in_turn = self._with_slot(self._ask)  # one for all: most tasks wait for it

    # What a person can ask for

    def start(self, record: TaskRecord) -> None:
        """Begin (or go on with) the life of a task that is on the board or in the journal."""
        self._ledger.take_in(record)
        if self._board[record.key].state in UNFINISHED:
            self._lives.start(record.key, self._go_on)

    def resume(self, records: list[TaskRecord]) -> None:
        """Take up tasks of an earlier kernel: a POST that was under way there is unsure now."""
        for found in records:
            if found.key in self._lives:
                continue
            self._ledger.take_in(found)
            record = self._board[found.key]  # ahead of the journal where that cannot be written
            with suppress(move.IllegalMove):  # another kernel, which resumes too, was first
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
        await self._posting.answered(key)
        if self._board[key].state is not State.SUBMITTING:
            await self._stop(key, move.Stopped())
        if self._board[key].state is State.SUBMITTING:
            said = f"task {key} is being sent by another kernel."
            hint = "Stop it there, or here once it was sent."
            raise InvalidRequest(said, advice=hint, task=key)

    async def take_back(self, key: str, note: str) -> None:
        """Stop a task unless it was sent, which the answer to a POST that is on its way tells."""
        await self._posting.answered(key)
        if self._board[key].state is State.QUEUED:
            await self._stop(key, move.Stopped(note=note))

    async def _stop(self, key: str, stopped: move.Stopped) -> None:
        try:
            if self._board[key].state in UNFINISHED:
                await self._lives.withdraw(key)
                if self._board[key].state in UNFINISHED:
                    with suppress(move.IllegalMove):  # another kernel was first
                        self._ledger.move(key, stopped)
        finally:
            self._over(key)
            self.start(self._board[key])  # what that kernel sends is watched

    def watch(self, key: str, session: str | None = None) -> None:
        """Watch a stopped task again."""
        self._ledger.move(key, move.Watched(session))
        self.start(self._board[key])

    def adopt(self, key: str, task_id: str) -> None:
        """Go on with an unsure task whose id a person found."""
        self._ledger.move(key, move.Accepted(task_id=task_id), durable=True)
        self.start(self._board[key])

    def forget(self, key: str) -> None:
        """A person decided that an unsure task never existed."""
        self._ledger.move(key, move.Forgotten(), durable=True)

    async def at_rest(self) -> None:
        """Return when no task moves by itself any more."""
        await self._lives.at_rest()

    async def close(self, patience: float = 5.0) -> None:
        """Let answers to POSTs arrive for ``patience`` seconds, then end every life.

        Nothing new is sent meanwhile. Raises JournalError when the journal cannot be closed.
        """
        await self._lives.close(patience, but_for=self._posting.keys)
        try:
            await self._service.close()
        finally:
            self._board.close()
            self._ledger.close()

    # One life

    def _go_on(self, key: str) -> None:
        """What comes next for a task, by its state."""
        match self._board[key].state:
            case State.QUEUED:
                self._places.take(key, self._line_up)
            case State.SUBMITTING:
                self._catch_up(key)
            case State.SAVING:
                self._places.give_back(key)
                self._downloads.take(key, partial(self._lives.begin, self._save))
            case State.PENDING | State.PROCESSING:
                self._places.occupy(key)
                seconds = self._schedule.until_next(self._board[key], len(self._lives))
                self._rest(key, seconds, self._ask_in_turn)
            case _:
                self._over(key)

    def _line_up(self, key: str) -> None:
        self._line.submit(self._board[key], partial(self._lives.begin, self._submit))

    def _with_slot(self, step: Step) -> Act:
        """That step as soon as there is a slot for its question."""
        return partial(self._line.ask, go=partial(self._lives.begin, step))

    def _rest(self, key: str, seconds: float, act: Act) -> None:
        self._lives.rest(key, self._schedule.real(seconds), act)

    def _over(self, key: str) -> None:
        """Nothing happens to it by itself any more. Safe to call twice."""
        self._line.leave(key)
        self._line.over(self._board[key])
        self._places.give_back(key)
        self._downloads.give_back(key)
        self._oddities.over(key)
        self._lives.over(key)

    def _catch_up(self, key: str) -> None:
        """Another kernel has this task in hand: look again soon."""
        self._line.over(self._board[key])
        self._rest(key, LOOK_AGAIN, self._look)

    def _look(self, key: str) -> None:
        """What became of it there, and whether that kernel died."""
        with suppress(JournalError, move.IllegalMove):  # the next look may say more
            self._ledger.refresh(key)
            if self._schedule.now() > outcome.orphaned_at(self._board[key], self._submit_timeout):
                silent = outcome.lost("the kernel that sent it is silent")
                self._ledger.move(key, silent, durable=True)
        self._go_on(key)

    async def _submit(self, key: str) -> Act:
        """Journal, POST, journal: one request on the wire, whatever happens (money.md)."""
        try:
            self._ledger.move(key, move.Sending(), durable=True, must_write=True)
        except JournalError as error:
            self._places.give_back(key)
            return self._trouble(key, f"not sent: {error.message}")
        event = await self._posting.send(key)
        limited = event == outcome.AT_ITS_LIMIT  # then it is the next one, and keeps its place
        self._line.answered(self._board[key], turned_away=limited)
        self._ledger.move(key, event, durable=True)
        if isinstance(event, move.NotSent) and not limited:
            self._places.give_back(key)
            return self._after_back_off(key)
        self._schedule.went_well(key)
        return self._go_on

    async def _ask(self, key: str) -> Act:
        """Send one status request, take in the answer."""
        record = self._board[key]
        if record.task_id is None or record.state not in (State.PENDING, State.PROCESSING):
            return self._go_on  # another kernel moved it while it waited for its slot
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except RateLimited as error:
            self._slots.slow_down(self._schedule.after_429(error.retry_after))
            self._ledger.move(key, move.Noted(note="the service is at its limit (429)"))
        except SoraError as error:
            if outcome.refuses_the_key(error):
                self._slots.pause(self._schedule.real(outcome.KEY_PAUSE))
            return self._trouble(key, error.message)
        else:
            self._schedule.went_well(key)
            self._ledger.move(key, move.Reported(report=report), durable=bool(report.urls))
            ending = self._oddities.taken(self._board[key], report, self._schedule.now())
            if ending is not None:
                self._ledger.move(key, ending)
        return self._go_on

    async def _save(self, key: str) -> Act:
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
            if not isinstance(error, LinkExpired) and not self._schedule.is_third_trouble(key):
                return self._trouble(key, f"not saved yet: {error.message}")
            return self._with_slot(partial(self._renew_link, error))
        finally:
            self._downloads.give_back(key)
        self._schedule.went_well(key)
        self._ledger.move(key, move.Saved(film=film), durable=True)
        return self._go_on

    async def _renew_link(self, failed: DownloadError, key: str) -> Act:
        record, said = self._board[key], failed.message
        if record.task_id is None or record.state is not State.SAVING:
            return self._go_on  # another kernel moved it while it waited for its slot
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except SoraError as error:
            return self._trouble(key, f"{said}; asking for a new link: {error.message}")
        if report.urls and report.urls != record.urls:
            self._ledger.move(key, move.Reported(report=report), durable=True)
            # A host that signs a new link for each question and refuses them all is not hammered.
            return self._after_back_off(key)
        if isinstance(failed, LinkExpired) and self._schedule.is_past(record.expires_at):
            self._ledger.move(key, outcome.too_late(failed, record.expires_at), durable=True)
            return self._go_on
        return self._trouble(key, f"{said}; the service gives no new link yet")

    def _failed(self, key: str, error: Exception) -> Act:
        """What comes next after an error that nobody foresaw."""
        if isinstance(error, move.IllegalMove):
            return self._catch_up  # another kernel moved it first
        log.error("task %s: an error of sora_nb itself", key, exc_info=error)
        return self._trouble(key, f"an error of sora_nb itself ({error!r:.200})")

    def _trouble(self, key: str, message: str) -> Act:
        """Our own trouble is a note on a task that lives on, and is tried again after a while."""
        self._line.over(self._board[key])
        note = f"{message.rstrip('.')}; tried again by itself"
        with suppress(move.IllegalMove):
            self._ledger.move(key, move.Noted(note=note))
        return self._after_back_off(key)

    def _after_back_off(self, key: str) -> Act:
        return partial(self._rest, seconds=self._schedule.back_off(key), act=self._go_on)
