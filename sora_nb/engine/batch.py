"""Many tasks handed to the engine in order, a few at a time; it can be paused.

All of them are in the journal as queued. What is held back here has not been sent, so that a pause
or a stop takes effect at once. Called on the private loop only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import AuthenticationError, InsufficientCredits, ServiceError
from sora_nb.core.task import State, TaskRecord
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.store import TaskStore

UNSENT = 32
"""Tasks handed over that are not sent yet: enough for each request slot between two bursts of the
board (133 a second, one burst in 0.1 s), few enough that a pause is felt."""

FIRST = 5
"""Tasks handed over that are not sent yet until one was accepted: in an outage no more are lost
than these."""

LOST = 3
"""Lost answers in a row after which nothing more is sent: each may be a film that is paid for and
has to be looked for by hand."""

STOPPED = "stopped before it was sent"

_NOT_SENT = frozenset({State.QUEUED, State.SUBMITTING})
_HOPELESS = frozenset({AuthenticationError.__name__, InsufficientCredits.__name__})
"""Refusals that every other task would meet as well."""


class Batch:
    """Tasks in the order in which they are sent, ``concurrency`` of them at a time.

    A task that was sent before (by an earlier kernel) is handed over at once: it is paid for. When
    the service refuses the key or the account, the others are stopped: sent one by one, each of
    them would be refused as well. When answers are lost one after the other, the others are held
    back until a person decides: ``outage`` says why.
    """

    def __init__(self, concurrency: int, *, engine: Engine, store: TaskStore, board: Board) -> None:
        self._concurrency = concurrency
        self._engine = engine
        self._store = store
        self._board = board
        self._keys: tuple[str, ...] = ()
        self._held: deque[str] = deque()
        self._running: set[str] = set()
        self._unsent: set[str] = set()
        self._unlisten: Callable[[], None] = lambda: None
        self._empty = asyncio.Event()
        self._accepted = False  # one of them, since the last start or ``resume``
        self._lost = 0  # answers in a row
        self._answers = self._outage = ""
        self.paused = False

    def add(self, keys: Iterable[str]) -> None:
        """More tasks: what is at the service already at once, the others as there is room."""
        # An empty batch does not listen to the board. So tasks that have ended since then are still
        # counted as running or unsent here, and are taken out now.
        self._running = {key for key in self._running if not self._board[key].finished}
        self._unsent = {key for key in self._unsent if self._board[key].state in _NOT_SENT}
        if not self._held:
            self._start_anew()
        known = self._running | self.held
        new = [key for key in dict.fromkeys(keys) if key not in known]
        for key in new:
            if self._board[key].state is State.QUEUED:
                self._held.append(key)
            else:
                self._hand_over(key)
        self._unlisten()
        self._keys = tuple(dict.fromkeys((*self._keys, *new)))
        self._unlisten = self._board.listen(self._keys, self._changed)
        self._empty.clear()
        if self._outage:
            self._board.hold_up(self._held, self._why)
        self._go_on()

    def pause(self) -> None:
        """Send no more of them; those at the service go on."""
        self.paused = True

    def resume(self) -> None:
        """Send the others, too; a few at first, as at the start."""
        self.paused = False
        self._start_anew()
        self._go_on()

    async def stop(self) -> None:
        """Stop every task that was not sent. Those at the service are paid for and go on.

        Returns once the POSTs on the wire are answered: one that was turned away is not sent again.
        """
        self._stop_held(STOPPED)
        self.paused = False
        self._start_anew()
        unsent = tuple(self._unsent)
        await asyncio.gather(*(self._engine.take_back(key, STOPPED) for key in unsent))
        self._unsent.difference_update(unsent)

    @property
    def outage(self) -> ServiceError | None:
        """Why it has paused by itself, and what a person can do now; None while it has not."""
        return self._why() if self._outage and self._held else None

    @property
    def held(self) -> frozenset[str]:
        """The tasks that wait here: nobody else may start them."""
        return frozenset(self._held)

    def release(self, keys: Iterable[str]) -> None:
        """Hold these no longer: another batch takes them over."""
        gone = self.held.intersection(keys)
        self._held = deque(key for key in self._held if key not in gone)
        self._board.let_go(gone)
        self._go_on()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held back any more."""
        return not self._held

    async def all_handed_over(self) -> None:
        """Return once the batch is empty."""
        await self._empty.wait()

    def _changed(self, keys: frozenset[str]) -> None:
        for record in sorted((self._board[key] for key in keys), key=_answered_at):
            if record.finished:
                self._running.discard(record.key)
            if record.state not in _NOT_SENT and record.key in self._unsent:
                self._unsent.remove(record.key)
                self._count(record)
            if _is_hopeless(record):
                assert record.failure is not None
                self._stop_held(f"not sent: {record.failure.message}")
        if self._lost >= LOST and self._held:
            self._outage, self.paused = self._answers, True
            self._board.hold_up(self._held, self._why)
        self._go_on()

    def _count(self, record: TaskRecord) -> None:
        """What became of its POST: is the service in order?"""
        if record.task_id is not None:
            self._accepted, self._lost = True, 0
        elif record.state is State.UNSURE:
            self._lost += 1
            said = record.failure.message.rstrip(".") if record.failure else "none"
            self._answers = f"the last {self._lost} submits had no usable answer ({said})"

    def _start_anew(self) -> None:
        """Nothing is known about the service yet."""
        if self._outage:
            self.paused = False
        self._accepted, self._lost, self._outage = False, 0, ""
        self._board.let_go(self._held)

    def _why(self) -> ServiceError:
        count = len(self._held)
        films = "1 film is" if count == 1 else f"{count} films are"
        return ServiceError(
            f"{self._outage}: they may be charged and rest as unsure. {films} held back, not sent.",
            advice="Once the service answers again, sweep.resume() (Continue) sends the rest; "
            "sweep.stop() leaves it unsent and uncharged.",
        )

    def _room(self) -> int:
        """How many more may be handed over now."""
        unsent = UNSENT if self._accepted and not self._lost else FIRST - self._lost
        return min(self._concurrency - len(self._running), unsent - len(self._unsent))

    def _go_on(self) -> None:
        """Hand over as many as there is room for."""
        while self._held and not self.paused and self._room() > 0:
            self._hand_over(self._held.popleft())
        if not self._held:
            self._unlisten()
            self._empty.set()

    def _hand_over(self, key: str) -> None:
        record = self._board[key]
        if record.finished:
            return
        # Another kernel sends it, or died in doing so, which shows after minutes: the others do
        # not wait for that.
        if record.state is not State.SUBMITTING:
            self._running.add(key)
        if record.state is State.QUEUED:
            self._unsent.add(key)
        self._engine.start(record)

    def _stop_held(self, note: str) -> None:
        held, self._held = self._held, deque()
        stopped = move.Stopped(note=note)
        self._store.apply_all([k for k in held if self._board[k].state is State.QUEUED], stopped)
        for key in held:
            if self._board[key].state is State.QUEUED:
                with suppress(move.IllegalMove):  # another kernel was first
                    self._store.apply(key, stopped)
        self._go_on()


def _answered_at(record: TaskRecord) -> float:
    """When its POST had its answer, or was given up."""
    return record.accepted_at or record.ended_at or 0.0


def _is_hopeless(record: TaskRecord) -> bool:
    failure = record.failure
    return failure is not None and failure.kind == "refused" and failure.error in _HOPELESS
