"""Journals of every version that was ever released open, are sound, and their tasks go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.core.errors import InvalidRequest
from sora_nb.core.task import State
from sora_nb.storage.journal import schema

from .kernel import client_in, journal_in, records_in
from .old_journals import HOST, path_of, roads, unpack
from .service import PATIENCE, Service

VERSIONS = range(1, len(schema.MIGRATIONS) + 1)
AFTER_RESUME = {
    State.QUEUED: State.READY,
    State.SUBMITTING: State.UNSURE,
    State.PENDING: State.READY,
    State.PROCESSING: State.READY,
    State.SAVING: State.READY,
    State.STOPPED: State.READY,
    State.UNSURE: State.UNSURE,
    State.FAILED: State.FAILED,
    State.READY: State.READY,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_journal_of_each_version_was_kept(version: int) -> None:
    assert path_of(version).exists(), "python -m tests.faults.crash.old_journals"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_tasks_of_an_old_journal_go_on_and_none_is_paid_for_twice(
    service: Service, folder: Path, version: int
) -> None:
    with client_in(folder / "elsewhere", service) as client:
        known = [client.generate(f"made by version {version}", take=n) for n in range(1, 5)]
        for task in known:
            task.rest(PATIENCE)
    alive = (State.PENDING, State.PROCESSING, State.SAVING, State.STOPPED)
    names = {f"id-of-{s}": str(t.id) for s, t in zip(alive, known, strict=True)}
    unpack(
        version,
        folder / "home" / "journal.sqlite3",
        {HOST: service.url.removesuffix("/api/v1"), **names},
    )
    before = records_in(folder)
    assert {record.state for record in before.values()} == set(roads())
    posts = len(service.posts())
    with client_in(folder, service) as client:
        for task in client.resume():
            task.rest(PATIENCE)
        for prompt, record in before.items():
            if record.state is not State.READY and record.state is not State.FAILED:
                assert client.generate(prompt).key == record.key, "the same request, the same task"
        with pytest.raises(InvalidRequest, match="never"):
            client.get("never")
    assert len(service.posts()) - posts == 1, "the one that had never been sent"
    journal = journal_in(folder)
    assert journal.verify() == []
    for record in journal.all():
        was = before[record.request.prompt].state
        assert record.state is AFTER_RESUME[was], (was, record)
    journal.close()
