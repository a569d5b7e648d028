"""A service that loses answers: a batch pauses after a few, and a person decides about the rest.

Each lost answer may be a film that is paid for: docs/design/charges.md, "An outage".
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from typing import Any

import pytest

from sora_nb.core.errors import PermissionDenied, ServiceError, SubmitUnsure
from sora_nb.core.task import State
from sora_nb.engine.batch import FIRST, LOST, UNSENT, Batch
from tests.support.virtual_time import live
from tests.support.world import World

from .test_batch import batch_of, rest, states, write_down

DOWN = SubmitUnsure("the service answered with status 502.")


def count(world: World, keys: list[str], state: State) -> int:
    return states(world, keys).count(state)


@pytest.mark.parametrize("concurrency", [1, 5, 1000])
def test_in_an_outage_a_few_are_lost_and_the_others_are_held_back(concurrency: int) -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN] * 200
        keys = write_down(world, 200)
        batch = batch_of(world, keys, concurrency)
        await asyncio.sleep(3600)
        lost = count(world, keys, State.UNSURE)
        assert LOST <= lost <= FIRST
        assert world.service.posts == lost
        assert len(batch.held) == 200 - lost
        assert batch.paused
        assert batch.outage is not None
        assert batch.outage.message == (
            f"the last {lost} submits had no usable answer (the service answered with status 502): "
            f"they may be charged and rest as unsure. {200 - lost} films are held back, not sent."
        )
        assert "sweep.resume()" in batch.outage.advice
        assert "sweep.stop()" in batch.outage.advice

    live(scenario())


def test_answers_that_never_come_are_at_most_as_many_at_a_time_as_before_the_first_acceptance() -> (
    None
):
    async def scenario() -> None:
        world = World()

        async def silence() -> str:
            await asyncio.sleep(60)
            raise SubmitUnsure("no answer in 60 s.")

        world.service.submits = [silence] * 100
        keys = write_down(world, 100)
        batch = batch_of(world, keys, 100)
        await asyncio.sleep(30)
        assert world.service.posts == FIRST
        await asyncio.sleep(3600)
        assert world.service.posts == FIRST
        assert batch.paused

    live(scenario())


def test_an_outage_in_the_middle_is_felt_too() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [*(f"paid {n}" for n in range(40)), *[DOWN] * 200]
        keys = write_down(world, 240)
        batch = batch_of(world, keys, 1000)
        await asyncio.sleep(3600)
        assert count(world, keys, State.READY) == 40
        assert LOST <= count(world, keys, State.UNSURE) <= UNSENT
        assert batch.paused

    live(scenario())


def test_lost_answers_between_accepted_ones_hold_nothing_up() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN, DOWN, "paid"] * 20
        keys = write_down(world, 60)
        batch = batch_of(world, keys, 5)
        await rest(world, batch)
        assert (count(world, keys, State.UNSURE), count(world, keys, State.READY)) == (40, 20)
        assert not batch.paused

    live(scenario())


def test_a_refusal_is_no_lost_answer_and_no_acceptance() -> None:
    async def scenario() -> None:
        world = World()
        refused = PermissionDenied("403")
        world.service.submits = [DOWN, refused, DOWN, refused, *[DOWN] * 90]
        keys = write_down(world, 60)
        batch = batch_of(world, keys, 1)
        await asyncio.sleep(3600)
        assert states(world, keys)[:5] == [
            State.UNSURE, State.FAILED, State.UNSURE, State.FAILED, State.UNSURE,
        ]  # fmt: skip
        assert world.service.posts == 5
        assert batch.paused

    live(scenario())


def test_who_goes_on_sends_a_few_again_and_the_count_begins_anew() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN] * (2 * LOST)
        keys = write_down(world, 30)
        batch = batch_of(world, keys, 1)
        await asyncio.sleep(60)
        assert world.service.posts == LOST
        batch.resume()
        await asyncio.sleep(60)
        assert world.service.posts == 2 * LOST
        assert batch.outage is not None
        batch.resume()
        await rest(world, batch)
        assert count(world, keys, State.READY) == 30 - 2 * LOST
        assert batch.outage is None

    live(scenario())


def test_who_stops_leaves_the_others_unsent_and_what_is_added_later_is_sent() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN] * FIRST
        keys = write_down(world, 30)
        batch = batch_of(world, keys, 30)
        await asyncio.sleep(60)
        await batch.stop()
        assert batch.outage is None
        assert not batch.paused
        assert count(world, keys, State.STOPPED) == 30 - FIRST
        more = write_down(world, 10, first=30)
        batch.add(more)
        await rest(world, batch)
        assert set(states(world, more)) == {State.READY}

    live(scenario())


def waiter(world: World, key: str) -> concurrent.futures.Future[Any]:
    found: concurrent.futures.Future[Any] = concurrent.futures.Future()
    world.board.wait_finished(key, found)
    return found


def test_who_waits_for_a_film_that_is_held_back_is_told_why() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN] * FIRST
        keys = write_down(world, 30)
        early = waiter(world, keys[-1])
        batch = batch_of(world, keys, 30)
        await asyncio.sleep(60)
        more = write_down(world, 1, first=30)
        batch.add(more)
        for waiting in (early, waiter(world, keys[-1]), waiter(world, more[0])):
            assert isinstance(waiting.exception(0), ServiceError)
        batch.resume()
        after = waiter(world, keys[-1])
        assert not after.done()
        await rest(world, batch)
        assert after.result(0).state is State.READY

    live(scenario())


def test_a_film_that_somebody_else_takes_over_is_held_up_no_longer() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [DOWN] * FIRST
        keys = write_down(world, 30)
        first = batch_of(world, keys, 30)
        await asyncio.sleep(60)
        taken = keys[10:20]
        second = Batch(30, engine=world.engine, store=world.store, board=world.board)
        first.release(taken)
        second.add(taken)
        assert not waiter(world, taken[0]).done()
        world.engine.start(world.board[keys[25]])
        await rest(world, second)
        assert set(states(world, taken)) == {State.READY}
        assert waiter(world, keys[25]).result(0).state is State.READY
        first.release(keys)
        assert first.outage is None

    live(scenario())
