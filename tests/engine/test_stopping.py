"""Stopping one task, and closing everything."""

from __future__ import annotations

import asyncio
import concurrent.futures

import pytest

from sora_nb.core.errors import DownloadError, InvalidRequest, SoraError
from sora_nb.core.lifecycle import Accepted, Sending, advance
from sora_nb.core.task import UNFINISHED, Film, Report, State, TaskRecord
from tests.support.virtual_time import live, now
from tests.support.world import FILM, PROCESSING, SUCCESS, World


@pytest.mark.parametrize("state", sorted(UNFINISHED))
def test_a_task_can_be_stopped_in_every_state_and_watched_again(state: State) -> None:
    async def scenario() -> None:
        world = World(concurrency=1)
        held = _hold_at(world, state)
        if state is State.QUEUED:
            world.engine._concurrency.occupy("another")
        world.ask()
        await world.until([state])
        stopping = asyncio.create_task(world.engine.stop("boat"))
        if state is State.SUBMITTING:
            await asyncio.sleep(30)
            assert world.state() is State.SUBMITTING, "its answer is worth money"
        held.set()
        await stopping
        assert world.state() is State.STOPPED
        asked = len(world.service.asked)
        await asyncio.sleep(1000)
        assert (world.state(), len(world.service.asked)) == (State.STOPPED, asked)
        world.engine._concurrency.give_back("another")
        world.engine.watch("boat")
        record = await world.rest()
        assert (record.state, world.service.posts) == (State.READY, 1)

    live(scenario())


def _hold_at(world: World, state: State) -> asyncio.Event:
    """Keep the task in ``state`` until the event is set."""
    held = asyncio.Event()

    async def answer_late() -> str:
        await held.wait()
        return "task-1"

    if state is State.SUBMITTING:
        world.service.submits = [answer_late]
    if state is State.PENDING:
        world.service.script = lambda age: SUCCESS if held.is_set() else Report(state="pending")
    if state is State.PROCESSING:
        world.service.script = lambda age: SUCCESS if held.is_set() else PROCESSING
    if state is State.SAVING:
        world.media.saves = [DownloadError("cut")] * 3
    return held


def test_a_task_that_another_kernel_began_to_send_meanwhile_is_watched_and_not_stopped() -> None:
    async def scenario() -> None:
        world = World(concurrency=0)
        world.ask()
        theirs = advance(world.memory.rows["boat"], Sending(), now())
        world.memory.rows["boat"] = theirs
        with pytest.raises(InvalidRequest, match="being sent by another kernel"):
            await world.engine.stop("boat")
        world.memory.rows["boat"] = advance(theirs, Accepted(task_id="their id"), now())
        record = await world.rest()
        assert (record.state, record.task_id, world.service.posts) == (State.READY, "their id", 0)

    live(scenario())


def test_stopping_a_task_gives_its_place_to_the_next_one() -> None:
    async def scenario() -> None:
        world = World(concurrency=1)
        world.ask("first")
        await world.until([State.PENDING, State.PROCESSING], "first")
        world.ask("second")
        await asyncio.sleep(1)
        assert world.state("second") is State.QUEUED
        await world.engine.stop("first")
        await world.engine.at_rest()
        assert world.state("second") is State.READY

    live(scenario())


def test_closing_waits_for_the_answer_to_a_post_and_sends_nothing_new() -> None:
    async def scenario() -> None:
        world = World()

        async def answer_late() -> str:
            await asyncio.sleep(3)
            return "paid"

        world.service.submits = [answer_late]
        world.ask()
        await world.until([State.SUBMITTING])
        for number in range(500):  # these wait for their slots while the client closes
            world.ask(f"later{number}")
        await asyncio.sleep(0)
        posts = world.service.posts
        began = now()
        await world.engine.close()
        assert now() - began < 4, "the answer was there after 3 seconds"
        assert world.memory.rows["boat"].task_id == "paid"
        assert world.service.posts == posts
        assert world.service.closed
        assert world.memory.closed

    live(scenario())


def test_a_post_that_outlasts_the_patience_of_closing_is_written_down_as_unsure() -> None:
    async def scenario() -> None:
        world = World()

        async def answer_never() -> str:
            await asyncio.sleep(1e6)
            return "too late"

        world.service.submits = [answer_never]
        world.ask()
        await world.until([State.SUBMITTING])
        await world.engine.close()
        row = world.memory.rows["boat"]
        assert row.state is State.UNSURE
        assert row.failure is not None
        assert row.failure.message == "cancelled while it was being sent"

    live(scenario())


def test_closing_ends_tasks_that_wait_for_a_place() -> None:
    async def scenario() -> None:
        world = World(concurrency=1)
        for number in range(4):
            world.ask(f"k{number}")
        await asyncio.sleep(5)
        began = now()
        await world.engine.close()
        assert now() - began < 1
        await world.engine.at_rest()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert world.memory.rows["k3"].state is State.QUEUED

    live(scenario())


def test_who_waits_for_a_task_is_told_when_its_client_closes() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        await asyncio.sleep(5)
        waiter: concurrent.futures.Future[TaskRecord] = concurrent.futures.Future()
        world.board.wait_finished("boat", waiter)
        await world.engine.close()
        with pytest.raises(SoraError, match="nobody watches it here"):
            waiter.result(0)

    live(scenario())


def test_a_step_that_ends_while_its_task_is_stopped_begins_nothing_anew() -> None:
    """A download may end in its own words when it is cancelled: the disk was full just then."""

    async def scenario() -> None:
        world = World()
        under_way: list[str] = []
        most = 0

        async def save(record: TaskRecord, *_given: object, **_named: object) -> Film:
            nonlocal most
            under_way.append(record.key)
            most = max(most, len(under_way))
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                raise DownloadError("the disk is full") from None
            finally:
                under_way.remove(record.key)
            return FILM

        world.media.save = save  # type: ignore[method-assign]
        world.ask()
        await world.until([State.SAVING])
        stopping = asyncio.create_task(world.engine.stop("boat"))
        await asyncio.sleep(0)
        world.engine.start(world.board["boat"])
        await stopping
        assert world.state() is State.STOPPED
        world.engine.watch("boat")
        assert (await world.rest()).state is State.READY
        assert most == 1

    live(scenario())
