"""When many tasks together will have ended."""

from __future__ import annotations

import random

import pytest

from sora_nb.engine.polling import prior
from sora_nb.planning.timing import together

ENDS = prior(60.0, 180.0)


@pytest.mark.parametrize(
    ("count", "slots"), [(5, 1000), (100, 1000), (20, 4), (200, 20), (1000, 100)]
)
def test_the_estimate_of_all_agrees_with_a_simulation(count: int, slots: int) -> None:
    rng = random.Random(count)
    ages = [ENDS.quantile((number + 0.5) / 400) for number in range(400)]

    def run() -> float:
        free = [0.0] * min(slots, count)
        for _ in range(count):
            first = free.index(min(free))
            free[first] += rng.choice(ages)
        return max(free)

    ends = sorted(run() for _ in range(200))
    running = [(ENDS, 0.0)] * min(count, slots)
    found = together(running, [ENDS] * max(0, count - slots), slots)
    assert found is not None
    assert found[0] == pytest.approx(ends[100], rel=0.15)
    assert found[1] == pytest.approx(ends[180], rel=0.20)


def test_the_estimate_of_one_is_what_is_known_of_its_kind() -> None:
    found = together([(ENDS, 0.0)], [], 4)
    assert found == pytest.approx((ENDS.quantile(0.5), ENDS.quantile(0.9)), rel=0.05)


def test_what_has_run_for_long_ends_sooner_and_nothing_left_has_no_end() -> None:
    fresh = together([(ENDS, 0.0)] * 5, [], 5)
    old = together([(ENDS, 100.0)] * 5, [], 5)
    assert fresh is not None
    assert old is not None
    assert old[0] < fresh[0]
    assert together([], [], 5) is None


def test_a_job_beyond_all_that_is_known_still_has_an_estimate() -> None:
    found = together([(ENDS, 5000.0)], [], 1)
    assert found is not None
    assert 0 < found[0] <= found[1]


def test_of_many_at_once_the_slowest_decides_as_in_the_panel_that_follows() -> None:
    planned = together([], [ENDS] * 200, 1000)
    begun = together([(ENDS, 0.0)] * 200, [], 1000)
    assert planned is not None
    assert begun is not None
    assert planned[0] == pytest.approx(begun[0])
    assert planned[0] > 2 * ENDS.quantile(0.9)
