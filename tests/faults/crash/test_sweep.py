"""SIGKILL in the middle of a sweep: the same cell again makes the rest and pays for none twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from signal import SIGKILL

import pytest

from sora_nb.core.task import State

from .aftermath import check, in_flight
from .kernel import (
    Moment,
    client_in,
    death_at,
    ended,
    observe,
    records_in,
    start,
)
from .service import PATIENCE, Service, simulator

ROWS = 200
AT_ONCE = 20


@pytest.fixture(scope="module")
def patient_service(tmp_path_factory: pytest.TempPathFactory, film: bytes) -> Iterator[Service]:
    """Slow enough that many tasks are under way when a kernel is killed."""
    with simulator(tmp_path_factory.mktemp("service") / "state", film, speed=400) as running:
        yield running


def run_the_cell(
    folder: Path, service: Service, prompts: list[str], at_once: int, dies: Moment | None
) -> None:
    """The cell: one sweep of all prompts, waited for unless death comes first."""
    if dies is not None:
        observe(death_at(dies))
    with client_in(folder, service) as client:
        client.sweep(prompts, concurrency=at_once).wait(PATIENCE)


@pytest.mark.parametrize("seed", range(2))
def test_the_same_cell_finishes_what_killed_kernels_left_and_pays_for_none_twice(
    patient_service: Service, folder: Path, seed: int
) -> None:
    service, chance = patient_service, random.Random(seed)
    posts = len(service.posts())
    prompts = [f"row {number} of seed {seed}" for number in range(ROWS)]
    lost: set[str] = set()
    deaths = 0
    for _ in range(3):
        moment = chance.randrange(300, 1500)
        code = ended(start(run_the_cell, folder, service, prompts, AT_ONCE, moment))
        if code == 0:
            break
        assert code == -SIGKILL
        deaths += 1
        lost |= in_flight(folder)
    assert deaths
    assert len(records_in(folder)) == ROWS, "all rows were written down before the first was sent"
    with client_in(folder, service) as client:
        sweep = client.sweep(prompts, concurrency=AT_ONCE)
        # Of a POST that was under way nobody knows at once that its kernel is dead.
        rests = list(islice(sweep.as_completed(), ROWS - len(lost)))
        assert {task.state for task in rests} <= {"ready", "unsure"}
    with client_in(folder, service) as client:
        client.resume()
        sweep = client.sweep(prompts, concurrency=AT_ONCE).wait(PATIENCE)
        found = {"ready": ROWS - len(lost), "unsure": len(lost)}
        assert sweep.progress == {state: count for state, count in found.items() if count}
    check(folder, service, prompts, lost)
    assert len(service.posts()) - posts == len([p for p in prompts if service.ids(p)])


@pytest.mark.parametrize("boundary", ["before intents", "after intents", "before sending"])
def test_a_kernel_killed_around_the_writing_down_leaves_all_rows_or_none(
    service: Service, folder: Path, boundary: str
) -> None:
    service.set_faults()
    prompts = [f"{boundary} {number}" for number in range(ROWS)]
    code = ended(start(die_around_the_intents, folder, service, prompts, boundary))
    assert code == -SIGKILL
    kept = records_in(folder) if (folder / "home").exists() else {}
    assert len(kept) == (0 if boundary == "before intents" else ROWS)
    assert {record.state for record in kept.values()} <= {State.QUEUED}
    assert service.ids(prompts[0]) == []
    with client_in(folder, service) as client:
        assert client.sweep(prompts).wait(PATIENCE).progress == {"ready": ROWS}
    check(folder, service, prompts, set())


def die_around_the_intents(
    folder: Path, service: Service, prompts: list[str], dies: Moment
) -> None:
    """Like ``run_the_cell``, with the one transaction of all rows as a step of its own."""
    from sora_nb.storage.journal.journal import Journal

    from .kernel import _wrap

    observer = death_at(dies)
    _wrap(Journal, "create_all", lambda *_: "intents", observer)
    observe(observer)
    with client_in(folder, service) as client:
        client.sweep(prompts, concurrency=AT_ONCE).wait(PATIENCE)


def test_two_kernels_that_run_the_same_cell_at_once_pay_for_each_film_once(
    service: Service, folder: Path
) -> None:
    service.set_faults()
    posts = len(service.posts())
    prompts = [f"row {number} for two" for number in range(60)]
    kernels = [start(run_the_cell, folder, service, prompts, 10, None) for _ in range(2)]
    assert [ended(kernel) for kernel in kernels] == [0, 0]
    check(folder, service, prompts, set())
    assert len(service.posts()) - posts == 60


def test_a_thousand_rows_come_to_their_films(service: Service, folder: Path) -> None:
    service.set_faults()
    posts = len(service.posts())
    prompts = [f"row {number} of a thousand" for number in range(1000)]
    with client_in(folder, service, rate=1e9) as client:
        sweep = client.sweep(prompts)
        table = sweep.wait(10 * PATIENCE).table()
    assert [line["prompt"] for line in table] == prompts
    assert {line["state"] for line in table} == {"ready"}
    check(folder, service, prompts, set())
    assert len(service.posts()) - posts == 1000
