"""Many tasks go to the service a few at a time, in order; what was not sent can be held back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sora_nb.core.errors import AuthenticationError, InsufficientCredits, PermissionDenied
from sora_nb.core.lifecycle import Accepted, Sending, new_record
from sora_nb.core.task import State, VideoRequest
from sora_nb.engine.batch import Batch
from tests.support.virtual_time import live, now
from tests.support.world import SERVICE, World, done_after


def write_down(world: World, count: int, *, first: int = 0) -> list[str]:
    """So many queued tasks, in the journal and on the board."""
    keys = []
    for number in range(first, first + count):
        record = new_record(
            f"k{number:04}", VideoRequest(prompt=f"boat {number}"), service=SERVICE, now=now()
        )
        keys.append(world.store.create(record, reuse=False).key)
    return keys


def batch_of(world: World, keys: Sequence[str], concurrency: int = 3) -> Batch:
    batch = Batch(concurrency, engine=world.engine, store=world.store, board=world.board)
    batch.add(keys)
    return batch


def states(world: World, keys: Sequence[str]) -> list[State]:
    return [world.state(key) for key in keys]


async def rest(world: World, batch: Batch) -> None:
    await batch.all_handed_over()
    await world.engine.at_rest()


def at_the_service(world: World, keys: Sequence[str]) -> int:
    there = (State.SUBMITTING, State.PENDING, State.PROCESSING, State.SAVING)
    return sum(state in there for state in states(world, keys))


def test_at_most_so_many_are_under_way_and_all_come_to_their_end_in_order() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 20)
        batch = batch_of(world, keys, concurrency=3)
        most = 0
        while not batch.is_empty:
            most = max(most, at_the_service(world, keys))
            await asyncio.sleep(0.5)
        await rest(world, batch)
        assert most == 3
        assert set(states(world, keys)) == {State.READY}
        posted = [entry[1] for entry in world.diary if entry[0] == "POST"]
        assert posted == [f"boat {number}" for number in range(20)]

    live(scenario())


def test_a_pause_holds_back_what_was_not_sent_and_the_others_go_on() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 10)
        batch = batch_of(world, keys, concurrency=4)
        await world.until_posts(4)
        batch.pause()
        await asyncio.sleep(3600)
        assert states(world, keys) == [State.READY] * 4 + [State.QUEUED] * 6
        assert batch.held == set(keys[4:])
        batch.resume()
        await rest(world, batch)
        assert set(states(world, keys)) == {State.READY}
        assert world.service.posts == 10

    live(scenario())


def test_a_pause_is_felt_at_once_even_where_all_may_be_at_the_service() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 1000)
        batch = batch_of(world, keys, concurrency=1000)
        await world.until_posts(1)
        batch.pause()
        await asyncio.sleep(3600)
        assert world.service.posts < 100
        batch.resume()
        began = now()
        await world.until_posts(1000)
        assert now() - began < 1.2 * 1000 / 133.3, "as fast as the request slots allow"
        await rest(world, batch)

    live(scenario())


def test_a_thousand_tasks_come_to_their_end() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 1000)
        batch = batch_of(world, keys, concurrency=100)
        await rest(world, batch)
        assert set(states(world, keys)) == {State.READY}
        assert world.service.posts == 1000

    live(scenario())


@pytest.mark.parametrize("refusal", [AuthenticationError("401"), InsufficientCredits("402")])
def test_when_key_or_account_are_refused_the_others_are_not_sent(refusal: Exception) -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 50)
        world.service.submits = ["id-0", refusal, "id-2"]
        batch = batch_of(world, keys, concurrency=3)
        await rest(world, batch)
        assert states(world, keys)[:3] == [State.READY, State.FAILED, State.READY]
        assert set(states(world, keys)[3:]) == {State.STOPPED}
        assert world.service.posts == 3
        assert f"not sent: {refusal}" in {world.board[key].note for key in keys[3:]}

    live(scenario())


def test_one_refused_prompt_stops_no_other() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 6)
        world.service.submits = [PermissionDenied("403")]
        batch = batch_of(world, keys, concurrency=2)
        await rest(world, batch)
        assert states(world, keys) == [State.FAILED] + [State.READY] * 5

    live(scenario())


def test_what_an_earlier_kernel_sent_is_watched_at_once_and_counts() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 6)
        world.service.script = done_after(300)
        for key in keys[2:5]:
            world.store.apply(key, Sending())
            world.store.apply(key, Accepted(task_id=f"old-{key}"))
            world.service._accepted[f"old-{key}"] = now()
        batch = batch_of(world, keys, concurrency=3)
        await asyncio.sleep(100)
        assert world.service.posts == 0, "three are at the service already"
        assert world.service.asked, "and they are asked about"
        await rest(world, batch)
        assert set(states(world, keys)) == {State.READY}
        assert world.service.posts == 3

    live(scenario())


def test_what_a_dead_kernel_was_sending_holds_up_no_other() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 6)
        for key in keys[:2]:
            world.store.apply(key, Sending())
        batch = batch_of(world, keys, concurrency=2)
        await asyncio.sleep(5)
        assert world.service.posts == 2
        await world.until([State.READY], keys[-1])
        assert states(world, keys) == [State.UNSURE] * 2 + [State.READY] * 4
        assert world.service.posts == 4
        await rest(world, batch)

    live(scenario())


def test_another_batch_takes_over_what_this_one_holds_back() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 10)
        first = batch_of(world, keys, concurrency=2)
        await world.until_posts(2)
        first.pause()
        second = batch_of(world, keys, concurrency=2)
        first.release(keys)
        assert first.is_empty
        await rest(world, second)
        assert set(states(world, keys)) == {State.READY}
        assert world.service.posts == 10

    live(scenario())


def test_a_task_that_somebody_stopped_meanwhile_is_left_alone() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 4)
        batch = batch_of(world, keys, concurrency=1)
        await world.until_posts(1)
        await world.engine.stop(keys[2])
        await rest(world, batch)
        assert states(world, keys) == [State.READY, State.READY, State.STOPPED, State.READY]

    live(scenario())


def test_tasks_that_are_added_later_share_the_same_places() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 8)
        batch = batch_of(world, keys[:4], concurrency=2)
        await world.until_posts(3)
        batch.add(keys[2:])
        most = 0
        while not batch.is_empty:
            most = max(most, at_the_service(world, keys))
            await asyncio.sleep(0.5)
        await rest(world, batch)
        assert most == 2
        assert set(states(world, keys)) == {State.READY}
        assert world.service.posts == 8
        (more,) = write_down(world, 1, first=8)
        batch.add([more])
        await rest(world, batch)
        assert world.state(more) is State.READY

    live(scenario())


def test_tasks_that_are_added_long_after_the_others_ended_find_free_places() -> None:
    async def scenario() -> None:
        world = World()
        keys = write_down(world, 4)
        batch = batch_of(world, keys, concurrency=2)
        await rest(world, batch)
        await asyncio.sleep(60)
        more = write_down(world, 5, first=4)
        batch.add(more)
        await asyncio.sleep(3600)
        assert set(states(world, more)) == {State.READY}

    live(scenario())
