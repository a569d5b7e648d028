"""Every move of a task goes through here: advance, journal, board, in that order.

What another kernel wrote meanwhile wins: the move is tried again on the newer record. When the
journal cannot be written, the move still holds on the board and is written as soon as that works;
only the step before a POST insists (``must_write``): what is not written down is not sent. So does
a task that takes its share of the budget again.

A reply that a task still runs changes nothing but when it was asked. Such moves wait on the board
for the next other one, or their turn: a thousand tasks would else write a hundred rows a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import islice

from sora_nb.core.budget import counts
from sora_nb.core.errors import BudgetExceeded, JournalError
from sora_nb.core.lifecycle import Accepted, Event, IllegalMove, advance
from sora_nb.core.task import TaskRecord
from sora_nb.engine.board import Board
from sora_nb.engine.ports import Journal

RETRY = 2.0
HOLD = 1.0
AT_ONCE = 20
"""Each second at most 20 of the tasks that were asked in vain are written, the longest held first;
a crash loses only when the others were last asked."""


class TaskStore:
    """The one writer of journal and board. Called on the private loop only."""

    def __init__(
        self,
        journal: Journal,
        board: Board,
        *,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self._journal = journal
        self._board = board
        self._clock = clock
        self._later = later
        self._rows: dict[str, TaskRecord] = {}
        self._retrying = False
        self._held: dict[str, None] = {}
        self._waking = False

    def __getitem__(self, key: str) -> TaskRecord:
        """The task as it is now."""
        return self._board[key]

    def create(self, record: TaskRecord, *, reuse: bool) -> TaskRecord:
        """Write the intent down, or give the task that this request already has. JournalError."""
        found = self._journal.create(record, reuse=reuse)
        self.load(found)
        return self._board[found.key]

    def load(self, record: TaskRecord) -> None:
        """Put a record that the journal holds on the board, unless the board is ahead of it."""
        row = self._rows.get(record.key)
        if row is None or (not self._is_ahead(record.key) and record != row):
            self._rows[record.key] = record
            self._held.pop(record.key, None)
            self._board.put(record)

    def refresh(self, key: str) -> None:
        """Read a task again that another kernel may have moved."""
        newer = self._journal.get(key)
        if newer is not None:
            self.load(newer)

    def apply(
        self, key: str, event: Event, *, durable: bool = False, must_write: bool = False
    ) -> TaskRecord:
        """Advance a task. Raises IllegalMove, and JournalError when ``must_write``."""
        return self._apply(self._board[key], event, durable=durable, must_write=must_write)

    def _apply(
        self, base: TaskRecord, event: Event, *, durable: bool, must_write: bool = False
    ) -> TaskRecord:
        # What another kernel wrote reaches the board only with our move made on it: who waits is
        # not told that a task is unsure whose answer has just come.
        key = base.key
        while True:
            try:
                record = advance(base, event, self._clock())
            except IllegalMove:
                self._publish(base)
                raise
            if record == base:
                self._publish(base)
                return base
            if not durable and _is_only_asked(base, record) and self._board[key] is base:
                self._board.put(record)
                self._hold(key)
                return record
            try:
                written = self._journal.replace(self._rows[key], record, durable=durable)
                newer = None if written else self._journal.get(key)
                if not written and newer is None:
                    raise JournalError(f"the journal no longer holds task {key}.")
            except JournalError:
                if must_write or (counts(record) and not counts(base)):
                    raise  # what is not in the journal holds no share of the budget
                self._board.put(record)
                self._write_later()
                return record
            self._held.pop(key, None)
            if newer is None:
                self._rows[key] = record
                self._board.put(record)
                return record
            base = self._yield_to(newer)

    def apply_all(self, keys: Iterable[str], event: Event) -> None:
        """Advance many tasks in one transaction, as far as that is plain: who is left (another
        kernel was first, the budget does not allow all, the disk is full) is as it was, and
        ``move`` says why."""
        now = self._clock()
        pairs = []
        for key in keys:
            if self._board[key] is self._rows[key]:
                with suppress(IllegalMove):
                    pairs.append((self._rows[key], advance(self._rows[key], event, now)))
        try:
            beaten = self._journal.replace_all(pairs, durable=False)
        except (BudgetExceeded, JournalError):
            return
        for _, record in pairs:
            if record.key not in beaten:
                self._rows[record.key] = record
                self._board.put(record)

    def close(self) -> None:
        self._write_now()
        self._journal.close()

    def _yield_to(self, newer: TaskRecord) -> TaskRecord:
        """Another kernel moved the task: its record holds, but an id that we know is not lost.

        Gives what holds now; the caller puts it on the board.
        """
        ours = self._board[newer.key]
        self._rows[newer.key] = newer
        if ours.task_id is not None and newer.task_id is None:
            with suppress(IllegalMove):
                return self._apply(newer, Accepted(task_id=ours.task_id), durable=True)
        return newer

    def _publish(self, record: TaskRecord) -> None:
        if self._board[record.key] is not record:
            self._board.put(record)

    def _write_later(self) -> None:
        if not self._retrying:
            self._retrying = True
            self._later(RETRY, self._try_again)

    def _try_again(self) -> None:
        self._retrying = False
        if not self._write_now():
            self._write_later()

    def _write_now(self) -> bool:
        """Write what the board knows and the journal does not yet. Whether all of it went."""
        return all(self._write(key, durable=key not in self._held) for key in tuple(self._rows))

    def _write(self, key: str, *, durable: bool) -> bool:
        row, record = self._rows[key], self._board[key]
        if record is not row:
            try:
                if self._journal.replace(row, record, durable=durable):
                    self._rows[key] = record
                elif (newer := self._journal.get(key)) is not None:
                    self._publish(self._yield_to(newer))
            except JournalError:
                return False
        self._held.pop(key, None)
        return True

    def _is_ahead(self, key: str) -> bool:
        """Whether the board knows something of weight that the journal does not."""
        return self._board[key] is not self._rows[key] and key not in self._held

    def _hold(self, key: str) -> None:
        self._held.setdefault(key)
        if not self._waking:
            self._waking = True
            self._later(HOLD, self._write_held)

    def _write_held(self) -> None:
        self._waking = False
        keys = tuple(islice(self._held, AT_ONCE))
        pairs = [(self._rows[key], self._board[key]) for key in keys]
        with suppress(JournalError):  # then each by itself, which says what is left
            beaten = self._journal.replace_all(pairs, durable=False)
            for _, record in pairs:
                if record.key not in beaten:
                    self._rows[record.key] = record
        for key in keys:
            if not self._write(key, durable=False):
                del self._held[key]
                self._write_later()
        if self._held:
            self._hold(next(iter(self._held)))


def _is_only_asked(before: TaskRecord, after: TaskRecord) -> bool:
    """Whether nothing happened to the task but that it was asked and still runs."""
    return (before.state, before.note, before.ended_between) == (
        after.state,
        after.note,
        after.ended_between,
    )
