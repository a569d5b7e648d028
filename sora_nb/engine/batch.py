"""Many tasks handed to the engine in order, a few at a time; it can be paused.

All of them are in the journal as queued. What is held back here has not been sent, so that a pause
or a stop takes effect at once. Called on the private loop only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import AuthenticationError, InsufficientCredits
from sora_nb.core.task import State, TaskRecord
from sora_nb.engine.board import Board
from sora_nb.engine.engine import Engine
from sora_nb.engine.ledger import Ledger

UNSENT = 32
"""Tasks handed over that are not sent yet: enough for each request slot between two bursts of the
board (133 a second, one burst in 0.1 s), few enough that a pause is felt."""

_NOT_SENT = frozenset({State.QUEUED, State.SUBMITTING})
_HOPELESS = frozenset({AuthenticationError.__name__, InsufficientCredits.__name__})
"""Refusals that every other task would meet as well."""


class Batch:
    """Tasks in the order in which they are sent, ``concurrency`` of them at a time.

    A task that was sent before (by an earlier kernel) is handed over at once: it is paid for. When
    the service refuses the key or the account, the others are stopped: sent one by one, each of
    them would be refused as well.
    """

    def __init__(self, concurrency: int, *, engine: Engine, ledger: Ledger, board: Board) -> None:
        self._concurrency = concurrency
        self._engine = engine
        self._ledger = ledger
        self._board = board
        self._keys: tuple[str, ...] = ()
        self._held: deque[str] = deque()
        self._running: set[str] = set()
        self._unsent: set[str] = set()
        self._unlisten: Callable[[], None] = lambda: None
        self._empty = asyncio.Event()
        self.paused = False

    def add(self, keys: Iterable[str]) -> None:
        """More tasks: what is at the service already at once, the others as there is room."""
        # Nobody listened since the batch was empty: what came to its end meanwhile was not told.
        self._running = {key for key in self._running if not self._board[key].finished}
        self._unsent = {key for key in self._unsent if self._board[key].state in _NOT_SENT}
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
        self._go_on()

    def pause(self) -> None:
        """Send no more of them; those at the service go on."""
        self.paused = True

    def resume(self) -> None:
        """Send the others, too."""
        self.paused = False
        self._go_on()

    async def stop(self) -> None:
        """Stop every task that was not sent. Those at the service are paid for and go on."""
        self._stop_held("stopped before it was sent")
        for key in tuple(self._unsent):
            if self._board[key].state is State.QUEUED:  # it may be sent while another is stopped
                await self._engine.stop(key)

    @property
    def held(self) -> frozenset[str]:
        """The tasks that wait here: nobody else may start them."""
        return frozenset(self._held)

    def release(self, keys: Iterable[str]) -> None:
        """Hold these no longer: another batch takes them over."""
        gone = set(keys)
        self._held = deque(key for key in self._held if key not in gone)
        self._go_on()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held back any more."""
        return not self._held

    async def all_handed_over(self) -> None:
        """Return once the batch is empty."""
        await self._empty.wait()

    def _changed(self, keys: frozenset[str]) -> None:
        for key in keys:
            record = self._board[key]
            if record.finished:
                self._running.discard(key)
            if record.state not in _NOT_SENT:
                self._unsent.discard(key)
            if _is_hopeless(record):
                assert record.failure is not None
                self._stop_held(f"not sent: {record.failure.message}")
        self._go_on()

    def _go_on(self) -> None:
        """Hand over as many as there is room for."""
        while self._held and not self.paused:
            if len(self._running) >= self._concurrency or len(self._unsent) >= UNSENT:
                break
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
        for key in held:
            if self._board[key].state is State.QUEUED:
                self._ledger.move(key, move.Stopped(note=note))
        self._go_on()


def _is_hopeless(record: TaskRecord) -> bool:
    failure = record.failure
    return failure is not None and failure.kind == "refused" and failure.error in _HOPELESS
