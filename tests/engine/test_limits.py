"""Requests a minute and tasks at once, on a clock that moves only when everybody waits."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sora_nb.engine.limits import SHARE, ConcurrencyLimit, RateLimiter
from sora_nb.engine.request_queue import RequestQueue
from sora_nb.engine.timers import Timers
from tests.support.virtual_time import live, now

TEN_A_SECOND = 600 / SHARE


class Slots:
    """A slot clock, and the line of those who want one of its limiter."""

    def __init__(self, rate: float = TEN_A_SECOND, uptime: float = 0.0) -> None:
        loop = asyncio.get_running_loop()
        start = now()

        def clock() -> float:
            return uptime + now() - start

        self.clock = RateLimiter(rate, clock=clock)
        self.queue = RequestQueue(self.clock, Timers(clock=clock, later=loop.call_later))
        self._askers = itertools.count()

    async def times(self, count: int) -> list[float]:
        """When each of ``count`` requests that are wanted at once may go, from now on."""
        start, sent = now(), []
        for _ in range(count):
            self.queue.ask(str(next(self._askers)), lambda _key: sent.append(now() - start))
        while len(sent) < count:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.001)
        return sent


def test_each_request_gets_the_next_free_slot() -> None:
    async def scenario() -> None:
        sent = await Slots().times(5)
        assert sent == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=1e-4)

    live(scenario())


def test_unused_slots_are_not_saved_up() -> None:
    async def scenario() -> None:
        limiter = Slots()
        await limiter.times(1)
        await asyncio.sleep(100)
        assert (await limiter.times(3))[-1] == pytest.approx(0.2, abs=1e-4)

    live(scenario())


def test_a_429_pauses_everybody_and_slows_down_and_both_pass() -> None:
    async def scenario() -> None:
        limiter = Slots()
        limiter.clock.slow_down(5.0)
        sent = await limiter.times(3)
        assert sent == pytest.approx([5.0, 5 + 1 / 7, 5 + 2 / 7], abs=1e-3)
        await asyncio.sleep(20)
        sent = await limiter.times(2)
        assert 1 / sent[1] == pytest.approx(7 * 1.05**2, rel=0.01)
        await asyncio.sleep(600)
        assert (await limiter.times(2))[1] == pytest.approx(0.1, abs=1e-4)

    live(scenario())


def test_a_429_also_holds_back_those_who_wait_for_their_slot_already() -> None:
    async def scenario() -> None:
        limiter = Slots()
        waiting = asyncio.create_task(limiter.times(20))
        await asyncio.sleep(0.55)
        limiter.clock.slow_down(5.0)
        sent = await waiting
        assert len([at for at in sent if at < 0.55]) == 6
        assert not [at for at in sent if 0.55 < at < 5.54]
        assert len(sent) == 20

    live(scenario())


def test_the_answers_to_one_burst_slow_down_once() -> None:
    async def scenario() -> None:
        limiter = Slots()
        for _ in range(50):
            limiter.clock.slow_down(1.0)
        sent = await limiter.times(2)
        assert sent[1] - sent[0] == pytest.approx(1 / 7, abs=1e-3)

    live(scenario())


def test_a_service_that_always_says_429_is_still_asked_now_and_then() -> None:
    async def scenario() -> None:
        limiter = Slots()
        for _ in range(100):
            limiter.clock.slow_down(1.0)
            await asyncio.sleep(2)
        sent = await limiter.times(2)
        assert sent[1] - sent[0] == pytest.approx(5.0, rel=0.05)

    live(scenario())


@pytest.mark.parametrize("uptime", [0.0, 3600.0, 1e9])
def test_a_machine_that_has_run_for_years_has_the_same_slots(uptime: float) -> None:
    async def scenario() -> None:
        limiter = Slots(uptime=uptime)
        assert (await limiter.times(2))[1] == pytest.approx(0.1, abs=1e-3)
        limiter.clock.slow_down(1.0)
        await asyncio.sleep(1e7)
        assert (await limiter.times(2))[1] == pytest.approx(0.1, abs=1e-3)

    live(scenario())


class Queue:
    """Tasks that come for a place, and the order in which they get one."""

    def __init__(self, total: int) -> None:
        self.concurrency = ConcurrencyLimit(total)
        self.served: list[str] = []

    def come(self, *keys: str) -> None:
        for key in keys:
            self.concurrency.take(key, self.served.append)


def test_places_are_given_in_the_order_of_asking() -> None:
    queue = Queue(2)
    queue.come(*"abcdef")
    assert queue.served == ["a", "b"]
    queue.concurrency.give_back("b")
    queue.come("late")
    for key in ("a", "c", "d", "e", "f"):
        queue.concurrency.give_back(key)
    assert queue.served == ["a", "b", "c", "d", "e", "f", "late"]


def test_a_place_is_taken_once_and_given_back_once() -> None:
    queue = Queue(1)
    queue.come("a", "a")
    assert queue.served == ["a", "a"], "who has a place goes on at once"
    queue.concurrency.give_back("a")
    queue.concurrency.give_back("a")
    queue.come("b", "c")
    assert queue.served[2:] == ["b"]


def test_tasks_that_are_at_the_service_already_count_even_beyond_the_limit() -> None:
    queue = Queue(1)
    for key in ("x", "y", "y", "z"):
        queue.concurrency.occupy(key)
    queue.come("a")
    for key in ("x", "y"):
        queue.concurrency.give_back(key)
        assert queue.served == []
    queue.concurrency.give_back("z")
    assert queue.served == ["a"]


def test_who_stops_waiting_leaves_the_place_to_the_next() -> None:
    queue = Queue(1)
    queue.come("a", "b", "c")
    queue.concurrency.give_back("b")
    assert queue.served == ["a"]
    queue.concurrency.give_back("a")
    assert queue.served == ["a", "c"]


def test_who_gives_its_place_back_as_soon_as_it_comes_loses_none() -> None:
    queue = Queue(1)
    queue.come("a")
    queue.concurrency.take("b", queue.concurrency.give_back)
    queue.come("c")
    queue.concurrency.give_back("a")
    assert queue.served == ["a", "c"]


def test_a_refused_key_pauses_every_request_and_slows_none_afterwards() -> None:
    async def scenario() -> None:
        limiter = Slots()
        limiter.clock.pause(60)
        assert await limiter.times(3) == pytest.approx([60.0, 60.1, 60.2], abs=1e-4)

    live(scenario())
