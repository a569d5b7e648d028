"""What a budget allows, and what counts against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.budget import Budget, counts, read_budget
from sora_nb.core.errors import BudgetExceeded, InvalidRequest
from sora_nb.core.lifecycle import advance, new_record
from sora_nb.core.task import Failure, TaskRecord, VideoRequest

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
HERE = "https://service.example/api/v1"


def task(
    key: str = "a",
    *,
    duration: int = 4,
    cost: float | None = 0.4,
    at: float = NOON,
    session: str = "s",
) -> TaskRecord:
    request = VideoRequest(prompt="a boat", duration=duration)
    return new_record(key, request, service=HERE, now=at, cost=cost, session=session)


def demand(budget: Budget, new: TaskRecord, others: list[TaskRecord]) -> None:
    """Ask for one new task beside others."""
    budget.demand([new], budget.spent(others, new.session, NOON))


def refused(record: TaskRecord) -> TaskRecord:
    sending = advance(record, move.Sending(), NOON)
    return advance(sending, move.Refused(failure=Failure(kind="refused", message="no")), NOON)


def lost(record: TaskRecord) -> TaskRecord:
    sending = advance(record, move.Sending(), NOON)
    return advance(sending, move.Lost(failure=Failure(kind="lost", message="cut")), NOON)


@pytest.mark.parametrize(
    ("budget", "others"),
    [
        (Budget(tasks=1), [task()]),
        (Budget(seconds=7), [task()]),
        (Budget(usd=0.7), [task()]),
        (Budget(tasks=0), []),
    ],
)
def test_a_task_over_any_limit_is_refused_with_what_is_left(
    budget: Budget, others: list[TaskRecord]
) -> None:
    with pytest.raises(BudgetExceeded, match=r"left, .* wanted\. Nothing was sent") as refusal:
        demand(budget, task("b"), others)
    assert "configure(budget=" in refusal.value.advice


def test_a_task_that_just_fits_is_allowed() -> None:
    demand(Budget(tasks=2, seconds=8, usd=0.8), task("b"), [task()])


def test_an_unknown_price_under_a_budget_in_usd_is_refused() -> None:
    with pytest.raises(BudgetExceeded, match="price of this task is not known"):
        demand(Budget(usd=100), task(cost=None), [])


def test_a_simulated_film_costs_nothing_but_counts_as_a_task() -> None:
    request = VideoRequest(prompt="a boat")
    simulated = new_record("x", request, service="simulator", now=NOON)
    demand(Budget(usd=1, tasks=1), simulated, [])
    with pytest.raises(BudgetExceeded):
        demand(Budget(usd=1, tasks=1), simulated, [simulated])


def test_what_was_surely_never_charged_gives_its_share_back() -> None:
    stopped_before_it_was_sent = advance(task(), move.Stopped(), NOON)
    assert not counts(refused(task()))
    assert not counts(stopped_before_it_was_sent)
    demand(Budget(tasks=1), task("b"), [refused(task()), stopped_before_it_was_sent])


def test_an_unsure_task_keeps_its_share_until_a_person_forgets_it() -> None:
    unsure = lost(task())
    assert counts(unsure)
    assert not counts(advance(unsure, move.Forgotten(), NOON))


def test_a_day_begins_at_local_midnight() -> None:
    midnight = Budget(tasks=1).since(NOON)
    local = datetime.fromtimestamp(midnight).astimezone()
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert NOON - 86_400 < midnight <= NOON
    demand(Budget(tasks=1), task("b"), [task(at=midnight - 1)])
    with pytest.raises(BudgetExceeded):
        demand(Budget(tasks=1), task("b"), [task(at=midnight)])


def test_a_session_counts_its_own_tasks_only_and_ever_counts_all() -> None:
    other = task(session="another kernel", at=NOON - 10 * 86_400)
    demand(Budget(tasks=1, per="session"), task("b"), [other])
    with pytest.raises(BudgetExceeded, match="in all"):
        demand(Budget(tasks=1, per="ever"), task("b"), [other])


@pytest.mark.parametrize(
    "value",
    [5, {}, {"per": "day"}, {"euros": 5}, {"tasks": -1}, {"usd": "5"}, {"usd": 5, "per": "week"},
     {"tasks": True}, {"seconds": float("nan")}],
)  # fmt: skip
def test_a_budget_that_means_nothing_is_refused_with_an_example(value: Any) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_budget(value)
    assert "budget={" in refusal.value.advice


def test_a_budget_is_read_as_it_was_given() -> None:
    budget = read_budget({"tasks": 20, "seconds": 120, "usd": 5})
    assert budget == Budget(tasks=20, seconds=120, usd=5, per="day")
    spent = budget.spent([task()], "s", NOON)
    assert budget.left(spent) == {
        "tasks": 19,
        "seconds": 116,
        "usd": 4.6,
    }
