"""When to ask: bounds that hold for any job, and the score against the lower bound."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.core.models import UNKNOWN_SECONDS, documented_seconds
from sora_nb.core.settings import POLL_WORDS
from sora_nb.engine.polling import HORIZON, LONGEST, OVERDUE, SHORTEST, next_age, prior

RANGES = [documented_seconds("sora-2", seconds) for seconds in (4, 8, 12)]
C = st.sampled_from(sorted(POLL_WORDS.values()))


def polls_until(end: float, c: float, documented: tuple[float, float]) -> list[float]:
    """The ages at which a job that ends at ``end`` is asked, the one that sees it included."""
    ends, ages = prior(*documented), [0.0]
    while ages[-1] < end:
        ages.append(next_age(ages[-1], ends, c))
    return ages[1:]


@given(
    age=st.floats(0, 10_000, allow_subnormal=False),
    c=C,
    documented=st.sampled_from([*RANGES, UNKNOWN_SECONDS]),
)
@settings(deadline=None)
def test_the_next_question_is_later_and_neither_at_once_nor_ages_away(
    age: float, c: float, documented: tuple[float, float]
) -> None:
    due = next_age(age, prior(*documented), c)
    assert due - age >= SHORTEST * (1 - 1e-9)
    assert due - age <= 90
    if age >= OVERDUE:
        assert due == age + LONGEST


@pytest.mark.parametrize("documented", RANGES)
@pytest.mark.parametrize("word", ["live", "normal"])
def test_a_job_that_fails_after_ten_seconds_is_noticed_within_half_a_minute(
    word: str, documented: tuple[float, float]
) -> None:
    seen = polls_until(10.0, POLL_WORDS[word], documented)[-1]
    assert seen - 10.0 <= 30.0


def test_a_job_is_asked_most_often_where_it_is_likely_to_end() -> None:
    ages = polls_until(240.0, 0.1, (120.0, 240.0))
    gaps = [(b - a, a) for a, b in itertools.pairwise(ages)]
    early = min(gap for gap, age in gaps if age < 90)
    middle = max(gap for gap, age in gaps if 120 < age < 230)
    assert early > 2 * middle


def test_questions_cost_about_what_the_lower_bound_allows() -> None:
    """Mean lag times mean polls against K = 2L/9 of a uniform law (performance.md, section 1)."""
    dice = random.Random(7)
    for fastest, slowest in RANGES:
        ends = [dice.uniform(fastest, slowest) for _ in range(300)]
        asked = [polls_until(end, 0.1, (fastest, slowest)) for end in ends]
        lag = sum(ages[-1] - end for ages, end in zip(asked, ends, strict=True)) / len(ends)
        polls = sum(len(ages) for ages in asked) / len(ends)
        score = lag * polls / (2 * (slowest - fastest) / 9)
        print(f"{fastest:g} to {slowest:g} s: lag {lag:.2f} s, {polls:.1f} polls, {score:.2f} K")
        assert 1.0 <= score < 2.5


def test_the_prior_holds_what_is_believed() -> None:
    ends = prior(120.0, 240.0)
    assert math.fsum(ends.weights) == pytest.approx(1.0)
    assert math.fsum(ends.weights[:60]) == pytest.approx(0.05)
    assert math.fsum(ends.weights[60:120]) == pytest.approx(0.85)
    assert ends.quantile(0.05) == pytest.approx(120.0)
    assert ends.quantile(0.9) == pytest.approx(240.0)
    assert ends.quantile(1.0) <= HORIZON


def test_what_is_left_shrinks_with_age_and_ends_unknown() -> None:
    ends = prior(120.0, 240.0)
    assert ends.left(0.0) == pytest.approx((ends.quantile(0.5), ends.quantile(0.9)))
    early, late = ends.left(60.0), ends.left(200.0)
    assert early is not None
    assert late is not None
    assert late[0] < early[0]
    assert all(0 <= median <= ninety for median, ninety in (early, late))
    assert ends.left(5000.0) is None
