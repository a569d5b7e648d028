"""What a new kernel does with the tasks of an earlier one, and two kernels with one journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sora_nb.core.errors import InvalidRequest
from sora_nb.core.lifecycle import (
    Accepted,
    Event,
    Reported,
    Sending,
    Stopped,
    Watched,
    advance,
    new_record,
)
from sora_nb.core.task import Report, State, TaskRecord, VideoRequest
from sora_nb.engine.outcome import lost
from sora_nb.engine.ports import Journal as JournalPort
from sora_nb.storage.journal.journal import Journal
from tests.support.virtual_time import NOON, live, now
from tests.support.world import SERVICE, SUCCESS, World

ACCEPTED = Accepted(task_id="task-0")
PROCESSING = Reported(report=Report(state="processing"))
ROADS: dict[State, list[Event]] = {
    State.QUEUED: [],
    State.SUBMITTING: [Sending()],
    State.PENDING: [Sending(), ACCEPTED],
    State.PROCESSING: [Sending(), ACCEPTED, PROCESSING],
    State.SAVING: [Sending(), ACCEPTED, Reported(report=SUCCESS)],
    State.STOPPED: [Sending(), ACCEPTED, Stopped()],
}


def record_in(state: State, key: str = "boat") -> TaskRecord:
    record = new_record(key, VideoRequest(prompt="a paper boat"), service=SERVICE, now=NOON - 60)
    for event in ROADS[state]:
        record = advance(record, event, NOON - 50)
    return record


@pytest.mark.parametrize("state", sorted(ROADS))
def test_a_restarted_kernel_takes_a_task_up_where_it_was_and_pays_nothing_twice(
    state: State,
) -> None:
    async def scenario() -> None:
        world = World()
        record = record_in(state)
        world.memory.create(record, reuse=False)
        world.engine.resume([record])
        ended = await world.rest()
        if state is State.SUBMITTING:
            assert ended.state is State.UNSURE
            assert ended.failure is not None
            assert ended.failure.message == "its kernel ended while it was being sent"
            assert world.service.posts == 0
        else:
            assert ended.state is State.READY
            assert world.service.posts == (1 if state is State.QUEUED else 0)
            assert ended.task_id == ("task-1" if state is State.QUEUED else "task-0")

    live(scenario())


def test_a_task_that_another_kernel_stopped_is_taken_up_where_it_is_still_followed() -> None:
    async def scenario() -> None:
        world = World()
        record = record_in(State.PENDING)
        world.memory.create(record, reuse=False)
        world.engine.resume([record])
        stopped = advance(record, Stopped(), now())
        world.memory.replace(record, stopped, durable=True)
        world.engine.resume([stopped])
        assert (await world.rest()).state is State.READY
        assert world.service.posts == 0

    live(scenario())


def test_a_job_that_ended_while_no_kernel_ran_is_seen_at_once() -> None:
    async def scenario() -> None:
        world = World()
        record = record_in(State.PENDING)
        world.memory.create(record, reuse=False)
        await asyncio.sleep(86_400)
        world.engine.resume([record])
        await world.rest()
        assert now() - NOON - 86_400 < 90

    live(scenario())


def test_resuming_twice_lives_each_task_once() -> None:
    async def scenario() -> None:
        world = World()
        record = record_in(State.QUEUED)
        world.memory.create(record, reuse=False)
        world.engine.resume([record])
        await asyncio.sleep(1)
        world.engine.resume([world.memory.rows["boat"]])
        assert (await world.rest()).state is State.READY
        assert world.service.posts == 1

    live(scenario())


@pytest.mark.parametrize("state", [State.SUBMITTING, State.STOPPED])
def test_a_task_that_another_kernel_resumed_a_moment_ago_is_left_as_it_made_it(
    state: State,
) -> None:
    async def scenario() -> None:
        seen, world = record_in(state), World()
        theirs = advance(seen, lost("theirs") if state is State.SUBMITTING else Watched(), NOON)
        world.memory.create(theirs, reuse=False)
        world.engine.resume([seen])
        assert world.memory.rows["boat"] == theirs == world.board["boat"]
        await world.engine.close()

    live(scenario())


def test_what_the_journal_could_not_be_told_is_not_undone_by_a_resume() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        await world.until([State.SUBMITTING, State.PENDING])
        world.memory.rows["boat"] = record_in(State.SUBMITTING)
        world.store._rows["boat"] = world.memory.rows["boat"]
        await world.engine.stop("boat")
        world.memory.broken = True
        world.engine.watch("boat")
        assert (await world.rest()).state is State.READY
        world.engine.resume([record_in(State.SUBMITTING)])
        assert world.state() is State.READY

    live(scenario())


def test_two_kernels_with_one_journal_send_one_post(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "journal.sqlite3"
        one, two = World(Journal(path, clock=now)), World(Journal(path, clock=now))
        request = VideoRequest(prompt="a paper boat")
        for world, key in ((one, "boat"), (two, "boat2")):
            record = new_record(key, request, service=SERVICE, now=now())
            found = world.store.create(record, reuse=True)
            assert found.key == "boat"
            world.engine.start(found)
        await asyncio.gather(one.engine.at_rest(), two.engine.at_rest())
        assert one.service.posts + two.service.posts == 1
        for world in (one, two):
            assert world.state() is State.READY
        await one.engine.close()
        await two.engine.close()

    live(scenario())


def _second_kernel(first: World, journal: JournalPort) -> World:
    second = World(journal)
    second.service._accepted = first.service._accepted
    return second


def test_a_task_that_another_kernel_is_sending_is_neither_sent_nor_stopped_here() -> None:
    async def scenario() -> None:
        one = World()
        two = _second_kernel(one, one.memory)

        async def answer_late() -> str:
            await asyncio.sleep(20)
            return "task-1"

        one.service.submits = [answer_late]
        one.ask()
        await one.until([State.SUBMITTING])
        two.engine.start(one.memory.rows["boat"])
        await asyncio.sleep(5)
        with pytest.raises(InvalidRequest, match="sent by another kernel"):
            await two.engine.stop("boat")
        await asyncio.gather(one.engine.at_rest(), two.engine.at_rest())
        assert (one.state(), two.state()) == (State.READY, State.READY)
        assert (one.service.posts, two.service.posts) == (1, 0)

    live(scenario())


def test_a_task_whose_sender_went_silent_is_unsure_two_minutes_later() -> None:
    async def scenario() -> None:
        world = World()
        record = advance(record_in(State.QUEUED), Sending(), NOON)
        world.memory.create(record, reuse=False)
        world.engine.start(record)
        ended = await world.rest()
        assert ended.state is State.UNSURE
        assert 120 <= now() - NOON < 130
        assert world.service.posts == 0

    live(scenario())


def test_the_answer_of_a_slow_sender_counts_although_another_kernel_gave_it_up() -> None:
    async def scenario() -> None:
        one = World()
        two = _second_kernel(one, one.memory)

        async def answer_late() -> str:
            await asyncio.sleep(20)
            return "task-1"

        one.service.submits = [answer_late]
        one.ask()
        await one.until([State.SUBMITTING])
        two.engine.resume([one.memory.rows["boat"]])
        assert two.state() is State.UNSURE
        await one.engine.at_rest()
        row = one.memory.rows["boat"]
        assert (row.state, row.task_id) == (State.READY, "task-1")

    live(scenario())


def test_a_journal_that_cannot_be_written_sends_nothing_until_it_can() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        world.memory.broken = True
        await asyncio.sleep(60)
        assert (world.state(), world.service.posts) == (State.QUEUED, 0)
        note = world.board["boat"].note
        assert note == "not sent: the journal cannot be written; tried again by itself"
        world.memory.broken = False
        assert (await world.rest()).state is State.READY
        assert world.service.posts == 1

    live(scenario())


def test_a_journal_that_breaks_behind_a_post_is_told_as_soon_as_it_can_be() -> None:
    async def scenario() -> None:
        world = World()

        async def accepted() -> str:
            world.memory.broken = True
            return "task-1"

        world.service.submits = [accepted]
        world.ask()
        await world.until([State.PROCESSING])
        assert world.memory.rows["boat"].state is State.SUBMITTING
        world.memory.broken = False
        await asyncio.sleep(3)
        assert world.memory.rows["boat"].task_id == "task-1"
        await world.engine.close()

    live(scenario())


def test_a_kernel_that_cannot_read_the_journal_goes_on_watching() -> None:
    async def scenario() -> None:
        one = World()
        two = _second_kernel(one, one.memory)
        record = advance(record_in(State.QUEUED), Sending(), NOON)
        one.memory.create(record, reuse=False)
        two.engine.start(record)
        one.memory.broken = True
        await asyncio.sleep(30)
        one.memory.broken = False
        assert (await two.rest()).state is State.UNSURE

    live(scenario())
