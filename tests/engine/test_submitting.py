"""One POST, one charge: what each outcome of a submit leads to."""

from __future__ import annotations

import asyncio

import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    PermissionDenied,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SoraError,
    SubmitUnsure,
)
from sora_nb.core.task import State
from tests.support.virtual_time import NOON, live, now
from tests.support.world import World


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("the key"),
        InsufficientCredits("the balance"),
        PermissionDenied("the policy"),
        ModelUnavailable("the model"),
        InvalidRequest("the input"),
        ServiceError("413", status=413),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_refused_submit_is_failed_uncharged_and_not_repeated(error: SoraError) -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [error]
        world.ask()
        record = await world.rest()
        assert record.state is State.FAILED
        assert record.failure is not None
        assert (record.failure.kind, record.failure.error) == ("refused", type(error).__name__)
        assert record.failure.code == ("413" if isinstance(error, ServiceError) else None)
        assert world.service.posts == 1

    live(scenario())


def test_what_never_left_is_sent_again_until_it_leaves_and_only_one_task_comes_of_it() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [ServiceUnreachable("no network.")] * 3
        world.ask()
        await world.until_posts(2)
        assert world.state() is State.QUEUED
        note = world.board["boat"].note
        assert note == "not sent yet: no network; tried again by itself"
        record = await world.rest()
        assert record.state is State.READY
        assert world.service.posts == 4
        assert record.task_id == "task-4"

    live(scenario())


def test_a_clear_429_is_sent_again_after_the_pause_it_asks_for() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [RateLimited("429", retry_after=20.0)]
        world.ask()
        await world.until_posts(2)
        assert 20 <= now() - NOON <= 25
        assert (await world.rest()).state is State.READY
        assert world.service.posts == 2

    live(scenario())


@pytest.mark.parametrize(
    "error", [SubmitUnsure("the answer was lost"), KeyError("what is this")], ids=repr
)
def test_a_lost_answer_is_never_sent_again(error: Exception) -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [error]
        world.ask()
        record = await world.rest()
        await asyncio.sleep(86_400)
        assert record.state is State.UNSURE
        assert record.failure is not None
        assert record.failure.kind == "lost"
        assert (world.service.posts, world.service.asked) == (1, [])

    live(scenario())


def test_more_tasks_than_places_wait_as_queued_and_come_in_order() -> None:
    async def scenario() -> None:
        world = World(concurrency=2)
        for number in range(6):
            world.ask(f"k{number}", prompt=f"boat {number}")
        await asyncio.sleep(10)
        states = [world.state(f"k{number}") for number in range(6)]
        assert states.count(State.QUEUED) == 4
        await world.engine.at_rest()
        posts = [prompt for what, prompt, *_ in world.diary if what == "POST"]
        assert posts == [f"boat {number}" for number in range(6)]
        assert all(world.state(f"k{number}") is State.READY for number in range(6))

    live(scenario())


def test_an_unsure_task_goes_on_with_the_id_that_a_person_found_or_is_forgotten() -> None:
    async def scenario() -> None:
        world = World()
        world.service.submits = [SubmitUnsure("lost"), SubmitUnsure("lost")]
        world.ask()
        world.ask("other")
        await world.rest()
        world.engine.adopt("boat", "found")
        world.engine.forget("other")
        record = await world.rest()
        assert (record.state, record.task_id) == (State.READY, "found")
        assert world.state("other") is State.FAILED
        assert world.service.posts == 2

    live(scenario())
