"""Task: what a person holds of one paid job. It has no state of its own, only the key."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sora_nb.core.advice import advise, commands
from sora_nb.core.errors import DownloadError, SoraError, WaitTimeout, shorten
from sora_nb.core.task import State, Submission, TaskRecord, VideoRequest
from sora_nb.handles.ports import TaskClient
from sora_nb.handles.task_error import error_of
from sora_nb.handles.video import Video
from sora_nb.handles.waiting import Detached, wait_for, watch


class Task:
    """One paid job. ``await task`` or ``task.wait()`` gives its Video.

    ``reused`` says that the request already had this task, so that nothing new was paid.
    """

    __module__ = "sora_nb"  # where people find it, in errors, help and pickles

    def __init__(self, client: TaskClient, key: str, *, reused: bool = False) -> None:
        self.client = client
        self._key = key
        self.reused = reused

    @property
    def record(self) -> TaskRecord:
        """The newest frozen record of this task."""
        return self.client.board[self._key]

    @property
    def key(self) -> str:
        """The short name of this task in the journal, e.g. for ``%sora show KEY``."""
        return self._key

    @property
    def id(self) -> str | None:
        """The service's own id, or None before it gave one."""
        return self.record.task_id

    @property
    def request(self) -> VideoRequest:
        """What was asked for: frozen, its fields named as the arguments of ``generate``."""
        return self.record.request

    @property
    def state(self) -> str:
        """queued, submitting, pending, processing, saving, ready, failed, unsure or stopped."""
        return self.record.state.value

    @property
    def elapsed(self) -> float:
        """Seconds since the submit, in the service's own time."""
        return self.record.age(self.client.now())

    @property
    def eta(self) -> tuple[float, float] | None:
        """(median, nine in ten) seconds left in the service's own time, or None if unknown."""
        record = self.record
        if record.state not in (State.SUBMITTING, State.PENDING, State.PROCESSING):
            return None
        return self.client.board.job_times.of(record).left(self.elapsed)

    @property
    def error(self) -> SoraError | None:
        """Why there is no film, as the error that ``wait`` would raise; None while all is well."""
        return error_of(self.record, self)

    def video(self) -> Video:
        """The saved film. Raises the task's error, or DownloadError while there is none yet."""
        error = self.error
        if error is not None:
            raise error
        record = self.record
        if record.state is State.STOPPED:
            raise SoraError(
                f"task {self.key} is stopped: nobody watches it any more.",
                advice=f"{commands(record)[0]} takes it up again.",
                task=self,
            )
        if record.film is None:
            raise DownloadError(
                f"task {self.key} has no film yet: it is {self.state}.",
                advice="Wait for it: `await task`, or task.wait().",
                task=self,
            )
        return Video(self)

    def wait(self, timeout: float | None = None) -> Video:
        """Block until the task rests, at most ``timeout`` seconds, and give its film.

        Coroutines and clicks of the notebook go on meanwhile. Ctrl-C stops the waiting, not the
        task. Raises WaitTimeout, TaskFailed, SubmitUnsure or the error of a refused submit.
        """
        self.rest(timeout)
        return self.video()

    def rest(self, timeout: float | None = None) -> None:
        """Block until nothing more happens by itself, whatever the outcome. Raises WaitTimeout."""
        future = self.client.finished(self._key)
        try:
            wait_for(future, timeout)
        except TimeoutError:
            raise _timeout(self, timeout) from None
        except KeyboardInterrupt:
            raise Detached(
                f"stopped waiting; task {self.key} goes on. `%sora show {self.key}` shows it; "
                "after a restart of the kernel: `%sora resume`"
            ) from None

    def __await__(self) -> Generator[Any, None, Video]:
        return self._wait().__await__()

    async def _wait(self) -> Video:
        await watch(self.client.finished(self._key))
        return self.video()

    def stop(self) -> None:
        """Stop watching. The service goes on with the task and presumably charges it."""
        wait_for(self.client.run(self.client.stop(self._key)))

    def watch(self) -> None:
        """Watch a stopped task again."""
        self.client.watch(self._key)

    def retry(self) -> Task:
        """Ask for the same film anew, as a new task that is paid for again."""
        return task_of(self.client, self.client.retry(self._key))

    def adopt(self, task_id: str) -> Task:
        """Go on with an unsure task whose id was found in the service's dashboard."""
        self.client.adopt(self._key, task_id)
        return self

    def forget(self) -> None:
        """Decide that an unsure task never existed at the service. Its share of the budget is free
        again."""
        self.client.forget(self._key)

    def __repr__(self) -> str:
        record = self.record
        parts = [f"Task {self.key}", record.state.value]
        if record.simulated:
            parts.append("simulator")
        if record.film:
            parts.append(record.film.path)
        elif record.failure:
            parts.append(advise(record.failure).title)
        return f"<{' · '.join(parts)} · {shorten(record.request.prompt, 60)!r}>"

    def _display_(self) -> object:
        return self.client.presenter.view(self)

    def _ipython_display_(self) -> None:
        self.client.presenter.show(self)


def task_of(client: TaskClient, submission: Submission) -> Task:
    """The handle of what was asked for."""
    return Task(client, submission.record.key, reused=submission.reused)


def _timeout(task: Task, timeout: float | None) -> WaitTimeout:
    return WaitTimeout(
        f"task {task.key} is still {task.state} after {timeout:g} s of waiting.",
        advice=f"It goes on by itself: wait again, or look at it with `%sora show {task.key}`.",
        task=task,
    )
