"""SIGKILL at every boundary between two steps of a task's life, and with fifty in flight."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import pytest

from .aftermath import check, in_flight, resume_here
from .kernel import ask_and_wait, ask_for_all, ended, resume_and_wait, start
from .service import Service, simulator

STEPS = (
    "intent",
    "sending",
    "POST",
    "accepted",
    "GET",
    "reported pending",
    "reported processing",
    "reported success",
    "save",
    "part",
    "bytes",
    "finish",
    "sidecar",
    "renamed",
    "tidied",
    "saved",
)
BOUNDARIES = [f"{side} {step}" for step in STEPS for side in ("before", "after")]
SLOWLY = (
    {"match": {"path": "status", "nth": 1}, "do": {"state": "pending"}},
    {"match": {"path": "status", "nth": 2}, "do": {"state": "processing"}},
)
UNWRITTEN = {"before intent"}
SENDING = {"after sending", "before POST", "after POST", "before accepted"}
SAVED = {"before renamed", "after renamed", "after finish", "after tidied", "before saved"}


@pytest.fixture(scope="module")
def patient_service(tmp_path_factory: pytest.TempPathFactory, film: bytes) -> Iterator[Service]:
    """Slow enough that fifty tasks are under way before the first one ends."""
    with simulator(tmp_path_factory.mktemp("service") / "state", film, speed=200) as running:
        yield running


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_kernel_killed_between_two_steps_loses_no_task_and_pays_none_twice(
    service: Service, folder: Path, boundary: str
) -> None:
    service.set_faults(*SLOWLY)
    prompt, posts = f"killed {boundary}", len(service.posts())
    assert ended(start(ask_and_wait, folder, service, [prompt], boundary)) == -SIGKILL
    lost = in_flight(folder)
    assert lost == ({prompt} if boundary in SENDING else set())
    resume_here(folder, service)
    records = check(folder, service, [prompt], lost)
    assert list(records) == ([] if boundary in UNWRITTEN else [prompt])
    sent = boundary not in {*UNWRITTEN, "after sending", "before POST"}
    assert len(service.posts()) - posts == len(service.ids(prompt)) == sent


@pytest.mark.parametrize("boundary", sorted(SAVED))
def test_a_film_that_was_renamed_before_the_kill_is_not_fetched_again(
    service: Service, folder: Path, boundary: str
) -> None:
    service.set_faults()
    ended(start(ask_and_wait, folder, service, [f"a saved film, {boundary}"], boundary))
    before = service.requests("/results/")
    resume_here(folder, service)
    assert service.requests("/results/") == before


def test_a_kernel_killed_between_the_charge_and_its_answer_leaves_one_unsure_task(
    service: Service, folder: Path
) -> None:
    prompt, posts = "killed on the wire", len(service.posts())
    service.set_faults({"match": {"path": "submit", "prompt": prompt}, "do": {"hang": True}})
    kernel = start(ask_and_wait, folder, service, [prompt], None)
    while not service.ids(prompt):
        assert kernel.is_alive()
    kernel.kill()
    assert ended(kernel) == -SIGKILL
    service.set_faults()
    resume_here(folder, service)
    record = check(folder, service, [prompt], {prompt})[prompt]
    assert record.failure is not None
    assert "while it was being sent" in record.failure.message
    assert len(service.posts()) - posts == 1


@pytest.mark.parametrize("seed", range(4))
def test_fifty_tasks_in_flight_outlive_any_number_of_killed_kernels(
    patient_service: Service, folder: Path, seed: int
) -> None:
    service, chance = patient_service, random.Random(seed)
    posts = len(service.posts())
    prompts = [f"task {number} of seed {seed}" for number in range(50)]
    work, most = (ask_for_all, 300) if seed % 2 else (ask_and_wait, 600)
    code = ended(start(work, folder, service, prompts, chance.randrange(1, most)))
    lost: set[str] = set()
    while code == -SIGKILL:
        lost |= in_flight(folder)
        code = ended(start(resume_and_wait, folder, service, chance.randrange(1, 800)))
    assert code == 0
    records = check(folder, service, prompts, lost)
    assert len(records) == 50 or work is ask_and_wait
    assert len(service.posts()) - posts == len([p for p in prompts if service.ids(p)])
