"""When each task acts next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from sora_nb.core.lifecycle import Sending, advance, new_record
from sora_nb.core.task import TaskRecord, VideoRequest
from sora_nb.engine.job_times import JobTimes
from sora_nb.engine.pacing import LONGEST_BACK_OFF, Pacing
from tests.support.virtual_time import live, now


def make(
    poll: str | float = "normal", speed: float = 1.0, random: Callable[[], float] = lambda: 1.0
) -> Pacing:
    return Pacing(
        poll=poll,
        speed=speed,
        job_times=JobTimes(),
        clock=now,
        random=random,
    )


def sent(speed: float = 1.0) -> TaskRecord:
    record = new_record("k", VideoRequest(prompt="x"), service="s", now=now(), speed=speed)
    return advance(record, Sending(), now())


@pytest.mark.parametrize(
    ("random", "expected"),
    [
        (1.0, [2, 4, 8, 16, 32, 60, 60, 60]),
        (0.5, [1, 2, 4, 8, 16, 30, 30, 30]),
        (0.0, [0.5] * 8),
    ],
)
def test_trouble_is_spaced_out_with_full_jitter_up_to_a_minute(
    random: float, expected: list[float]
) -> None:
    async def scenario() -> None:
        pacing = make(random=lambda: random)
        pauses = [pacing.back_off("k") for _ in range(8)]
        assert pauses == pytest.approx(expected)
        assert max(pauses) <= LONGEST_BACK_OFF

    live(scenario())


def test_after_trouble_has_passed_the_next_one_starts_small_and_tasks_count_apart() -> None:
    async def scenario() -> None:
        pacing = make()
        for _ in range(5):
            pacing.back_off("k")
        assert pacing.back_off("other") == pytest.approx(2)
        pacing.went_well("k")
        assert pacing.back_off("k") == pytest.approx(2)

    live(scenario())


def test_a_fixed_interval_is_kept() -> None:
    async def scenario() -> None:
        pacing, record = make(poll=7.5), sent()
        for _ in range(3):
            assert pacing.until_next(record) == pytest.approx(7.5)

    live(scenario())


def test_a_faster_simulator_is_asked_proportionally_sooner() -> None:
    async def scenario() -> None:
        usual = make().real(make().until_next(sent()))
        pacing = make(speed=100.0)
        fast = pacing.real(pacing.until_next(sent(100.0)))
        assert fast == pytest.approx(usual / 100)

    live(scenario())


def test_words_for_polling_order_the_intervals() -> None:
    async def scenario() -> None:
        waits = []
        for word in ("live", "normal", "thrifty"):
            pacing = make(poll=word)
            record = sent()
            waits.append(pacing.until_next(record))
        assert waits == sorted(waits)
        assert waits[0] < waits[1] < waits[2]

    live(scenario())


def test_links_are_tried_in_turn() -> None:
    async def scenario() -> None:
        pacing = make()
        assert pacing.turn("k", ["a", "b"]) == "a"
        pacing.back_off("k")
        assert pacing.turn("k", ["a", "b"]) == "b"
        pacing.back_off("k")
        assert pacing.turn("k", ["a", "b"]) == "a"

    live(scenario())


def test_in_a_crowd_each_task_is_asked_less_often_but_never_beyond_a_bound() -> None:
    async def scenario() -> None:
        pacing, record = make(), sent()
        await asyncio.sleep(130)
        waits = [pacing.until_next(record, crowd) for crowd in (1, 101, 401, 1000)]
        alone = waits[0]
        assert waits[1] == pytest.approx(alone * 2**0.5, rel=0.15)
        assert waits[2] == pytest.approx(alone * 5**0.5, rel=0.15)
        assert waits[3] == waits[2]

    live(scenario())


def test_a_fixed_interval_is_kept_in_a_crowd() -> None:
    async def scenario() -> None:
        assert make(poll=7.5).until_next(sent(), 1000) == pytest.approx(7.5)

    live(scenario())
