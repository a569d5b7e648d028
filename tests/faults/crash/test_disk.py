"""A full disk, a home that cannot be written, and a disk on which WAL cannot work."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from sora_nb.core.errors import JournalError
from sora_nb.core.task import State
from sora_nb.runtime.runtime import Runtime

from .aftermath import check, in_flight, resume_here
from .kernel import (
    ask_and_wait,
    client_in,
    ended,
    observe,
    processes,
    records_in,
    resume_and_wait,
    start,
)
from .service import PATIENCE, Service

ROOM_FOR_HALF_A_FILM = 300_000
NO_ROOM = 0


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.002)


# A full disk. The kernel's files may grow no further than to a limit: writing fails as it does on
# a full disk, and whoever the test runs as.


def run_out_of_room(
    folder: Path, service: Service, prompt: str, moment: str, room: int, told: Any, freed: Any
) -> None:
    """Live until ``moment``, from which no file may be longer than ``room`` or than the journal's
    WAL is then; tell what became of the task, and go on when there is room again."""
    wal = folder / "home" / "journal.sqlite3-wal"
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    full = False

    def observer(now: str) -> None:
        nonlocal full
        if now == moment and not full:
            full = True
            resource.setrlimit(resource.RLIMIT_FSIZE, (room or wal.stat().st_size, most))

    observe(observer)
    with client_in(folder, service, poll=60.0) as client:
        task = client.generate(prompt)
        until(lambda: full and "again by itself" in (task.record.note or ""))
        told.put((task.state, task.record.note))
        assert freed.wait(PATIENCE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        task.rest(PATIENCE)


def _full(
    folder: Path, service: Service, prompt: str, moment: str, room: int
) -> tuple[Any, str, str, Any]:
    """A kernel that ran out of room: the process, its task's state and note, how to free it."""
    told, freed = processes.SimpleQueue(), processes.Event()
    kernel = start(run_out_of_room, folder, service, prompt, moment, room, told, freed)
    state, note = told.get()
    return kernel, state, note, freed


def test_a_disk_that_fills_up_under_a_download_costs_a_note_and_the_rest_is_fetched_later(
    service: Service, folder: Path
) -> None:
    prompt, posts = "no room for the film", len(service.posts())
    fetched = len(service.requests("/results/"))
    kernel, state, note, freed = _full(folder, service, prompt, "before save", ROOM_FOR_HALF_A_FILM)
    assert state == State.SAVING
    assert "not saved yet" in note
    assert str(folder / "films") in note
    freed.set()
    assert ended(kernel) == 0
    check(folder, service, [prompt], set())
    assert len(service.posts()) - posts == 1
    answers = [entry["status"] for entry in service.requests("/results/")[fetched:]]
    assert answers[0] == 200
    assert set(answers[1:]) == {206}, "what had come was kept"


def test_what_cannot_be_written_down_is_not_sent_until_it_can(
    service: Service, folder: Path
) -> None:
    prompt, posts = "no room for the journal", len(service.posts())
    kernel, state, note, freed = _full(folder, service, prompt, "before sending", NO_ROOM)
    assert state == State.QUEUED
    assert "not sent" in note
    assert str(folder / "home") in note
    assert len(service.posts()) == posts
    freed.set()
    assert ended(kernel) == 0
    check(folder, service, [prompt], set())
    assert len(service.posts()) - posts == 1


@pytest.mark.parametrize("killed", [False, True], ids=["freed", "killed"])
def test_a_disk_that_fills_up_behind_a_post_costs_no_second_one(
    service: Service, folder: Path, killed: bool
) -> None:
    prompt, posts = f"no room for the id ({killed})", len(service.posts())
    kernel, state, _note, freed = _full(folder, service, prompt, "before accepted", NO_ROOM)
    assert state == State.SAVING, "the kernel goes on with the id that it alone knows"
    assert in_flight(folder) == {prompt}
    if killed:
        kernel.kill()
        assert ended(kernel) == -SIGKILL
        resume_here(folder, service)
        unsure = records_in(folder)[prompt]
        assert unsure.state is State.UNSURE
        with client_in(folder, service) as client:  # a person finds the id in the dashboard
            client.get(unsure.key).adopt(service.ids(prompt)[0]).rest(PATIENCE)
    else:
        freed.set()
        assert ended(kernel) == 0
    check(folder, service, [prompt], set())
    assert len(service.posts()) - posts == len(service.ids(prompt)) == 1


