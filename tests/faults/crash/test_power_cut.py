"""The journal after a power cut: what of its files is on the disk opens, is sound, and holds every
row that was said to be durable."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from sora_nb.core.lifecycle import Accepted, Noted, Reported, Sending, advance, new_record
from sora_nb.core.task import Report, State, TaskRecord, VideoRequest
from sora_nb.storage.journal.journal import Journal

from .kernel import ended

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
ENDS = ("", "-wal", "-journal")
URL = "https://cdn.example/film.mp4"


def new_task(number: int) -> TaskRecord:
    request = VideoRequest(prompt=f"film {number} " + "of a paper boat " * 20)
    return new_record(f"task{number}", request, service="https://service.example", now=NOON)


def life(journal: Journal, number: int) -> Iterator[TaskRecord]:
    """Write a task's life down; gives each record of it that was written durably."""
    record = new_task(number)
    journal.create(record, reuse=False)
    yield record
    for event, durable in (
        (Sending(), True),
        (Accepted(task_id=f"id-{number}"), True),
        (Noted(note="the network is down"), False),
        (Noted(note=None), False),
        (Reported(report=Report(state="processing")), False),
        (Reported(report=Report(state="success", urls=(URL,))), True),
    ):
        newer = advance(record, event, NOON)
        assert journal.replace(record, newer, durable=durable)
        record = newer
        if durable:
            yield record


def journal_at(path: Path) -> Journal:
    return Journal(path, clock=lambda: NOON)


def copied(path: Path, to: Path) -> Path:
    """The files of a journal as they are on the disk now, but for what is made anew."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for end in ENDS:
        part = path.with_name(path.name + end)
        if part.exists():
            shutil.copyfile(part, to / part.name)
    return to / path.name


def assert_holds(path: Path, durable: dict[str, TaskRecord]) -> None:
    """The journal there is sound, and no task is behind what was durable of it."""
    journal = journal_at(path)
    assert journal.verify() == []
    found = {record.key: record for record in journal.all()}
    journal.close()
    order = list(State)
    for key, record in durable.items():
        assert order.index(found[key].state) >= order.index(record.state), found[key]
        assert found[key].task_id == record.task_id or record.task_id is None
        assert set(found[key].urls) >= set(record.urls)


# A power cut at any moment: a writer is frozen, and the files are copied as they are


def write_for_ever(path: Path, mode: str, done: Connection) -> None:
    """Write lives down until killed; tells each durable row once it is said to be one."""
    if mode == "delete":
        _without_shared_memory()
    journal = journal_at(path)
    assert journal.mode == mode
    # The file is brought up to date often, so that some copies are taken amid that.
    connection = journal._connection
    assert connection is not None
    connection.execute("PRAGMA wal_autocheckpoint = 20")
    number = 0
    while True:
        for record in life(journal, number):
            done.send(record)
        number += 1


def _without_shared_memory() -> None:
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def on_such_a_disk(database: Path, **options: object) -> sqlite3.Connection:
        return connect(f"{database.as_uri()}?vfs=unix-dotfile", uri=True, **options)

    sqlite3.connect = on_such_a_disk  # type: ignore[assignment]


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_copy_of_the_files_taken_at_any_moment_opens_with_every_durable_row(
    tmp_path: Path, mode: str
) -> None:
    path, chance = tmp_path / "home" / "journal.sqlite3", random.Random(7)
    durable: dict[str, TaskRecord] = {}
    unfinished = 0
    with frozen_now_and_then(path, mode) as (told, frozen):
        for _cut in range(30):
            for _row in range(chance.randrange(1, 12)):
                record = told.recv()
                durable[record.key] = record
            with frozen():
                while told.poll():
                    record = told.recv()
                    durable[record.key] = record
                copy = copied(path, tmp_path / "copy")
            beside = copy.with_name(copy.name + ("-wal" if mode == "wal" else "-journal"))
            unfinished += beside.exists()
            assert_holds(copy, durable)
    assert unfinished, "some copies were taken amid a transaction"


@contextmanager
def frozen_now_and_then(
    path: Path, mode: str
) -> Iterator[tuple[Connection, Callable[[], AbstractContextManager[None]]]]:
    """A writer, what it tells, and how to freeze it for a while. It is killed at the end."""
    # Only a child of this very process can be seen to have stopped: none of the fork server's.
    spawning = multiprocessing.get_context("spawn")
    told, done = spawning.Pipe(duplex=False)
    writer = spawning.Process(target=write_for_ever, args=(path, mode, done), daemon=True)
    writer.start()
    done.close()
    pid = writer.pid
    assert pid is not None

    @contextmanager
    def frozen() -> Iterator[None]:
        os.kill(pid, signal.SIGSTOP)
        assert os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        yield
        os.kill(pid, signal.SIGCONT)

    try:
        yield told, frozen
    finally:
        writer.kill()
        assert ended(writer) == -signal.SIGKILL
        told.close()


# What had not reached the disk: the WAL ends anywhere behind its last sync, or holds noise there


@pytest.fixture
def written(tmp_path: Path) -> Iterator[tuple[Path, list[tuple[int, TaskRecord]]]]:
    """A journal in use, and how long its WAL was when each of its durable rows had been synced."""
    path = tmp_path / "home" / "journal.sqlite3"
    journal = journal_at(path)
    wal = path.with_name(path.name + "-wal")
    synced = [
        (wal.stat().st_size, record) for number in range(6) for record in life(journal, number)
    ]
    yield path, synced
    journal.close()


def _cut(copy: Path, length: int, chance: random.Random, *, noise: bool) -> None:
    wal = copy.with_name(copy.name + "-wal")
    kept = wal.read_bytes()[:length]
    rest = chance.randbytes(wal.stat().st_size - length) if noise else b""
    wal.write_bytes(kept + rest)


@pytest.mark.parametrize("noise", [False, True])
def test_a_wal_that_ends_anywhere_holds_every_row_synced_before(
    written: tuple[Path, list[tuple[int, TaskRecord]]], tmp_path: Path, noise: bool
) -> None:
    path, synced = written
    chance = random.Random(11)
    longest = path.with_name(path.name + "-wal").stat().st_size
    lengths = [length for length, _record in synced]
    assert lengths == sorted(lengths), "nothing was written back to the file meanwhile"
    anywhere = [chance.randrange(longest) for _ in range(40)]
    for length in [0, 1, 31, 32, *lengths, *(length - 1 for length in lengths), *anywhere]:
        copy = copied(path, tmp_path / "copy")
        _cut(copy, length, chance, noise=noise)
        durable = {record.key: record for needed, record in synced if needed <= length}
        assert_holds(copy, durable)
