"""Requests a minute and tasks at once, on a clock that moves only when everybody waits."""

from __future__ import annotations

import asyncio

import pytest

from sora_nb.engine.limits import SHARE, Places, SlotClock

from .virtual_time import live, now

TEN_A_SECOND = 600 / SHARE


def make_clock(rate: float = TEN_A_SECOND, uptime: float = 0.0) -> SlotClock:
    start = now()
    return SlotClock(rate, clock=lambda: uptime + now() - start, sleep=asyncio.sleep)


async def times(slots: SlotClock, count: int) -> list[float]:
    """When each of ``count`` requests that are wanted at once may go, from now on."""
    start, sent = now(), []

    async def one() -> None:
        await slots.wait()
        sent.append(now() - start)

    await asyncio.gather(*(one() for _ in range(count)))
    return sent


def test_each_request_gets_the_next_free_slot() -> None:
    async def scenario() -> None:
        sent = await times(make_clock(), 5)
        assert sent == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=1e-4)

    live(scenario())


def test_unused_slots_are_not_saved_up() -> None:
    async def scenario() -> None:
        slots = make_clock()
        await times(slots, 1)
        await asyncio.sleep(100)
        assert (await times(slots, 3))[-1] == pytest.approx(0.2, abs=1e-4)

    live(scenario())


def test_a_429_pauses_everybody_and_slows_down_and_both_pass() -> None:
    async def scenario() -> None:
        slots = make_clock()
        slots.slow_down(5.0)
        sent = await times(slots, 3)
        assert sent == pytest.approx([5.0, 5 + 1 / 7, 5 + 2 / 7], abs=1e-3)
        await asyncio.sleep(20)
        sent = await times(slots, 2)
        assert 1 / sent[1] == pytest.approx(7 * 1.05**2, rel=0.01)
        await asyncio.sleep(600)
        assert (await times(slots, 2))[1] == pytest.approx(0.1, abs=1e-4)

    live(scenario())


def test_a_429_also_holds_back_those_who_wait_for_their_slot_already() -> None:
    async def scenario() -> None:
        slots = make_clock()
        waiting = asyncio.create_task(times(slots, 20))
        await asyncio.sleep(0.55)
        slots.slow_down(5.0)
        sent = await waiting
        assert len([at for at in sent if at < 0.55]) == 6
        assert not [at for at in sent if 0.55 < at < 5.54]
        assert len(sent) == 20

    live(scenario())


def test_the_answers_to_one_burst_slow_down_once() -> None:
    async def scenario() -> None:
        slots = make_clock()
        for _ in range(50):
            slots.slow_down(1.0)
        sent = await times(slots, 2)
        assert sent[1] - sent[0] == pytest.approx(1 / 7, abs=1e-3)

    live(scenario())


def test_a_service_that_always_says_429_is_still_asked_now_and_then() -> None:
    async def scenario() -> None:
        slots = make_clock()
        for _ in range(100):
            slots.slow_down(1.0)
            await asyncio.sleep(2)
        sent = await times(slots, 2)
        assert sent[1] - sent[0] == pytest.approx(5.0, rel=0.05)

    live(scenario())


@pytest.mark.parametrize("uptime", [0.0, 3600.0, 1e9])
def test_a_machine_that_has_run_for_years_has_the_same_slots(uptime: float) -> None:
    async def scenario() -> None:
        slots = make_clock(uptime=uptime)
        assert (await times(slots, 2))[1] == pytest.approx(0.1, abs=1e-3)
        slots.slow_down(1.0)
        await asyncio.sleep(1e7)
        assert (await times(slots, 2))[1] == pytest.approx(0.1, abs=1e-3)

    live(scenario())


class Queue:
    """Tasks that come for a place, and the order in which they get one."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.served: list[str] = []

    def come(self, key: str) -> asyncio.Task[None]:
        async def take() -> None:
            await self.places.take(key)
            self.served.append(key)

        return asyncio.create_task(take())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_places_are_given_in_the_order_of_asking() -> None:
    async def scenario() -> None:
        queue = Queue(Places(2))
        for key in "abcdef":
            queue.come(key)
        await settle()
        assert queue.served == ["a", "b"]
        queue.places.give_back("b")
        await settle()
        queue.come("late")
        for key in ("a", "c", "d", "e", "f"):
            queue.places.give_back(key)
            await settle()
        assert queue.served == ["a", "b", "c", "d", "e", "f", "late"]

    live(scenario())


def test_a_place_is_taken_once_and_given_back_once() -> None:
    async def scenario() -> None:
        queue = Queue(Places(1))
        await queue.places.take("a")
        await queue.places.take("a")
        queue.places.give_back("a")
        queue.places.give_back("a")
        queue.come("b"), queue.come("c")
        await settle()
        assert queue.served == ["b"]

    live(scenario())


def test_tasks_that_are_at_the_service_already_count_even_beyond_the_limit() -> None:
    async def scenario() -> None:
        queue = Queue(Places(1))
        for key in ("x", "y", "y", "z"):
            queue.places.occupy(key)
        queue.come("a")
        for key in ("x", "y"):
            queue.places.give_back(key)
            await settle()
            assert queue.served == []
        queue.places.give_back("z")
        await settle()
        assert queue.served == ["a"]

    live(scenario())


def test_who_stops_waiting_leaves_the_place_to_the_next() -> None:
    async def scenario() -> None:
        queue = Queue(Places(1))
        await queue.places.take("a")
        impatient = queue.come("b")
        queue.come("c")
        await settle()
        impatient.cancel()
        await settle()
        queue.places.give_back("a")
        await settle()
        assert (queue.served, impatient.cancelled()) == (["c"], True)

    live(scenario())


def test_who_is_cancelled_together_with_the_giving_back_is_cancelled_and_loses_no_place() -> None:
    async def scenario() -> None:
        for cancel_first in (True, False):
            queue = Queue(Places(1))
            await queue.places.take("a")
            impatient = queue.come("b")
            await settle()
            if cancel_first:
                impatient.cancel()
                queue.places.give_back("a")
            else:
                queue.places.give_back("a")
                impatient.cancel()
            await settle()
            assert impatient.cancelled()
            queue.come("c")
            await settle()
            assert queue.served == ["c"]

    live(scenario())


def test_a_refused_key_pauses_every_request_and_slows_none_afterwards() -> None:
    async def scenario() -> None:
        slots = make_clock()
        slots.pause(60)
        assert await times(slots, 3) == pytest.approx([60.0, 60.1, 60.2], abs=1e-4)

    live(scenario())
