"""What must be true when every kernel has ended: the service's list against journal and disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sora_nb.core.task import State, TaskRecord

from .kernel import client_in, journal_in, records_in
from .service import PATIENCE, Service


def resume_here(folder: Path, service: Service) -> None:
    """Take up what is left, in this process, until every task rests."""
    with client_in(folder, service) as client:
        for task in client.resume():
            task.rest(PATIENCE)


def in_flight(folder: Path) -> set[str]:
    """The prompts of which the journal says that their POST is under way."""
    found = records_in(folder) if (folder / "home").exists() else {}
    return {prompt for prompt, record in found.items() if record.state is State.SUBMITTING}


def check(
    folder: Path, service: Service, prompts: list[str], lost: set[str]
) -> dict[str, TaskRecord]:
    """Nothing accepted is missing, nothing was sent twice, each film is on disk, once.

    ``lost`` are the prompts that a kernel died with while their POST was under way: they, and they
    alone, are unsure. Gives the journal's records by prompt.
    """
    journal = journal_in(folder)
    assert journal.verify() == []
    kept = journal.all()
    journal.close()
    records = {record.request.prompt: record for record in kept}
    assert len(records) == len(kept), "one task for each prompt"
    accepted = [task for task in service.accepted() if task["prompt"] in prompts]
    assert len({task["prompt"] for task in accepted}) == len(accepted), "paid once"
    for task in accepted:
        record = records[task["prompt"]]
        if task["prompt"] not in lost:
            assert record.task_id == task["id"]
    for prompt, record in records.items():
        assert record.state is (State.UNSURE if prompt in lost else State.READY), record
    films = [record.film for record in kept if record.film is not None]
    assert len(films) == len(kept) - len(lost)
    for film in films:
        assert hashlib.sha256(Path(film.path).read_bytes()).hexdigest() == film.sha256
    sidecars = [str(Path(film.path).with_suffix(".json")) for film in films]
    expected = {*(film.path for film in films), *sidecars}
    assert {str(path) for path in (folder / "films").glob("*")} == expected
    return records
