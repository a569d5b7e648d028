"""A stopped batch sends nothing more, whatever comes back from the wire, and keeps what is paid."""

from __future__ import annotations

import asyncio

import pytest

from sora_nb.core.errors import RateLimited, ServiceUnreachable
from sora_nb.core.lifecycle import Sending, advance
from sora_nb.core.task import State
from tests.support.virtual_time import VirtualLoop, live, now
from tests.support.world import World

from .test_batch import batch_of, rest, states, write_down


def test_a_stop_spares_what_was_not_sent_and_keeps_what_is_paid_for() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 8)
        batch = batch_of(world, keys, concurrency=3)
        await world.until_posts(3)
        await batch.stop()
        assert batch.is_empty
        assert states(world, keys)[3:] == [State.STOPPED] * 5
        assert {world.board[key].note for key in keys[3:]} == {"stopped before it was sent"}
        await rest(world, batch)
        assert states(world, keys)[:3] == [State.READY] * 3
        assert world.service.posts == 3

    live(scenario())


def test_a_stop_goes_on_watching_what_is_sent_while_it_stops_others() -> None:
    async def scenario(steps: int) -> None:
        world = World()

        async def slow() -> str:
            await asyncio.sleep(1)
            return f"task {world.service.posts} at {now()}"

        world.service.submits = [slow] * 30
        keys = write_down(world, 30)
        batch = batch_of(world, keys, concurrency=30)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        await asyncio.sleep(0.02)
        loop.come_late(0.09)  # several slots at once: many POSTs are about to leave
        for _ in range(steps):
            await asyncio.sleep(0)
        await batch.stop()
        await rest(world, batch)
        assert set(states(world, keys)) == {State.READY, State.STOPPED}
        paid = [key for key in keys if world.board[key].task_id is not None]
        assert set(states(world, paid)) == {State.READY}
        assert len(paid) == world.service.posts

    for steps in range(4):
        live(scenario(steps))


def test_a_stop_reaches_tasks_that_wait_for_their_turn_in_the_engine() -> None:
    async def scenario() -> None:
        world = World(concurrency=2)
        keys = write_down(world, 6)
        batch = batch_of(world, keys, concurrency=6)
        await world.until_posts(2)
        await batch.stop()
        await rest(world, batch)
        assert states(world, keys) == [State.READY] * 2 + [State.STOPPED] * 4
        assert world.service.posts == 2

    live(scenario())


@pytest.mark.parametrize("turned_away", [RateLimited("429"), ServiceUnreachable("refused")])
def test_what_comes_back_from_the_wire_unsent_after_a_stop_is_not_sent_again(
    turned_away: Exception,
) -> None:
    async def scenario() -> None:
        world = World()

        async def late() -> str:
            await asyncio.sleep(1)
            raise turned_away

        async def accepted() -> str:
            await asyncio.sleep(1)
            return "paid"

        world.service.submits = [late, accepted, late]
        keys = write_down(world, 8)
        batch = batch_of(world, keys, concurrency=3)
        await world.until_posts(3)
        began = now()
        await batch.stop()
        assert now() - began < 1.1, "all are waited for together"
        assert states(world, keys)[0] is states(world, keys)[2] is State.STOPPED
        assert world.board[keys[0]].note == "stopped before it was sent"
        await rest(world, batch)
        await asyncio.sleep(3600)
        assert world.service.posts == 3
        assert states(world, keys) == [
            State.STOPPED, State.READY, *[State.STOPPED] * 6
        ]  # fmt: skip

    live(scenario())


def test_a_stop_that_another_kernel_forestalls_stops_the_others() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 8)
        batch = batch_of(world, keys, concurrency=2)
        await world.until_posts(2)
        theirs = world.memory.rows[keys[4]]
        world.memory.rows[keys[4]] = advance(theirs, Sending(), now())
        await batch.stop()
        assert world.state(keys[4]) is State.SUBMITTING
        assert set(states(world, [*keys[2:4], *keys[5:]])) == {State.STOPPED}

    live(scenario())
