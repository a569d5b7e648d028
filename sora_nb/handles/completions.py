"""Values in the order in which they come, for a plain ``for`` and for ``async for``."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Generic, TypeVar

from sora_nb.handles.waiting import wait_for, watch

T = TypeVar("T")


class Completions(Generic[T]):
    """``expected`` values, handed over by any thread. Each iteration begins with the first.

    ``detached`` makes the exception for Ctrl-C while a plain ``for`` waits.
    """

    def __init__(self, expected: int, *, detached: Callable[[], BaseException]) -> None:
        self._expected = expected
        self._detached = detached
        self._lock = threading.Lock()
        self._values: list[T] = []
        self._missing = 0
        self._error: Exception | None = None
        self._waiting: list[tuple[int, concurrent.futures.Future[T]]] = []

    def put(self, value: T) -> None:
        """Hand over one more value."""
        with self._lock:
            self._values.append(value)
            self._tell()

    def miss(self, error: Exception) -> None:
        """One of them will not come: who waits for more than the others gets this error."""
        with self._lock:
            self._missing += 1
            self._error = error
            self._tell()

    def fail(self, error: Exception) -> None:
        """No more will come: who waits for another value gets this error."""
        with self._lock:
            self._missing = self._expected
            self._error = error
            self._tell()

    def so_far(self) -> list[T]:
        """What has come."""
        with self._lock:
            return list(self._values)

    def __iter__(self) -> Iterator[T]:
        for index in range(self._expected):
            try:
                value = wait_for(self._at(index))
            except KeyboardInterrupt:
                raise self._detached() from None
            yield value

    async def __aiter__(self) -> AsyncIterator[T]:
        for index in range(self._expected):
            yield await watch(self._at(index))

    def all(self) -> concurrent.futures.Future[T]:
        """A future that is done with the last value; of none at all there must be one."""
        return self._at(self._expected - 1)

    def _at(self, index: int) -> concurrent.futures.Future[T]:
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        with self._lock:
            self._waiting.append((index, future))
            self._tell()
        return future

    def _tell(self) -> None:
        """Answer who waits for what has come. The lock is held."""
        waiting, self._waiting = self._waiting, []
        all_told = len(self._values) + self._missing >= self._expected
        for index, future in waiting:
            if index < len(self._values):
                future.set_result(self._values[index])
            elif self._error is not None and all_told:
                future.set_exception(self._error)
            else:
                self._waiting.append((index, future))
