"""Whose turn it is to submit after a 429."""

from __future__ import annotations

import asyncio

import msgspec

from sora_nb.core.errors import RateLimited
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import State, TaskRecord, VideoRequest
from sora_nb.engine.limits import RateLimiter
from sora_nb.engine.request_queue import RequestQueue
from sora_nb.engine.timers import Timers
from tests.support.virtual_time import NOON, live, now
from tests.support.world import SERVICE, LazyFetch, World


def record(number: int) -> TaskRecord:
    request = VideoRequest(prompt="a paper boat")
    return new_record(f"task{number}", request, service=SERVICE, now=NOON + number)


class Submits:
    """Tasks in line for their POST, and who has sent it."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        limiter = RateLimiter(10_000, clock=loop.time)
        self.queue = RequestQueue(limiter, Timers(clock=loop.time, later=loop.call_later))
        self.gone: list[str] = []

    def come(self, *numbers: int) -> None:
        for number in numbers:
            self.queue.submit(record(number), self.gone.append)


def test_whoever_was_turned_away_goes_before_all_who_asked_later() -> None:
    async def scenario() -> None:
        submits = Submits()
        queue, gone = submits.queue, submits.gone
        for number in (3, 1):
            queue.answered(record(number), turned_away=True)
        submits.come(4, 3, 2, 1, 0)
        await asyncio.sleep(1)
        assert sorted(gone) == ["task0", "task1"], "and before it only who asked earlier"
        queue.answered(record(1), turned_away=True)
        await asyncio.sleep(1)
        assert len(gone) == 2
        queue.answered(record(1), turned_away=False)
        await asyncio.sleep(1)
        assert gone[2:] == ["task2", "task3"]
        queue.over(record(3))
        queue.over(record(3))
        await asyncio.sleep(1)
        assert gone[4:] == ["task4"]

    live(scenario())


def test_who_is_asked_for_anew_after_a_429_leaves_no_old_turn_behind() -> None:
    async def scenario() -> None:
        submits = Submits()
        queue, gone = submits.queue, submits.gone
        queue.answered(record(1), turned_away=True)
        anew = msgspec.structs.replace(record(1), created_at=NOON + 9)
        queue.answered(anew, turned_away=True)
        submits.come(5)
        await asyncio.sleep(1)
        assert gone == ["task5"]
        queue.over(record(1))
        submits.come(10)
        await asyncio.sleep(1)
        assert gone == ["task5", "task10"]

    live(scenario())


def test_who_stops_waiting_keeps_nobody_waiting() -> None:
    async def scenario() -> None:
        submits = Submits()
        submits.queue.answered(record(0), turned_away=True)
        submits.come(1, 2)
        await asyncio.sleep(1)
        submits.queue.leave("task1")
        submits.queue.over(record(0))
        await asyncio.sleep(1)
        assert submits.gone == ["task2"]

    live(scenario())


def test_a_question_goes_while_the_submits_wait_for_one_that_was_turned_away() -> None:
    async def scenario() -> None:
        submits = Submits()
        submits.queue.answered(record(0), turned_away=True)
        submits.come(1)
        submits.queue.ask("asked", submits.gone.append)
        await asyncio.sleep(1)
        assert submits.gone == ["asked"]

    live(scenario())


class FullForAMinute(LazyFetch):
    """Answers 429 for a minute, each time a moment after it was asked."""

    def __init__(self) -> None:
        super().__init__([])
        self.taken: list[str] = []

    async def submit(self, request: VideoRequest) -> str:
        self.posts += 1
        await asyncio.sleep(0.02)
        if now() < NOON + 60:
            raise RateLimited("429", retry_after=5.0)
        self.taken.append(request.prompt)
        return f"id-{request.prompt}"


def test_a_service_at_its_limit_is_asked_by_one_task_at_a_time_and_in_order() -> None:
    async def scenario() -> None:
        service = FullForAMinute()
        world, keys = World(service=service), [f"task{number:02}" for number in range(30)]
        for key in keys:
            world.ask(key, prompt=key)
            await asyncio.sleep(0.001)
        await world.engine.at_rest()
        assert {world.state(key) for key in keys} == {State.READY}
        assert service.taken == keys
        assert service.posts <= len(keys) + 3 + 12, "a first burst, then one for each pause"

    live(scenario())


def test_a_task_that_was_turned_away_and_is_stopped_lets_the_next_one_go() -> None:
    async def scenario() -> None:
        world = World(concurrency=5)
        world.service.submits = [RateLimited("429", retry_after=30.0)]
        world.ask("first")
        await world.until_posts(1)
        world.ask("second")
        await world.engine.stop("first")
        await world.engine.at_rest()
        assert (world.state("first"), world.state("second")) == (State.STOPPED, State.READY)

    live(scenario())
