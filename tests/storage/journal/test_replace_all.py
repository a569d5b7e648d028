"""Many tasks moved as one: in one transaction, each only where nobody else moved it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_nb.core.budget import Budget
from sora_nb.core.errors import BudgetExceeded
from sora_nb.core.lifecycle import Sending, Stopped, Watched, advance
from sora_nb.core.task import State, TaskRecord
from sora_nb.storage.journal.journal import Journal
from tests.support.films import NOON, Clock, make_record


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite3", clock=clock, budget=Budget(tasks=4))
    yield journal
    journal.close()


def stopped(journal: Journal, count: int) -> list[TaskRecord]:
    """So many tasks that were stopped before they were sent."""
    records = [make_record(f"k{n}", prompt=f"boat {n}") for n in range(count)]
    found = []
    for record in records:
        journal.create(record, reuse=False)
        found.append(advance(record, Stopped(), NOON))
        assert journal.replace(record, found[-1], durable=False)
    return found


def watched(record: TaskRecord) -> tuple[TaskRecord, TaskRecord]:
    return record, advance(record, Watched(), NOON)


def test_all_are_moved_in_one_transaction_and_their_past_is_kept(journal: Journal) -> None:
    records = stopped(journal, 4)
    statements: list[str] = []
    assert journal._connection is not None
    journal._connection.set_trace_callback(statements.append)
    assert journal.replace_all([watched(record) for record in records], durable=True) == set()
    journal._connection.set_trace_callback(None)
    assert sum(statement.startswith("BEGIN") for statement in statements) == 1
    assert {record.state for record in journal.all()} == {State.QUEUED}
    assert [entry.state for entry in journal.queries.history("k2")] == [
        "queued",
        "stopped",
        "queued",
    ]
    assert journal.verify() == []


def test_those_that_another_kernel_moved_first_are_given_back_and_hold_no_budget(
    journal: Journal,
) -> None:
    records = stopped(journal, 5)
    pairs = [watched(record) for record in records]
    theirs = advance(pairs[1][1], Sending(), NOON)
    assert journal.replace(pairs[1][0], pairs[1][1], durable=True)
    assert journal.replace(pairs[1][1], theirs, durable=True)
    assert journal.replace_all(pairs[:4], durable=True) == {"k1"}
    assert journal.get("k1") == theirs
    assert [entry.state for entry in journal.queries.history("k1")][-1] == "submitting"


def test_the_budget_allows_all_or_none_of_them(journal: Journal) -> None:
    records = stopped(journal, 5)
    with pytest.raises(BudgetExceeded, match="4 tasks left, 5 tasks wanted"):
        journal.replace_all([watched(record) for record in records], durable=True)
    assert {record.state for record in journal.all()} == {State.STOPPED}