# A home that cannot be written


def test_a_home_that_cannot_be_made_is_said_and_nothing_is_sent(
    service: Service, folder: Path
) -> None:
    folder.mkdir()
    (folder / "home").write_text("a file where the folder should be")
    posts = len(service.posts())
    with client_in(folder, service) as client:
        with pytest.raises(JournalError, match=r"journal\.sqlite3") as caught:
            client.generate("nobody remembers this")
        assert "SORA_NB_HOME" in str(caught.value.advice)
        with pytest.raises(JournalError):
            client.tasks()
    assert len(service.posts()) == posts


def test_a_journal_that_becomes_read_only_takes_no_task_and_loses_none(
    service: Service, folder: Path
) -> None:
    prompt, posts = "asked for before", len(service.posts())

    def read_only(switch: str) -> Callable[[Runtime], None]:
        def turn(runtime: Runtime) -> None:
            assert runtime.journal._connection is not None
            runtime.journal._connection.execute(f"PRAGMA query_only = {switch}")

        return turn

    with client_in(folder, service) as client:
        task = client.generate(prompt)
        until(lambda: task.id)
        client._lifetime.on_loop(read_only("ON"))
        with pytest.raises(JournalError, match="read-only") as caught:
            client.generate("asked for too late")
        assert "writable" in str(caught.value.advice)
        assert [known.key for known in client.tasks()] == [task.key], "it can still be read"
        task.rest(PATIENCE)
        assert task.state == State.READY
        assert records_in(folder)[prompt].state is not State.READY
        client._lifetime.on_loop(read_only("OFF"))
    check(folder, service, [prompt], set())
    assert len(service.posts()) - posts == 1


# A disk without shared memory between processes, where WAL cannot work


def on_a_disk_without_wal(work: Callable[..., None], told: Any, *arguments: Any) -> None:
    """Do a kernel's work where SQLite has no shared memory; tell the mode of the journal."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def without_shared_memory(database: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"{database.as_uri()}?vfs=unix-dotfile", uri=True, **options)

    sqlite3.connect = without_shared_memory  # type: ignore[assignment]
    folder, service = arguments[:2]
    with client_in(folder, service) as client:
        told.put(client._lifetime.on_loop(lambda runtime: runtime.journal.mode))
    work(*arguments)


def test_where_wal_cannot_work_a_killed_kernel_loses_nothing_either(
    service: Service, folder: Path
) -> None:
    prompts, told = [f"without wal {number}" for number in range(4)], processes.SimpleQueue()
    posts = len(service.posts())
    first = start(
        on_a_disk_without_wal, ask_and_wait, told, folder, service, prompts, "before save"
    )
    assert ended(first) == -SIGKILL
    assert not (folder / "home" / "journal.sqlite3-wal").exists()
    for lock in (folder / "home").glob("*.lock"):
        lock.rmdir()  # this stand-in for such a disk locks by a folder that outlives its process
    raw = sqlite3.connect(folder / "home" / "journal.sqlite3")  # a Journal would turn it to WAL
    sending = raw.execute(
        "SELECT json_extract(record, '$.request.prompt') FROM tasks WHERE state = ?", ["submitting"]
    )
    lost = {prompt for (prompt,) in sending}
    raw.close()
    second = start(on_a_disk_without_wal, resume_and_wait, told, folder, service, None)
    assert ended(second) == 0
    assert [told.get(), told.get()] == ["delete", "delete"]
    check(folder, service, prompts, lost)
    assert len(service.posts()) - posts == len([p for p in prompts if service.ids(p)])
