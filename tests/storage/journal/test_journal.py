"""The journal keeps every task, whatever happens to the kernel, the disk or the file."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.core.errors import JournalError
from sora_nb.core.lifecycle import Accepted, Noted, Refused, Reported, Sending, advance
from sora_nb.core.task import UNFINISHED, Failure, Report, State, encode
from sora_nb.storage.journal import schema
from sora_nb.storage.journal.errors import KeyTaken
from sora_nb.storage.journal.journal import Journal
from tests.support.films import NOON, SERVICE, Clock, make_record, saving

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite3"


@pytest.fixture
def journal(path: Path, clock: Clock) -> Iterator[Journal]:
    journal = Journal(path, clock=clock)
    yield journal
    journal.close()


def reopened(path: Path) -> Journal:
    return Journal(path, clock=Clock())


def test_nothing_is_made_before_the_first_call(path: Path) -> None:
    Journal(path, clock=Clock()).close()
    assert not path.parent.exists()


def test_a_task_is_read_back_as_it_was_written(journal: Journal, path: Path) -> None:
    record = make_record(
        prompt='it said "no" — 雨 \x00', extra={"seeds": [1, 2], "deep": {"a": None}}
    )
    assert journal.create(record, reuse=False) == record
    assert journal.get("k7f3qa") == record
    journal.close()
    again = reopened(path)
    assert again.get("k7f3qa") == record
    assert again.get("other") is None
    again.close()


def test_another_connection_sees_the_intent_as_soon_as_create_returns(
    journal: Journal, path: Path
) -> None:
    journal.create(make_record(), reuse=False)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT key, state FROM tasks").fetchall() == [("k7f3qa", "queued")]
    raw.close()


def test_the_same_request_gives_the_task_that_exists(journal: Journal) -> None:
    first = journal.create(make_record("one"), reuse=True)
    assert journal.create(make_record("two"), reuse=True) == first
    assert [task.key for task in journal.all()] == ["one"]


def test_of_several_tasks_of_a_request_the_newest_is_given(journal: Journal) -> None:
    journal.create(make_record("old", now=NOON), reuse=False)
    journal.create(make_record("new", now=NOON + 9), reuse=False)
    journal.create(make_record("mid", now=NOON + 5), reuse=False)
    assert journal.create(make_record("next"), reuse=True).key == "new"


@pytest.mark.parametrize(
    "other",
    [
        {"take": 2},
        {"duration": 8},
        {"prompt": "a paper boat in the snow"},
        {"model": "sora-2-pro"},
        {"service": "simulator"},
    ],
)
def test_another_request_or_service_is_another_task(
    journal: Journal, other: dict[str, Any]
) -> None:
    journal.create(make_record("one"), reuse=True)
    assert journal.create(make_record("two", **other), reuse=True).key == "two"


def test_what_would_be_reused_can_be_asked_without_writing(journal: Journal) -> None:
    request = make_record().request
    assert journal.queries.reusable(request, SERVICE) is None
    first = journal.create(make_record("one"), reuse=True)
    assert journal.queries.reusable(request, SERVICE) == first
    assert journal.queries.reusable(request, "simulator") is None


def test_asking_for_a_new_one_pays_again(journal: Journal) -> None:
    journal.create(make_record("one"), reuse=True)
    assert journal.create(make_record("two"), reuse=False).key == "two"


def test_a_failed_task_is_not_reused(journal: Journal) -> None:
    first = journal.create(make_record("one"), reuse=True)
    sending = advance(first, Sending(), NOON)
    failed = advance(sending, Refused(failure=Failure(kind="refused", message="no")), NOON)
    assert journal.replace(first, sending, durable=True)
    assert journal.replace(sending, failed, durable=True)
    assert journal.create(make_record("two"), reuse=True).key == "two"


def test_two_tasks_cannot_have_one_key(journal: Journal) -> None:
    journal.create(make_record(), reuse=False)
    with pytest.raises(KeyTaken, match="k7f3qa"):
        journal.create(make_record(prompt="another"), reuse=False)
    assert len(journal.all()) == 1
    journal.create(make_record("other"), reuse=False)


def test_only_the_first_of_two_kernels_changes_a_task(journal: Journal, path: Path) -> None:
    first = journal.create(make_record(), reuse=False)
    other = reopened(path)
    seen = other.get("k7f3qa")
    assert seen == first
    assert journal.replace(first, advance(first, Sending(), NOON), durable=True)
    assert not other.replace(seen, advance(seen, Sending(), NOON + 1), durable=True)
    kept = other.get("k7f3qa")
    assert kept is not None
    assert kept.submitted_at == NOON
    assert len(other.queries.history("k7f3qa")) == 2
    other.close()


def test_a_task_that_the_journal_does_not_know_is_not_replaced(journal: Journal) -> None:
    record = make_record()
    assert not journal.replace(record, advance(record, Sending(), NOON), durable=False)
    assert journal.all() == []


def test_a_record_is_not_replaced_by_one_of_another_task(journal: Journal) -> None:
    record = journal.create(make_record(), reuse=False)
    for other in (make_record("other"), make_record(prompt="another")):
        with pytest.raises(ValueError, match="same task"):
            journal.replace(record, other, durable=False)


def test_a_record_from_an_older_version_can_still_be_replaced(journal: Journal, path: Path) -> None:
    record = journal.create(make_record(), reuse=False)
    older = msgspec.json.decode(encode(record))
    del older["service_seconds"]
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE tasks SET record = ?", (msgspec.json.encode(older).decode(),))
    raw.close()
    read = journal.get("k7f3qa")
    assert read == record
    assert journal.replace(read, advance(read, Sending(), NOON), durable=True)


def _send(path: Path, barrier: Any, results: Any) -> None:
    journal = reopened(path)
    record = journal.get("k7f3qa")
    assert record is not None
    barrier.wait(20)
    won = journal.replace(record, advance(record, Sending(), NOON + os.getpid()), durable=True)
    journal.close()
    results.put(won)


def test_of_three_processes_one_sends_a_task(journal: Journal, path: Path) -> None:
    journal.create(make_record(), reuse=False)
    assert sorted(_run_three(_send, path)) == [False, False, True]
    assert [entry.state for entry in journal.queries.history("k7f3qa")] == ["queued", "submitting"]


def _create(path: Path, barrier: Any, results: Any) -> None:
    journal = reopened(path)
    barrier.wait(20)
    results.put(journal.create(make_record(f"k{os.getpid()}"), reuse=True).key)
    journal.close()


def test_processes_that_open_a_new_journal_at_once_share_one_task(path: Path) -> None:
    assert len(set(_run_three(_create, path))) == 1
    journal = reopened(path)
    assert (len(journal.all()), journal.mode, journal.verify()) == (1, "wal", [])
    journal.close()


def _run_three(target: Callable[..., None], path: Path) -> list[Any]:
    barrier, results = SPAWN.Barrier(3), SPAWN.Queue()
    workers = [SPAWN.Process(target=target, args=(path, barrier, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    answers = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(60)
    results.close()
    return answers


def test_history_has_a_line_for_each_change_of_state_or_note(
    journal: Journal, clock: Clock
) -> None:
    record = journal.create(make_record(), reuse=False)
    steps = [
        Sending(),
        Accepted(task_id="t"),
        Noted(note="the network is down"),
        Noted(note="the network is down"),
        Reported(report=Report(state="pending")),
        Reported(report=Report(state="pending")),
        Reported(report=Report(state="processing")),
    ]
    for step in steps:
        clock.now += 1
        later = advance(record, step, clock.now)
        assert journal.replace(record, later, durable=False)
        record = later
    assert [(e.at - NOON, e.state, e.note) for e in journal.queries.history("k7f3qa")] == [
        (0, State.QUEUED, None),
        (1, State.SUBMITTING, None),
        (2, State.PENDING, None),
        (3, State.PENDING, "the network is down"),
        (5, State.PENDING, None),
        (7, State.PROCESSING, None),
    ]
    assert journal.verify() == []


def test_all_is_newest_first_and_unfinished_in_the_order_of_asking(journal: Journal) -> None:
    for number, key in enumerate(("a", "c", "b")):
        journal.create(make_record(key, now=NOON + number, take=number + 1), reuse=False)
    journal.create(make_record("s", now=NOON - 1, service="simulator"), reuse=False)
    assert [task.key for task in journal.all()] == ["b", "c", "a", "s"]
    assert [task.key for task in journal.queries.in_states(SERVICE, UNFINISHED)] == ["a", "c", "b"]
    assert [task.key for task in journal.queries.in_states("simulator", UNFINISHED)] == ["s"]
    assert [task.key for task in journal.queries.newest(SERVICE, 2)] == ["b", "c"]


def test_what_rests_is_not_unfinished(journal: Journal) -> None:
    record = journal.create(make_record(), reuse=False)
    sending = advance(record, Sending(), NOON)
    journal.replace(record, sending, durable=True)
    assert journal.queries.in_states(SERVICE, UNFINISHED) == [sending]
    failed = advance(sending, Refused(failure=Failure(kind="refused", message="no")), NOON)
    journal.replace(sending, failed, durable=True)
    assert journal.queries.in_states(SERVICE, UNFINISHED) == []


def test_keys_are_found_by_their_beginning_only(journal: Journal) -> None:
    for number, key in enumerate(("boat1", "boat2", "aboat", "other")):
        journal.create(make_record(key, take=number + 1, now=NOON + number), reuse=False)
    assert journal.queries.with_prefix("boat") == ["boat2", "boat1"]
    assert journal.queries.with_prefix("b%") == []
    assert len(journal.queries.with_prefix("")) == 4


@pytest.mark.parametrize("umask", [0, 0o077, 0o277])
def test_file_and_folder_are_private_whatever_the_umask(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        journal = reopened(path)
        journal.create(make_record(), reuse=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = sorted(path.parent.iterdir())
    assert [file.name[len(path.name) :] for file in files] == ["", "-shm", "-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    journal.close()


def test_a_journal_that_others_could_read_is_made_private(journal: Journal, path: Path) -> None:
    journal.create(make_record(), reuse=False)
    journal.close()
    path.chmod(0o644)
    path.parent.chmod(0o755)
    again = reopened(path)
    again.all()
    again.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o755, "an existing folder is not ours"


def test_durable_rows_are_synced_and_the_others_are_not(journal: Journal) -> None:
    level = _synchronous(journal)
    record = journal.create(make_record(), reuse=False)
    assert level() == 2
    sending = advance(record, Sending(), NOON)
    journal.replace(record, sending, durable=False)
    assert level() == 1
    journal.replace(sending, advance(sending, Accepted(task_id="t"), NOON), durable=True)
    assert level() == 2


def _synchronous(journal: Journal) -> Callable[[], int]:
    journal.all()
    assert journal._connection is not None
    db = journal._connection
    return lambda: int(db.execute("PRAGMA synchronous").fetchone()[0])


def test_where_wal_cannot_work_the_journal_falls_back_to_delete(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def without_shared_memory(database: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"{database.as_uri()}?vfs=unix-dotfile", uri=True, **options)

    monkeypatch.setattr("sora_nb.storage.journal.journal.sqlite3.connect", without_shared_memory)
    journal = reopened(path)
    assert journal.mode == "delete"
    level = _synchronous(journal)
    record = journal.create(make_record(), reuse=False)
    assert level() == 3, "without WAL, the folder is synced as well"
    other = reopened(path)
    assert other.all() == [record], "a second kernel is not locked out"
    other.close()
    journal.close()


def test_a_kernel_that_opens_the_journal_while_another_makes_it_waits_for_wal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    class Meeting(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE" and other.in_transaction:
                other.execute("COMMIT")
            return super().execute(sql, *values)

    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    monkeypatch.setattr(
        "sora_nb.storage.journal.journal.sqlite3.connect",
        lambda *values, **options: connect(*values, **options, factory=Meeting),
    )
    journal = reopened(path)
    assert journal.mode == "wal"
    journal.close()
    other.close()


def test_a_file_newer_than_this_code_is_refused_and_left_alone(
    journal: Journal, path: Path
) -> None:
    journal.create(make_record(), reuse=False)
    journal.close()
    newer = len(schema.MIGRATIONS) + 1
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {newer}")
        raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="newer sora_nb") as caught:
        reopened(path).all()
    assert "Update" in caught.value.advice
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", range(len(schema.MIGRATIONS) + 1))
def test_every_older_version_of_the_file_opens(path: Path, version: int) -> None:
    path.parent.mkdir()
    raw = sqlite3.connect(path, isolation_level=None)
    for number in range(version):
        for statement in schema.MIGRATIONS[number]:
            raw.execute(statement)
        raw.execute(f"PRAGMA user_version = {number + 1}")
    raw.close()
    journal = reopened(path)
    record = journal.create(make_record(), reuse=True)
    assert (journal.get("k7f3qa"), journal.verify()) == (record, [])
    journal.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (*schema.MIGRATIONS, ("CREATE TABLE extra (a)", "NOT SQL"))
    monkeypatch.setattr(schema, "MIGRATIONS", broken)
    journal = reopened(path)
    with pytest.raises(JournalError, match="syntax error"):
        journal.all()
    monkeypatch.undo()
    assert journal.all() == [], "the unchanged code opens it"
    journal.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchall() == []
    raw.close()


def test_a_file_that_is_no_journal_is_refused_with_advice(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"these are my holiday notes " * 200)
    with pytest.raises(JournalError, match="not a journal") as caught:
        reopened(path).all()
    assert "aside" in caught.value.advice
    assert path.read_bytes().startswith(b"these are my holiday notes")


def test_a_folder_that_cannot_be_made_is_a_journal_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(JournalError, match="cannot be made") as caught:
        reopened(tmp_path / "home" / "journal.sqlite3").all()
    assert "SORA_NB_HOME" in caught.value.advice


def test_a_full_disk_is_said_and_nothing_is_half_written(journal: Journal) -> None:
    journal.create(make_record("one"), reuse=False)
    assert journal._connection is not None
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalError, match="disk is full") as caught:
        journal.create(make_record("two", prompt="x" * 10_000), reuse=False)
    assert "Free some space" in caught.value.advice
    assert [task.key for task in journal.all()] == ["one"]
    assert journal.verify() == []


def test_a_lock_held_by_another_program_is_said(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.storage.journal.journal._BUSY_SECONDS", 0.01)
    journal.all()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="locked"):
        journal.create(make_record(), reuse=False)
    raw.execute("ROLLBACK")
    raw.close()
    journal.create(make_record(), reuse=False)
    assert len(journal.all()) == 1


def test_a_read_only_journal_is_said(journal: Journal) -> None:
    journal.all()
    assert journal._connection is not None
    journal._connection.execute("PRAGMA query_only = ON")
    with pytest.raises(JournalError, match="read-only"):
        journal.create(make_record(), reuse=False)


def test_a_journal_deleted_while_in_use_takes_no_more_tasks(journal: Journal, path: Path) -> None:
    journal.create(make_record("one"), reuse=False)
    path.unlink()
    with pytest.raises(JournalError, match="removed or replaced"):
        journal.create(make_record("two"), reuse=False)
    path.write_bytes(b"")
    with pytest.raises(JournalError, match="removed or replaced"):
        journal.create(make_record("two"), reuse=False)


def test_closing_twice_is_safe_and_a_closed_journal_says_so(journal: Journal) -> None:
    journal.create(make_record(), reuse=False)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.all()


DAMAGE = {
    "the record is cut": (
        "UPDATE tasks SET record = json_remove(record, '$.key')",
        "cannot be read",
    ),
    "the key is another": ("UPDATE tasks SET record = json_set(record, '$.key', 'x')", "says x"),
    "the request is another": (
        "UPDATE tasks SET record = json_set(record, '$.request.take', 7)",
        "fingerprint",
    ),
    "the state is another": (
        "UPDATE tasks SET record = json_set(record, '$.state', 'ready')",
        "its history ends with queued, its record ready",
    ),
    "the history is gone": ("DELETE FROM history", "no history"),
    "the history is a stranger's": ("UPDATE history SET key = 'stranger'", "belongs to no task"),
}


@pytest.mark.parametrize(("sql", "words"), DAMAGE.values(), ids=DAMAGE)
def test_verify_names_what_is_wrong(journal: Journal, path: Path, sql: str, words: str) -> None:
    journal.create(make_record(), reuse=False)
    assert journal.verify() == []
    with sqlite3.connect(path) as raw:
        raw.execute(sql)
    raw.close()
    assert any(words in problem for problem in journal.verify())


def test_verify_finds_a_damaged_page(journal: Journal, path: Path) -> None:
    for number in range(50):
        journal.create(saving(make_record(f"k{number}", take=number + 1)), reuse=False)
    journal.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 3] = b"\xa5" * 4096
    path.write_bytes(data)
    again = reopened(path)
    assert again.verify() != []
    again.close()


def test_an_unreadable_record_is_an_error_that_names_the_task(journal: Journal, path: Path) -> None:
    journal.create(make_record(), reuse=False)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE tasks SET record = json_set(record, '$.state', 'dancing')")
    raw.close()
    with pytest.raises(JournalError, match="task k7f3qa"):
        journal.get("k7f3qa")
