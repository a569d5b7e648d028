"""The life of one task, written once, top to bottom. Everything here runs on the private loop.

A task that moves is always in one of two places::

        Step: a coroutine (a POST, a question, a download)
          |   gives what comes next, a ``Next``
          v
        Next: done at once, e.g. "wait 20 s" or "queue for a request"
          |   leaves one entry on the timers or in the request queue
          v
        the entry's moment comes, and the next Step begins

So a thousand tasks that wait are a thousand entries and no coroutine: one exists only while a
request, a download or a write of the journal is going on.
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
from sora_nb.engine.board import Board
from sora_nb.engine.limits import DOWNLOADS, ConcurrencyLimit, RateLimiter
from sora_nb.engine.odd_replies import OddReplies
from sora_nb.engine.pacing import LOOK_AGAIN, Pacing
from sora_nb.engine.ports import Media, Service
from sora_nb.engine.request_queue import RequestQueue
from sora_nb.engine.store import TaskStore
from sora_nb.engine.submitter import Submitter
from sora_nb.engine.supervisor import Next, Step, Supervisor
from sora_nb.engine.timers import Timers

log = logging.getLogger(__name__)


class Engine:
    """Carries tasks through their life until they rest.

    ``pacing`` knows clock and randomness, seconds there are the service's own; ``timers`` waits.
    """

    def __init__(
        self,
        *,
        service: Service,
        store: TaskStore,
        media: Media,
        board: Board,
        pacing: Pacing,
        timers: Timers,
        limiter: RateLimiter,
        concurrency: ConcurrencyLimit,
        submit_timeout: float,
    ) -> None:
        self._service = service
        self._store = store
        self._media = media
        self._board = board
        self._pacing = pacing
        self._limiter = limiter
        self._concurrency = concurrency
        self._downloads = ConcurrencyLimit(DOWNLOADS)
        self._queue = RequestQueue(limiter, timers)
        self._submit_timeout = submit_timeout
        self._supervisor = Supervisor(timers, failed=self._failed, ended=self._queue.done)
        self._submitter = Submitter(service, store, limiter, pacing)
        self._odd_replies = OddReplies()
        self._ask_in_turn = self._with_slot(self._ask)  # one for all: most tasks wait for it

    # What a person can ask for

    def start(self, record: TaskRecord) -> None:
        """Begin (or go on with) the life of a task that is on the board or in the journal."""
        self._store.load(record)
        if self._board[record.key].state in UNFINISHED:
            self._supervisor.start(record.key, self._go_on)

    def resume(self, records: list[TaskRecord]) -> None:
        """Take up tasks of an earlier kernel: a POST that was under way there is unsure now."""
        for found in records:
            # One that is followed here may have been stopped by another kernel since.
            if found.key in self._supervisor and found.state is not State.STOPPED:
                continue
            self._store.load(found)
            record = self._board[found.key]  # ahead of the journal where that cannot be written
            with suppress(move.IllegalMove):  # another kernel, which resumes too, was first
                if record.state is State.SUBMITTING:
                    left = outcome.lost("its kernel ended while it was being sent")
                    self._store.apply(record.key, left)
                elif record.state is State.STOPPED and record.task_id:
                    self._store.apply(record.key, move.Watched())
            self.start(self._board[record.key])

    async def stop(self, key: str) -> None:
        """Stop watching. A POST that is on its way is waited for: its answer is worth money.

        Raises InvalidRequest while another kernel sends it.
        """
        await self._submitter.answered(key)
        if self._board[key].state is not State.SUBMITTING:
            await self._stop(key, move.Stopped())
        if self._board[key].state is State.SUBMITTING:
            said = f"task {key} is being sent by another kernel."
            hint = "Stop it there, or here once it was sent."
            raise InvalidRequest(said, advice=hint, task=key)

    async def take_back(self, key: str, note: str) -> None:
        """Stop a task unless it was sent, which the answer to a POST that is on its way tells."""
        await self._submitter.answered(key)
        if self._board[key].state is State.QUEUED:
            await self._stop(key, move.Stopped(note=note))

    async def _stop(self, key: str, stopped: move.Stopped) -> None:
        try:
            if self._board[key].state in UNFINISHED:
                await self._supervisor.withdraw(key)
                if self._board[key].state in UNFINISHED:
                    with suppress(move.IllegalMove):  # another kernel was first
                        self._store.apply(key, stopped)
        finally:
            self._over(key)
            self.start(self._board[key])  # what that kernel sends is watched

    def watch(self, key: str, session: str | None = None) -> None:
        """Watch a stopped task again."""
        self._store.apply(key, move.Watched(session))
        self.start(self._board[key])

    def adopt(self, key: str, task_id: str) -> None:
        """Go on with an unsure task whose id a person found."""
        self._store.apply(key, move.Accepted(task_id=task_id), durable=True)
        self.start(self._board[key])

    def forget(self, key: str) -> None:
        """A person decided that an unsure task never existed."""
        self._store.apply(key, move.Forgotten(), durable=True)

    async def at_rest(self) -> None:
        """Return when no task moves by itself any more."""
        await self._supervisor.at_rest()

    async def close(self, patience: float = 5.0) -> None:
        """Let answers to POSTs arrive for ``patience`` seconds, then end every life.

        Nothing new is sent meanwhile. Raises JournalError when the journal cannot be closed.
        """
        await self._supervisor.close(patience, but_for=self._submitter.keys)
        try:
            await self._service.close()
        finally:
            self._board.close()
            self._store.close()

    # One life

    def _go_on(self, key: str) -> None:
        """What comes next for a task, by its state."""
        match self._board[key].state:
            case State.QUEUED:
                self._concurrency.take(key, self._line_up)
            case State.SUBMITTING:
                self._catch_up(key)
            case State.SAVING:
                self._concurrency.give_back(key)
                self._downloads.take(key, partial(self._supervisor.begin, self._save))
            case State.PENDING | State.PROCESSING:
                self._concurrency.occupy(key)
                seconds = self._pacing.until_next(self._board[key], len(self._supervisor))
                self._rest(key, seconds, self._ask_in_turn)
            case _:
                self._over(key)

    def _line_up(self, key: str) -> None:
        self._queue.submit(self._board[key], partial(self._supervisor.begin, self._submit))

    def _with_slot(self, step: Step) -> Next:
        """That step as soon as there is a slot for its question."""
        return partial(self._queue.ask, go=partial(self._supervisor.begin, step))

    def _rest(self, key: str, seconds: float, then: Next) -> None:
        self._supervisor.rest(key, self._pacing.real(seconds), then)

    def _over(self, key: str) -> None:
        """Nothing happens to it by itself any more. Safe to call twice."""
        self._queue.leave(key)
        self._queue.over(self._board[key])
        self._concurrency.give_back(key)
        self._downloads.give_back(key)
        self._odd_replies.over(key)
        self._supervisor.over(key)

    def _catch_up(self, key: str) -> None:
        """Another kernel has this task in hand: look again soon."""
        self._queue.over(self._board[key])
        self._rest(key, LOOK_AGAIN, self._look)

    def _look(self, key: str) -> None:
        """What became of it there, and whether that kernel died."""
        with suppress(JournalError, move.IllegalMove):  # the next look may say more
            self._store.refresh(key)
            if self._pacing.now() > outcome.orphaned_at(self._board[key], self._submit_timeout):
                silent = outcome.lost("the kernel that sent it is silent")
                self._store.apply(key, silent, durable=True)
        self._go_on(key)

    async def _submit(self, key: str) -> Next:
        """Journal, POST, journal: one request on the wire (docs/design/charges.md)."""
        try:
            self._store.apply(key, move.Sending(), durable=True, must_write=True)
        except JournalError as error:
            self._concurrency.give_back(key)
            return self._trouble(key, f"not sent: {error.message}")
        event = await self._submitter.send(key)
        limited = event == outcome.AT_ITS_LIMIT  # then it is the next one, and keeps its place
        self._queue.answered(self._board[key], turned_away=limited)
        self._store.apply(key, event, durable=True)
        if isinstance(event, move.NotSent) and not limited:
            self._concurrency.give_back(key)
            return self._after_back_off(key)
        self._pacing.went_well(key)
        return self._go_on

    async def _ask(self, key: str) -> Next:
        """Send one status request, take in the answer."""
        record = self._board[key]
        if record.task_id is None or record.state not in (State.PENDING, State.PROCESSING):
            return self._go_on  # another kernel moved it while it waited for its slot
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except RateLimited as error:
            self._limiter.slow_down(self._pacing.after_429(error.retry_after))
            self._store.apply(key, move.Noted(note="the service is at its limit (429)"))
        except SoraError as error:
            if outcome.refuses_the_key(error):
                self._limiter.pause(self._pacing.real(outcome.KEY_PAUSE))
            return self._trouble(key, error.message)
        else:
            self._pacing.went_well(key)
            self._store.apply(key, move.Reported(report=report), durable=bool(report.urls))
            ending = self._odd_replies.taken(self._board[key], report, self._pacing.now())
            if ending is not None:
                self._store.apply(key, ending)
        return self._go_on

    async def _save(self, key: str) -> Next:
        """Download the film; a link that expired, or fails a third time, is asked for anew."""
        record = self._board[key]
        try:
            film = await self._media.save(
                record,
                self._service.fetch,
                url=self._pacing.turn(key, record.urls),
                on_progress=lambda got, total: self._board.put_progress(key, got, total),
            )
        except DownloadError as error:
            if not isinstance(error, LinkExpired) and not self._pacing.is_third_trouble(key):
                return self._trouble(key, f"not saved yet: {error.message}")
            return self._with_slot(partial(self._renew_link, error))
        finally:
            self._downloads.give_back(key)
        self._pacing.went_well(key)
        self._store.apply(key, move.Saved(film=film), durable=True)
        return self._go_on

    async def _renew_link(self, failed: DownloadError, key: str) -> Next:
        record, said = self._board[key], failed.message
        if record.task_id is None or record.state is not State.SAVING:
            return self._go_on  # another kernel moved it while it waited for its slot
        try:
            report = await self._service.check(record.request.model, record.task_id)
        except SoraError as error:
            return self._trouble(key, f"{said}; asking for a new link: {error.message}")
        if report.urls and report.urls != record.urls:
            self._store.apply(key, move.Reported(report=report), durable=True)
            # A host that signs a new link for each question and refuses them all is not hammered.
            return self._after_back_off(key)
        if isinstance(failed, LinkExpired) and self._pacing.is_past(record.expires_at):
            self._store.apply(key, outcome.too_late(failed, record.expires_at), durable=True)
            return self._go_on
        return self._trouble(key, f"{said}; the service gives no new link yet")

    def _failed(self, key: str, error: Exception) -> Next:
        """What comes next after an error that nobody foresaw."""
        if isinstance(error, move.IllegalMove):
            return self._catch_up  # another kernel moved it first
        log.error("task %s: an error of sora_nb itself", key, exc_info=error)
        return self._trouble(key, f"an error of sora_nb itself ({error!r:.200})")

    def _trouble(self, key: str, message: str) -> Next:
        """Our own trouble is a note on a task that lives on, and is tried again after a while."""
        self._queue.over(self._board[key])
        note = f"{message.rstrip('.')}; tried again by itself"
        with suppress(move.IllegalMove):
            self._store.apply(key, move.Noted(note=note))
        return self._after_back_off(key)

    def _after_back_off(self, key: str) -> Next:
        return partial(self._rest, seconds=self._pacing.back_off(key), then=self._go_on)
