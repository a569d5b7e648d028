"""What the user's own jobs taught: learned as they end, and again from the journal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sora_nb.core.lifecycle import Accepted, Reported, Sending, Stopped, advance, new_record
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import Report, State, TaskRecord, VideoRequest
from sora_nb.engine.board import Board
from sora_nb.engine.job_times import DOCUMENTED, JobTimes, documented, source_of
from sora_nb.storage.journal.journal import Journal
from tests.support.virtual_time import NOON, live
from tests.support.world import EMPTY, FAILED, SERVICE, SUCCESS, World, done_after

PROCESSING = Report(state="processing")


def ended(key: str = "boat", *, at: float = 150.0, **fields: object) -> TaskRecord:
    """A task whose end was seen between 5 s before the age ``at`` and ``at``."""
    asked = {"prompt": "a boat", "duration": fields.pop("duration", 4)}
    asked["model"] = fields.pop("model", "sora-2")
    record = new_record(
        key,
        msgspec.convert(asked, VideoRequest),
        now=NOON,
        service=str(fields.pop("service", SERVICE)),
    )
    record = advance(advance(record, Sending(), NOON), Accepted(task_id=key), NOON)
    record = advance(record, Reported(report=PROCESSING), NOON + at - 5)
    return advance(record, Reported(report=SUCCESS), NOON + at)


def test_a_task_teaches_once_when_its_end_is_seen_and_so_does_a_failure() -> None:
    async def scenario() -> None:
        world = World()
        world.ask("a")
        await world.engine.at_rest()
        world.service.script = done_after(12, FAILED)
        world.ask("b")
        await world.engine.at_rest()
        record = world.board["a"]
        assert record.state is State.READY
        assert record.ended_between is not None
        after, by = record.ended_between
        assert after < 150 <= by
        assert by - after < 15
        assert world.board.job_times.of(record).seen == 2
        world.board.put(record)
        assert world.board.job_times.of(record).seen == 2

    live(scenario())


def test_the_next_task_is_asked_where_the_earlier_ones_ended() -> None:
    async def scenario() -> None:
        world = World()
        lags = []
        for number in range(40):
            began = len(world.service.asked)
            world.ask(f"task{number}")
            await world.engine.at_rest()
            record = world.board[f"task{number}"]
            assert record.ended_between is not None
            lags.append((record.ended_between[1] - 150, len(world.service.asked) - began))
        first, last = lags[:10], lags[-10:]
        assert sum(n for _, n in last) < sum(n for _, n in first)
        assert sum(lag for lag, _ in last) < sum(lag for lag, _ in first)

    live(scenario())


def test_a_restart_rebuilds_from_the_journal_what_was_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        journal = Journal(tmp_path / "journal.sqlite3", clock=lambda: NOON)
        world = World(journal)
        for number in range(7):
            world.service.script = done_after(130 + 10 * number)
            world.ask(f"task{number}")
            await world.engine.at_rest()
        learned = world.board.job_times.of(world.board["task0"])
        again = JobTimes()
        again.recall(journal.queries.newest(SERVICE, 100))
        assert again.of(world.board["task0"]) == learned
        assert learned.seen == 7
        journal.close()

    live(scenario())


def test_a_success_without_a_film_is_an_end_and_its_film_is_no_second_one() -> None:
    async def scenario() -> None:
        world = World()
        world.service.script = lambda age: (
            SUCCESS if age > 300 else EMPTY if age > 150 else PROCESSING
        )
        world.ask()
        record = await world.rest()
        assert record.state is State.READY
        assert record.ended_between is not None
        assert record.ended_between[1] < 200
        assert world.board.job_times.of(record).seen == 1

    live(scenario())


def test_simulated_and_real_models_and_durations_never_mix() -> None:
    job_times = JobTimes()
    job_times.learn(ended())
    assert job_times.of(ended("other")).seen == 1
    for stranger in (ended(service=SIMULATOR), ended(duration=8), ended(model="sora-2-pro")):
        assert job_times.of(stranger) == documented(stranger.request)


def test_a_task_of_the_journal_that_comes_to_the_board_later_teaches_nothing() -> None:
    board = Board(lambda _seconds, _function: None)
    board.put(ended())
    assert board.job_times.of(ended()).seen == 0


def test_the_past_is_learned_in_the_order_in_which_it_happened() -> None:
    job_times, reverse = JobTimes(), JobTimes()
    records = [ended(str(number), at=100.0 + number) for number in range(10)]
    job_times.recall(records)
    reverse.recall(reversed(records))
    assert job_times.of(records[0]) == reverse.of(records[0])
    assert job_times.of(records[0]).seen == 10


def test_a_task_that_nobody_watched_for_a_night_teaches_almost_nothing() -> None:
    job_times, record = JobTimes(), ended()
    before = job_times.of(record).quantile(0.5)
    record = advance(
        advance(
            new_record("n", VideoRequest(prompt="a"), service=SERVICE, now=NOON), Sending(), NOON
        ),
        Accepted(task_id="n"),
        NOON,
    )
    record = advance(record, Stopped(), NOON + 10)
    record = msgspec.structs.replace(record, state=State.PENDING)
    record = advance(record, Reported(report=SUCCESS), NOON + 30_000)
    assert record.ended_between == (0.0, 30_000.0)
    job_times.learn(record)
    assert job_times.of(record).quantile(0.5) == pytest.approx(before, abs=10)


@pytest.mark.parametrize(
    ("seen", "words"),
    [(0, DOCUMENTED), (4, DOCUMENTED), (5, "your last 5"), (23, "your last 23"),
     (900, "your last 200")],
)  # fmt: skip
def test_an_estimate_is_called_the_users_own_from_five_ends_on(seen: int, words: str) -> None:
    job_times, record = JobTimes(), ended()
    for number in range(seen):
        job_times.learn(ended(str(number)))
    assert source_of(job_times.of(record)) == words
