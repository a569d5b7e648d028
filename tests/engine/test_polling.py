"""When to ask: bounds that hold for any job, and the score against the lower bound."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.catalog.models import UNKNOWN_SECONDS, documented_seconds
from sora_nb.engine.polling import (
    BIN,
    FIRST_LOOK,
    HORIZON,
    LONGEST,
    LONGEST_SILENCE,
    OVERDUE,
    PRIOR_WEIGHT,
    SHORTEST,
    EndAges,
    next_age,
    prior,
)
from sora_nb.settings.settings import POLL_WORDS

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
    early = min(gap for gap, age in gaps if FIRST_LOOK < age < 90)
    middle = max(gap for gap, age in gaps if 120 < age < 230)
    assert early > 2 * middle


def test_questions_cost_about_what_the_lower_bound_allows() -> None:
    """Mean lag times polls against K of a uniform law (docs/design/polling.md, "The bound")."""
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
    assert math.fsum(ends.weights) == pytest.approx(PRIOR_WEIGHT)
    assert math.fsum(ends.weights[:60]) == pytest.approx(0.05 * PRIOR_WEIGHT)
    assert math.fsum(ends.weights[60:120]) == pytest.approx(0.85 * PRIOR_WEIGHT)
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


STARTS = st.lists(st.tuples(st.floats(0, 1200), st.floats(0, 400)), max_size=30)


def taught(documented: tuple[float, float], seen: list[tuple[float, float]]) -> EndAges:
    """The histogram after ends that were seen within so many seconds after an age."""
    ends = prior(*documented)
    for after, width in seen:
        ends = ends.learned(after, after + width)
    return ends


@given(seen=STARTS, age=st.floats(0, 2500), c=C, documented=st.sampled_from(RANGES))
@settings(deadline=None)
def test_whatever_was_learned_the_next_question_comes_and_not_at_once(
    seen: list[tuple[float, float]], age: float, c: float, documented: tuple[float, float]
) -> None:
    ends = taught(documented, seen)
    due = next_age(age, ends, c)
    assert age + SHORTEST * (1 - 1e-9) <= due < math.inf
    assert due <= FIRST_LOOK or age >= FIRST_LOOK - SHORTEST
    assert due <= age + LONGEST_SILENCE
    left = ends.left(age)
    assert left is None or 0 <= left[0] <= left[1] <= HORIZON


@given(seen=STARTS, age=st.floats(0, 850), c=C)
@settings(deadline=None, max_examples=50)
def test_the_next_question_is_due_where_the_integral_of_the_density_reaches_one(
    seen: list[tuple[float, float]], age: float, c: float
) -> None:
    ends = taught(RANGES[0], seen)
    due = next_age(age, ends, c)
    if due in (age + SHORTEST, age + LONGEST_SILENCE, FIRST_LOOK) or due > HORIZON:
        return  # one of the bounds, not the integral
    reached, at = 0.0, age
    while at < due - 1e-9:
        index = int(at / BIN + 1e-9)
        step = min(BIN * (index + 1), due) - at
        still = math.fsum(ends.weights[index:])
        hazard = ends.weights[index] / BIN / still
        if still <= 1.01e-3 * math.fsum(ends.weights):
            return  # beyond the learned mass
        reached += math.sqrt(hazard / (2 * c)) * step
        at += step
    assert reached == pytest.approx(1.0, rel=1e-6)


def test_an_end_weighs_one_over_the_ages_between_which_it_was_and_older_weight_fades() -> None:
    before = prior(120.0, 240.0)
    ends = before.learned(200.0, 210.0)
    assert ends.seen == 1
    assert before.seen == 0
    gained = [new - 0.98 * old for new, old in zip(ends.weights, before.weights, strict=True)]
    start, end = int(200 * 0.97 / BIN), math.ceil(210 * 1.03 / BIN)
    assert math.fsum(gained) == pytest.approx(1.0)
    assert math.fsum(gained[start:end]) == pytest.approx(1.0)
    assert max(gained) == pytest.approx(BIN / (210 * 1.03 - 200 * 0.97))


@pytest.mark.parametrize(("after", "by"), [(0.0, 0.0), (899.0, 905.0), (2000.0, 9000.0)])
def test_no_end_is_lost_at_the_borders(after: float, by: float) -> None:
    before = prior(120.0, 240.0)
    gained = math.fsum(before.learned(after, by).weights) - 0.98 * math.fsum(before.weights)
    assert gained == pytest.approx(1.0)


def test_jobs_that_always_end_at_one_age_are_asked_mostly_there() -> None:
    ends = taught((120.0, 240.0), [(178.0, 4.0)] * 100)
    ages = [0.0]
    while ages[-1] < 180:
        ages.append(next_age(ages[-1], ends, 0.1))
    assert len(ages) < len(polls_until(180.0, 0.1, (120.0, 240.0)))
    assert sum(age > 160 for age in ages) > len(ages) / 2


def test_beyond_all_that_was_learned_the_questions_grow_apart() -> None:
    ends = taught((120.0, 240.0), [(178.0, 4.0)] * 600)
    waits = [next_age(age, ends, 0.1) - age for age in (300.0, 500.0, 800.0, 1200.0, 1700.0)]
    assert waits == sorted(waits)
    mean = ends.mean
    assert waits[0] == pytest.approx(math.sqrt(2 * 0.1 * (300 - mean)), rel=0.05)
    assert ends.left(400.0) is None
