"""``sweep.map``: a function on each film as it becomes ready, on any executor."""

from __future__ import annotations

import concurrent.futures
import os
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sora_nb.core.errors import SoraError, WaitTimeout
from sora_nb.core.task import State
from sora_nb.handles.completions import Completions
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from sora_nb.handles.waiting import Detached, wait_for, watch

R = TypeVar("R")

WORKERS = 8
"""Threads of the executor that is made where none is given, at most one a core."""


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of one film: ``video`` is None where the task has none."""

    task: Task
    video: Video | None = None
    value: R | None = None
    error: BaseException | None = None


class Results(Generic[R]):
    """What ``fn`` gave for each film.

    ``for video, value in results`` gives them as they come, each time from the first; ``await
    results`` and ``results.wait()`` give all of them in the order of the rows. An error of ``fn``
    is kept in ``errors``, a task without a film in ``skipped``: neither hides the others.
    ``cancel()`` ends it early.
    """

    def __init__(
        self,
        tasks: Tasks,
        completions: Completions[Task],
        fn: Callable[[Video], R],
        executor: concurrent.futures.Executor | None,
    ) -> None:
        self._tasks = tasks
        self._completions = completions
        self._fn = fn
        self._own: concurrent.futures.Executor | None = None
        if executor is None:
            workers = min(WORKERS, os.cpu_count() or 1)
            self._own = executor = concurrent.futures.ThreadPoolExecutor(workers, "sora_nb-map")
        self._executor = executor
        self._handed: list[concurrent.futures.Future[R]] = []
        self._cancelled = threading.Event()
        self._outcomes: Completions[Outcome[R]] = Completions(len(tasks), detached=_detached)
        # Handing over may take its time (a cluster's executor pickles), and the private loop has
        # other films to watch.
        threading.Thread(target=self._hand_over, name="sora_nb-map", daemon=True).start()

    @property
    def errors(self) -> dict[str, BaseException]:
        """What ``fn`` raised so far, by the key of the task."""
        return {o.task.key: o.error for o in self._outcomes.so_far() if o.error is not None}

    @property
    def skipped(self) -> Tasks:
        """The tasks that came to rest without a film."""
        return Tasks(
            [o.task for o in self._outcomes.so_far() if o.video is None and o.error is None]
        )

    def cancel(self) -> None:
        """Give ``fn`` no more films; those that it is at go on to their end, which waits end with.

        The others have a ``CancelledError`` in ``errors``. The films themselves are still made.
        """
        self._cancelled.set()
        self._completions.fail(_cancelled())
        for future in tuple(self._handed):
            future.cancel()

    def __iter__(self) -> Iterator[tuple[Video, R]]:
        for outcome in self._outcomes:
            yield from _pair(outcome)

    async def __aiter__(self) -> AsyncIterator[tuple[Video, R]]:
        async for outcome in self._outcomes:
            for pair in _pair(outcome):
                yield pair

    def wait(self, timeout: float | None = None) -> list[tuple[Video, R]]:
        """Block until ``fn`` is done with every film, at most ``timeout`` seconds.

        Gives (video, value) in the order of the rows. Raises WaitTimeout; Ctrl-C stops the waiting
        only.
        """
        try:
            wait_for(self._outcomes.all(), timeout)
        except TimeoutError:
            raise WaitTimeout(
                f"{len(self._outcomes.so_far())} of {len(self._tasks)} films are done after "
                f"{timeout:g} s of waiting.",
                advice="The others go on by themselves: wait again.",
            ) from None
        except KeyboardInterrupt:
            raise _detached() from None
        return self._in_order()

    def __await__(self) -> Generator[None, None, list[tuple[Video, R]]]:
        return self._wait().__await__()

    async def _wait(self) -> list[tuple[Video, R]]:
        await watch(self._outcomes.all())
        return self._in_order()

    def _in_order(self) -> list[tuple[Video, R]]:
        found = {outcome.task.key: outcome for outcome in self._outcomes.so_far()}
        return [pair for task in self._tasks for pair in _pair(found[task.key])]

    def _hand_over(self) -> None:
        """On a thread of its own: each film to the executor as soon as it is ready."""
        left = {task.key: task for task in self._tasks}
        try:
            for task in self._completions:
                if self._cancelled.is_set():
                    break
                del left[task.key]
                self._submit(task)
        except concurrent.futures.CancelledError:
            pass  # by cancel(), while no film had come
        except SoraError as error:  # the client was closed: no film comes any more
            self._outcomes.fail(error)
        finally:
            if self._own is not None:
                self._own.shutdown(wait=False)
        if self._cancelled.is_set():
            for task in left.values():
                self._outcomes.put(Outcome(task, error=_cancelled()))

    def _submit(self, task: Task) -> None:
        if task.state != State.READY:
            self._outcomes.put(Outcome(task))
            return
        video = task.video()
        try:
            future = self._executor.submit(self._fn, video)
        except Exception as error:  # noqa: BLE001 - whatever an executor raises is this film's error
            self._outcomes.put(Outcome(task, video, error=error))
            return
        self._handed.append(future)
        if self._cancelled.is_set():  # cancel() may have looked through them before
            future.cancel()
        future.add_done_callback(lambda done: self._outcomes.put(_outcome(task, video, done)))

    def __repr__(self) -> str:
        done = self._outcomes.so_far()
        words = [f"{len(done)} of {len(self._tasks)} films done"]
        if self.errors:
            words.append(f"{len(self.errors)} with an error (results.errors)")
        if self.skipped:
            words.append(f"{len(self.skipped)} without a film (results.skipped)")
        return f"<{' · '.join(words)}>"


def _outcome(task: Task, video: Video, done: concurrent.futures.Future[R]) -> Outcome[R]:
    if done.cancelled():
        return Outcome(task, video, error=_cancelled())
    error = done.exception()
    if error is not None:
        return Outcome(task, video, error=error)
    return Outcome(task, video, done.result())


def _cancelled() -> concurrent.futures.CancelledError:
    return concurrent.futures.CancelledError("cancelled before its turn")


def _pair(outcome: Outcome[R]) -> Iterator[tuple[Video, R]]:
    if outcome.video is not None and outcome.error is None:
        yield outcome.video, outcome.value  # type: ignore[misc]  # the value may itself be None


def _detached() -> Detached:
    return Detached(
        "stopped waiting; the function goes on with the films that are left. "
        "results.cancel() ends that."
    )
