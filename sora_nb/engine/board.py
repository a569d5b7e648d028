"""The present: the latest record of each task, told to listeners in gathered bursts.

Above about ten updates a second nothing more is seen, and far above that the notebook server drops
messages, the last one included (docs/design/jupyter.md, "Messages to the page"). So a change after
a pause is told at once, those that follow it are gathered, and the last state is always told.
"""

from __future__ import annotations

import concurrent.futures
import logging
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sora_nb.core.errors import SoraError
from sora_nb.core.task import State, TaskRecord
from sora_nb.engine.job_times import JobTimes

log = logging.getLogger(__name__)

GATHER = 0.1
"""Seconds between two tellings, at least."""

Listener = Callable[[frozenset[str]], None]
Pacing = Callable[[float, Callable[[], None]], object]


class Progress(NamedTuple):
    """Bytes received, and bytes in all or None."""

    received: int
    total: int | None


class Board:
    """Written by the engine on its thread only; ``get`` may be called from any thread.

    ``schedule(seconds, function)`` is how it asks to be called later (the loop's call_later).
    ``history`` learns from every end that comes in here. A task that has its end when it first
    comes is from the journal: too old for the job_times, or known to it.
    """

    def __init__(self, pacing: Pacing, job_times: JobTimes | None = None) -> None:
        self._pacing = pacing
        self.job_times = job_times or JobTimes()
        self._records: dict[str, TaskRecord] = {}
        self._progress: dict[str, Progress] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._waiters: dict[str, list[concurrent.futures.Future[TaskRecord]]] = {}
        self._held_up: dict[str, Callable[[], SoraError]] = {}
        self._changed: set[str] = set()
        self._scheduled = False
        self._closed = False

    def get(self, key: str) -> TaskRecord | None:
        return self._records.get(key)

    def __getitem__(self, key: str) -> TaskRecord:
        return self._records[key]

    def progress(self, key: str) -> Progress | None:
        """How far the download is, while the task is being saved."""
        return self._progress.get(key)

    def put(self, record: TaskRecord) -> None:
        """The task's newest record. Wakes who waits for its end, tells who listens."""
        before = self._records.get(record.key)
        self._records[record.key] = record
        if before is not None:
            self.job_times.learn(record)
        if record.state is not State.QUEUED:
            self._held_up.pop(record.key, None)
        if record.finished:
            self._progress.pop(record.key, None)
            for waiter in self._waiters.pop(record.key, ()):
                if waiter.set_running_or_notify_cancel():
                    waiter.set_result(record)
        self._mark(record.key)

    def put_progress(self, key: str, received: int, total: int | None) -> None:
        self._progress[key] = Progress(received, total)
        self._mark(key)

    def wait_finished(self, key: str, waiter: concurrent.futures.Future[TaskRecord]) -> None:
        """Give ``waiter`` the record as soon as nothing more happens to it by itself.

        Once the board is closed, or while the task is held up, nothing happens to an unfinished
        one: it gets a SoraError that says so.
        """
        record, why = self._records[key], self._held_up.get(key)
        if not record.finished and not self._closed and why is None:
            self._waiters.setdefault(key, []).append(waiter)
        elif waiter.set_running_or_notify_cancel():
            if record.finished:
                waiter.set_result(record)
            elif self._closed or why is None:
                waiter.set_exception(_nobody_watches(record))
            else:
                waiter.set_exception(why())

    def hold_up(self, keys: Iterable[str], why: Callable[[], SoraError]) -> None:
        """Nothing happens to these queued tasks until a person decides: who waits is told why."""
        keys = tuple(keys)
        self._held_up.update(dict.fromkeys(keys, why))
        self._tell_waiters(keys)

    def let_go(self, keys: Iterable[str]) -> None:
        """They are held up no longer. Safe to call for any task."""
        for key in keys:
            self._held_up.pop(key, None)

    def close(self) -> None:
        """Nobody lives these tasks any more: who waits for one is told."""
        self._closed = True
        self._tell_waiters(tuple(self._waiters))

    def _tell_waiters(self, keys: Iterable[str]) -> None:
        for key in keys:
            for waiter in self._waiters.pop(key, ()):
                self.wait_finished(key, waiter)

    def listen(self, keys: Iterable[str], listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after changes of any of ``keys``, with those that changed; returns what
        ends it."""
        keys = tuple(keys)
        for key in keys:
            self._listeners.setdefault(key, []).append(listener)

        def end() -> None:
            for key in keys:
                listeners = self._listeners.get(key, [])
                if listener in listeners:
                    listeners.remove(listener)
                if not listeners:
                    self._listeners.pop(key, None)

        return end

    def _mark(self, key: str) -> None:
        self._changed.add(key)
        if not self._scheduled:
            self._scheduled = True
            self._pacing(0.0, self._tell)  # with all that changes in this turn of the loop

    def _tell(self) -> None:
        changed, self._changed = self._changed, set()
        self._scheduled = bool(changed)
        if changed:
            self._pacing(GATHER, self._tell)
        news: dict[int, tuple[Listener, set[str]]] = {}
        for key in changed:
            for listener in self._listeners.get(key, ()):
                news.setdefault(id(listener), (listener, set()))[1].add(key)
        for listener, keys in news.values():
            try:
                listener(frozenset(keys))
            except Exception:
                # One output that cannot be brought up to date must not stop the others.
                log.exception("an output could not be brought up to date: %s", ", ".join(keys))


def _nobody_watches(record: TaskRecord) -> SoraError:
    return SoraError(
        f"task {record.key} is {record.state}, and its client was closed: nobody watches it here.",
        advice="`%sora resume` (or sora_nb.resume()) takes it up again.",
        task=record.key,
    )
