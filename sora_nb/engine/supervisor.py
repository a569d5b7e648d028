"""The tasks that move by themselves: each has one step that is going on, or waits as an entry."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from sora_nb.engine.timers import Timers

Next = Callable[[str], None]
"""Something that happens to a task at once; it never waits."""

Step = Callable[[str], Awaitable[Next]]
"""Something that takes a while, as a coroutine; it gives what comes next."""


class Supervisor:
    """Starts and ends the steps of tasks, as a supervisor does with workers: each task has at most
    one that is going on, and what a step gives decides what happens next.

    ``failed(key, error)`` gives that for a task whose step or ``Next`` raised; ``ended`` is told of
    every step that is over, however it ended.
    """

    def __init__(
        self, timers: Timers, *, failed: Callable[[str, Exception], Next], ended: Next
    ) -> None:
        self._timers = timers
        self._failed = failed
        self._ended = ended
        self._steps: dict[str, asyncio.Task[None] | None] = {}
        self._leaving: set[str] = set()
        self._closed = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    def __contains__(self, key: str) -> bool:
        return key in self._steps

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[str]:
        return iter(self._steps)

    def start(self, key: str, then: Next) -> None:
        """Begin a life with ``then``; one that is going on is left alone."""
        if key not in self._steps and not self._closed:
            self._steps[key] = None
            self._at_rest.clear()
            self.wake(key, then)

    def begin(self, step: Step, key: str) -> None:
        """Start a step of this task: a coroutine that does one thing, such as one request. What it
        returns is done next. A task that was withdrawn starts nothing."""
        if self._may_move(key):
            self._steps[key] = asyncio.create_task(self._carry_out(step, key))

    def rest(self, key: str, seconds: float, then: Next) -> None:
        """Nothing for so many seconds of this machine, then ``then``."""
        if self._may_move(key):
            self._timers.schedule(key, self._timers.now() + seconds, partial(self.wake, key, then))

    def wake(self, key: str, then: Next) -> None:
        """Do that now, unless the task has been withdrawn."""
        if self._may_move(key):
            try:
                then(key)
            except Exception as error:  # noqa: BLE001 - whatever it was, the task lives on
                self._failed(key, error)(key)

    async def withdraw(self, key: str) -> None:
        """End what this task does or waits for; it stays among the living until ``over``."""
        self._leaving.add(key)
        try:
            self._timers.cancel(key)
            step = self._steps.get(key)
            if step is not None:
                step.cancel()
                await asyncio.wait([step])
        finally:
            self._leaving.discard(key)

    def over(self, key: str) -> None:
        """Nothing happens to this task by itself any more. Safe to call twice."""
        self._steps.pop(key, None)
        if not self._steps:
            self._at_rest.set()

    async def at_rest(self) -> None:
        """Return when no task moves by itself any more."""
        await self._at_rest.wait()

    async def close(self, patience: float, *, but_for: set[str]) -> None:
        """End every life; the steps of those tasks have ``patience`` seconds to end themselves."""
        self._closed = True
        self._timers.close()
        steps = {key: step for key, step in self._steps.items() if step is not None}
        patient = [step for key, step in steps.items() if key in but_for]
        for step in steps.values():
            if step not in patient:
                step.cancel()
        if patient:
            await asyncio.wait(patient, timeout=patience)
        for step in patient:
            step.cancel()
        await asyncio.gather(*steps.values(), return_exceptions=True)
        self._steps.clear()
        self._at_rest.set()

    async def _carry_out(self, step: Step, key: str) -> None:
        try:
            then = await step(key)
        except Exception as error:  # noqa: BLE001 - whatever it was, the task lives on
            then = self._failed(key, error)
        finally:
            self._ended(key)
        self._steps[key] = None
        self.wake(key, then)

    def _may_move(self, key: str) -> bool:
        return key in self._steps and key not in self._leaving and not self._closed
