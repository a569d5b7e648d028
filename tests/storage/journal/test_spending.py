"""What a budget counts, summed up in SQL as Python does it; and many tasks written down as one."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sora_nb.core.budget import Budget
from sora_nb.core.errors import BudgetExceeded
from sora_nb.core.lifecycle import (
    Accepted,
    Event,
    Forgotten,
    GaveUp,
    IllegalMove,
    Lost,
    NotSent,
    Refused,
    Reported,
    Sending,
    Stopped,
    Watched,
    advance,
)
from sora_nb.core.task import Failure, Report, State, TaskRecord
from sora_nb.storage.journal import spending
from sora_nb.storage.journal.errors import KeyTaken
from sora_nb.storage.journal.journal import Journal
from tests.support.films import NOON, SERVICE, Clock, make_record

EVENTS: tuple[Event, ...] = (
    Sending(),
    NotSent(note="429"),
    Accepted(task_id="id"),
    Refused(failure=Failure(kind="refused", message="no")),
    Lost(failure=Failure(kind="lost", message="cut")),
    Reported(report=Report(state="processing")),
    Reported(report=Report(state="failed", fail_code="X")),
    Reported(report=Report(state="success", urls=("https://cdn.example/film.mp4",))),
    GaveUp(failure=Failure(kind="gave_up", message="none came")),
    Stopped(),
    Watched(),
    Forgotten(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path, clock: Clock) -> Iterator[Journal]:
    journal = Journal(path, clock=clock)
    yield journal
    journal.close()


def random_record(number: int, chance: random.Random) -> TaskRecord:
    """A task after up to eight legal moves, of any service, session, day, length and price."""
    record = make_record(
        f"k{number}",
        now=NOON - chance.choice((0, 3600, 86_400, 10 * 86_400)),
        service=chance.choice((SERVICE, "simulator")),
        duration=chance.choice((4, 8, 12)),
        prompt=f"a boat {number}",
    )
    record = msgspec.structs.replace(
        record, session=chance.choice("ab"), cost=chance.choice((None, 0.4, 0.1 * number))
    )
    for _ in range(chance.randrange(9)):
        try:
            record = advance(record, chance.choice(EVENTS), NOON)
        except IllegalMove:
            continue
    return record


@pytest.mark.parametrize("seed", range(5))
def test_sql_and_python_count_the_same(journal: Journal, path: Path, seed: int) -> None:
    chance = random.Random(seed)
    records = [random_record(number, chance) for number in range(300)]
    journal.create_all(records, reuse=False)
    assert {record.state for record in records} > {State.STOPPED, State.FAILED, State.UNSURE}
    for per in ("day", "session", "ever"):
        budget = Budget(tasks=1, seconds=1, usd=1, per=per)
        for service in (SERVICE, "simulator", "https://another.example"):
            of_service = [record for record in records if record.service == service]
            for session in ("a", "b"):
                expected = budget.spent(of_service, session, NOON)
                assert journal.spent(budget, service, session) == pytest.approx(expected)


def test_the_sum_is_read_from_its_index_alone(journal: Journal, path: Path) -> None:
    journal.create(make_record(), reuse=False)
    raw = sqlite3.connect(path)
    for per in ("day", "session", "ever"):
        sql, values = spending.question(Budget(tasks=1, per=per), SERVICE, "a", NOON)
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert len(plan) == 1
        assert "INDEX tasks_by_spending (service=? AND counts=? AND created_at>?" in plan[0]
    raw.close()


def test_many_tasks_are_written_in_the_order_given_and_the_same_request_is_one(
    journal: Journal,
) -> None:
    known = journal.create(make_record("known", prompt="b"), reuse=True)
    drafts = [make_record(f"k{n}", prompt=prompt) for n, prompt in enumerate("abca")]
    found = journal.create_all(drafts, reuse=True)
    assert [record.key for record in found] == ["k0", "known", "k2", "k0"]
    assert found[1] == known
    assert [record.key for record in journal.all()] == ["k2", "k0", "known"]
    assert [len(journal.queries.history(key)) for key in ("k0", "k2")] == [1, 1]
    assert journal.verify() == []


def test_with_new_every_one_is_written(journal: Journal) -> None:
    drafts = [make_record(f"k{n}", prompt="a") for n in range(3)]
    assert journal.create_all(drafts, reuse=False) == drafts
    assert len(journal.all()) == 3


@pytest.mark.parametrize("reuse", [True, False])
def test_a_key_that_is_taken_leaves_none_of_them(journal: Journal, reuse: bool) -> None:
    journal.create(make_record("k1"), reuse=False)
    for keys in (["k0", "k1"], ["k2", "k2"], ["k3", "k1", "k3", "k4"]):
        with pytest.raises(KeyTaken) as refusal:
            journal.create_all(
                [make_record(key, prompt=f"new {n}") for n, key in enumerate(keys)], reuse=reuse
            )
        assert refusal.value.keys == set(keys) & {"k1"} | {k for k in keys if keys.count(k) > 1}
        assert [record.key for record in journal.all()] == ["k1"]


def test_the_budget_is_asked_for_all_of_them_together(path: Path, clock: Clock) -> None:
    journal = Journal(path, clock=clock, budget=Budget(tasks=5, seconds=100))
    journal.create_all([make_record(f"a{n}", prompt=f"a {n}") for n in range(3)], reuse=True)
    again = [make_record(f"b{n}", prompt=f"a {n}") for n in range(3)]
    more = [make_record(f"c{n}", prompt=f"b {n}") for n in range(3)]
    with pytest.raises(BudgetExceeded) as refusal:
        journal.create_all([*again, *more], reuse=True)
    assert "2 tasks, 88 seconds of film left, 3 tasks wanted by 3 new films" in str(refusal.value)
    assert len(journal.all()) == 3, "nothing of it was written"
    assert len(journal.create_all([*again, *more[:2]], reuse=True)) == 5
    assert len(journal.all()) == 5
    journal.close()


def test_a_task_that_comes_to_count_again_is_reserved_again(path: Path, clock: Clock) -> None:
    journal = Journal(path, clock=clock, budget=Budget(tasks=1))
    first = journal.create(make_record("a", prompt="a"), reuse=True)
    stopped = advance(first, Stopped(), NOON)
    assert journal.replace(first, stopped, durable=True)
    journal.create(make_record("b", prompt="b"), reuse=True)
    with pytest.raises(BudgetExceeded):
        journal.replace(stopped, advance(stopped, Watched(), NOON), durable=True)
    assert journal.get("a") == stopped
    journal.close()


def test_what_was_stopped_unsent_counts_on_the_day_and_in_the_session_that_send_it(
    path: Path, clock: Clock
) -> None:
    for per in ("day", "session", "ever"):
        clock.now = NOON
        journal = Journal(path.with_name(f"{per}.sqlite3"), clock=clock, budget=Budget(1, per=per))
        first = journal.create(
            msgspec.structs.replace(make_record("a"), session="yesterday"), reuse=True
        )
        stopped = advance(first, Stopped(), NOON)
        assert journal.replace(first, stopped, durable=True)
        clock.now += 86_400
        watched = advance(stopped, Watched("today"), clock.now)
        assert journal.replace(stopped, watched, durable=True)
        later = make_record("b", now=clock.now, prompt="another one")
        with pytest.raises(BudgetExceeded):
            journal.create(msgspec.structs.replace(later, session="today"), reuse=True)
        journal.close()


def test_a_thousand_tasks_are_one_transaction(journal: Journal) -> None:
    drafts = [make_record(f"k{n}", prompt=f"a boat {n}") for n in range(1000)]
    journal.create(make_record("first"), reuse=False)
    statements: list[str] = []
    assert journal._connection is not None
    journal._connection.set_trace_callback(statements.append)
    assert journal.create_all(drafts, reuse=True) == drafts
    assert [s for s in statements if s.startswith(("BEGIN", "COMMIT"))] == [
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]
    assert len([s for s in statements if s.startswith("INSERT INTO tasks")]) == 1000
