"""The life of one task, from its intent to its film."""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools

import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    DownloadError,
    InsufficientCredits,
    InvalidRequest,
    LinkExpired,
    ModelUnavailable,
    PermissionDenied,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SoraError,
    SubmitUnsure,
)
from sora_nb.core.task import UNFINISHED, Report, State, TaskRecord

from .virtual_time import NOON, live, now
from .world import (
    EMPTY,
    FAILED,
    FILM,
    PROCESSING,
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


def test_a_cut_download_is_tried_again_and_the_task_stays_alive() -> None:
    async def scenario() -> None:
        world = World()
        world.media.saves = [DownloadError("the connection ended."), DownloadError("disk full.")]
        world.ask()
        await world.until([State.SAVING])
        await asyncio.sleep(0.1)
        note = world.board["boat"].note
        assert note == "not saved yet: the connection ended; tried again by itself"
        assert (await world.rest()).state is State.READY
        assert len(world.media.tried) == 3

    live(scenario())


def test_after_trouble_with_one_link_the_next_of_them_is_tried() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = done_after(50, Report(state="success", urls=(URL, URL + "2")))
        world.media.saves = [DownloadError("cut")]
        world.ask()
        assert (await world.rest()).state is State.READY
        assert world.media.tried == [URL, URL + "2"]

    live(scenario())


def test_an_expired_link_is_asked_for_anew() -> None:
    async def scenario() -> None:
        world = World()
        fresh = Report(state="success", urls=(URL + "?fresh",))
        world.service.script = lambda age: fresh if world.media.tried else SUCCESS
        world.media.saves = [LinkExpired("403")]
        world.ask()
        record = await world.rest()
        assert record.state is State.READY
        assert world.media.tried == [URL, URL + "?fresh"]

    live(scenario())


def test_a_host_that_refuses_every_fresh_link_is_not_hammered() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = lambda age: Report(
            state="success", urls=(f"{URL}?signed={len(world.media.tried)}",)
        )
        world.media.saves = [LinkExpired("403")] * 1000
        world.ask()
        await world.until([State.SAVING])
        await asyncio.sleep(600)
        assert 10 < len(world.media.tried) < 60
        await world.engine.close()

    live(scenario())


def test_a_link_that_dies_for_good_ends_the_task_in_our_words() -> None:
    async def scenario() -> None:
        world = World()
        finished = round((NOON - 15 * 86_400 + 3600) * 1000)  # the task was taken up late
        report = Report(state="success", urls=(URL,), completed_ms=finished)
        world.service.script = lambda age: report
        world.media.saves = [LinkExpired("the link no longer answers (410).")] * 1000
        world.ask()
        record = await world.rest()
        assert record.state is State.FAILED
        assert record.failure is not None
        assert (record.failure.kind, record.failure.error) == ("gave_up", "LinkExpired")
        assert 3600 <= now() - NOON < 3700

    live(scenario())


def test_more_tasks_than_places_wait_as_queued_and_come_in_order() -> None:
    async def scenario() -> None:
        world = World(places=2)
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


def test_an_error_of_our_own_is_a_note_and_ends_no_task(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        world = World()
        world.media.saves = [ZeroDivisionError("a bug")]
        world.ask()
        assert (await world.rest()).state is State.READY
        assert "task boat: an error of sora_nb itself" in caplog.text

    live(scenario())


@pytest.mark.parametrize("state", sorted(UNFINISHED))
def test_a_task_can_be_stopped_in_every_state_and_watched_again(state: State) -> None:
    async def scenario() -> None:
        world = World(places=1)
        held = _hold_at(world, state)
        if state is State.QUEUED:
            world.engine._places.occupy("another")
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
        world.engine._places.give_back("another")
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


def test_stopping_a_task_gives_its_place_to_the_next_one() -> None:
    async def scenario() -> None:
        world = World(places=1)
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
        world = World(places=1)
        for number in range(4):
            world.ask(f"k{number}")
        await asyncio.sleep(5)
        began = now()
        await world.engine.close()
        assert now() - began < 1
        assert all(life.done() for life in world.engine._lives.values())
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


def test_the_film_of_a_finished_task_that_vanished_is_fetched_again_while_its_link_lives() -> None:
    async def scenario() -> None:
        world = World()
        world.ask()
        record = await world.rest()
        assert world.engine.recover(record) == record
        world.media.there.clear()
        world.engine.start(world.engine.recover(record))
        assert world.state() is State.SAVING
        assert (await world.rest()).state is State.READY
        world.media.there.clear()
        await asyncio.sleep(16 * 86_400)
        with pytest.raises(LinkExpired, match="boat"):
            world.engine.recover(world.board["boat"])
        assert world.service.posts == 1

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
