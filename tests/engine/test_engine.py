"""The life of one task, from its intent to its film."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sora_nb.core.errors import RateLimited, ServiceError
from sora_nb.core.task import Report, State
from tests.support.virtual_time import NOON, live, now
from tests.support.world import (
    EMPTY,
    FAILED,
    FILM,
    SUCCESS,
    URL,
    Answer,
    World,
    done_after,
)


def test_a_prompt_becomes_a_film_and_every_step_is_written_before_the_next() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        record = await world.rest()
        assert (record.state, record.film, record.urls) == (State.READY, FILM, (URL,))
        assert (record.task_id, record.failure, record.note) == ("task-1", None, None)
        assert record.service_seconds == 150
        assert [entry[0] for entry in world.diary] == [
            State.SUBMITTING,
            "POST",
            State.PENDING,
            State.PROCESSING,
            State.SAVING,
            State.READY,
        ]
        durable = {entry[0]: entry[2] for entry in world.diary if entry[0] != "POST"}
        assert [s for s, sure in durable.items() if sure] == [
            State.SUBMITTING,
            State.PENDING,
            State.SAVING,
            State.READY,
        ]

    live(scenario())


def test_the_film_of_a_usual_job_is_seen_within_seconds_for_a_few_requests() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        await world.rest()
        assert world.service.asked[-1] - (NOON + 150) < 10
        assert len(world.service.asked) < 25

    live(scenario())


def test_a_simulator_that_runs_faster_is_asked_as_often_in_its_own_time() -> None:
    async def asked(speed: float) -> int:
        world = World(speed=speed)
        world.service.script = done_after(150 / speed)
        world.ask()
        assert (await world.rest()).state is State.READY
        return len(world.service.asked)

    assert live(asked(100.0)) == live(asked(1.0))


def test_trouble_while_asking_is_a_note_and_ends_with_the_trouble() -> None:
    async def scenario() -> None:
        world = World()
        broken = ServiceError("the service answered HTTP 503.")
        world.service.script = lambda age: broken if age < 120 else done_after(200)(age)
        world.ask()
        await world.until([State.PENDING])
        await asyncio.sleep(60)
        assert world.state() is State.PENDING
        note = world.board["boat"].note
        assert note == "the service answered HTTP 503; tried again by itself"
        await world.until([State.PROCESSING])
        assert world.board["boat"].note is None
        assert (await world.rest()).state is State.READY

    live(scenario())


def test_a_429_for_a_question_slows_down_and_fails_nothing() -> None:
    async def scenario() -> None:
        world = World()
        limited = RateLimited("429", retry_after=30.0)
        world.service.script = lambda age: limited if age < 60 else SUCCESS
        world.ask()
        assert (await world.rest()).state is State.READY
        assert all(b - a >= 30 for a, b in itertools.pairwise(world.service.asked))

    live(scenario())


def test_only_the_service_says_failed() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = done_after(10, FAILED)
        world.ask()
        record = await world.rest()
        assert record.state is State.FAILED
        assert record.failure is not None
        assert (record.failure.kind, record.failure.code) == ("failed", "CONTENT_VIOLATION")
        assert now() - NOON <= 30

    live(scenario())


def test_a_success_without_a_film_is_asked_for_ten_minutes_and_then_ended_in_our_words() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = done_after(100, EMPTY)
        world.ask()
        record = await world.rest()
        assert record.state is State.FAILED
        assert record.failure is not None
        assert record.failure.kind == "gave_up"
        first = next(at for at in world.service.asked if at >= NOON + 100)
        assert 600 <= now() - first <= 700

    live(scenario())


def test_a_success_whose_film_comes_late_is_ready() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = lambda age: SUCCESS if age > 600 else done_after(100, EMPTY)(age)
        world.ask()
        assert (await world.rest()).state is State.READY

    live(scenario())


def test_an_unknown_state_rests_after_an_hour_and_says_why() -> None:
    async def scenario() -> None:
        world = World()
        odd = Report(state="curing", problem="the service gave the unknown state 'curing'")
        world.service.script = lambda age: odd
        world.ask()
        record = await world.rest()
        assert record.state is State.STOPPED
        assert record.note == "the service gave the unknown state 'curing'; asked for an hour"
        assert 3600 <= now() - NOON <= 3800

    live(scenario())


def test_the_time_of_an_unknown_state_does_not_count_against_a_success_without_a_film() -> None:
    async def scenario() -> None:
        world = World()
        odd = Report(state="curing", problem="an unknown state")

        def script(age: float) -> Answer:
            return odd if age < 1800 else EMPTY if age < 2200 else SUCCESS

        world.service.script = script
        world.ask()
        assert (await world.rest()).state is State.READY

    live(scenario())


def test_an_error_of_our_own_is_a_note_and_ends_no_task(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        world = World()
        world.media.saves = [ZeroDivisionError("a bug")]
        world.ask()
        assert (await world.rest()).state is State.READY
        assert "task boat: an error of sora_nb itself" in caplog.text

    live(scenario())
