"""Two kernels on one journal at the same moment: one POST, one download, one budget."""

from __future__ import annotations

import time
from pathlib import Path
from signal import SIGKILL
from threading import Barrier
from typing import Any

from sora_nb.core.errors import BudgetExceeded
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import State, VideoRequest

from .aftermath import check, in_flight
from .kernel import (
    ask_for_all,
    client_in,
    ended,
    journal_in,
    processes,
    records_in,
    start,
)
from .service import PATIENCE, Service

Answers = Any  # a queue between processes, whose type is not one at run time


def ask_together(
    folder: Path, service: Service, prompts: list[str], meet: Barrier, answers: Answers
) -> None:
    """Ask for each prompt at the moment at which the other kernel asks for it, too."""
    with client_in(folder, service) as client:
        tasks = []
        for prompt in prompts:
            meet.wait(PATIENCE)
            tasks.append(client.generate(prompt))
        for task in tasks:
            task.rest(PATIENCE)
        answers.put([(task.key, task.state) for task in tasks])


def resume_together(folder: Path, service: Service, meet: Barrier, answers: Answers) -> None:
    """Resume at the moment at which the other kernel does."""
    with client_in(folder, service) as client:
        client.tasks()  # all parts are there, the journal is open
        meet.wait(PATIENCE)
        tasks = client.resume()
        for task in tasks:
            task.rest(PATIENCE)
        answers.put([(task.key, task.state) for task in tasks])


def spend_together(
    folder: Path, service: Service, prompts: list[str], meet: Barrier, answers: Answers
) -> None:
    """Ask for each prompt under a budget of five tasks that both kernels share."""
    with client_in(folder, service, budget={"tasks": 5, "per": "ever"}) as client:
        tasks, refused = [], 0
        for prompt in prompts:
            meet.wait(PATIENCE)
            try:
                tasks.append(client.generate(prompt))
            except BudgetExceeded:
                refused += 1
        for task in tasks:
            task.rest(PATIENCE)
        answers.put((len(tasks), refused))


def _together(work: Any, *arguments: Any, each: list[tuple[Any, ...]] | None = None) -> list[Any]:
    """What two kernels answer that do the same work and meet in it."""
    meet, answers = processes.Barrier(2), processes.SimpleQueue()
    kernels = [start(work, *arguments, *own, meet, answers) for own in each or [(), ()]]
    assert [ended(kernel) for kernel in kernels] == [0, 0]
    return [answers.get() for _kernel in kernels]


def test_the_same_prompt_at_the_same_moment_is_one_post_and_one_film(
    service: Service, folder: Path
) -> None:
    prompts = [f"both want film {number}" for number in range(10)]
    posts = len(service.posts())
    one, two = _together(ask_together, folder, service, prompts)
    assert one == two
    assert {state for _key, state in one} == {State.READY}
    assert len(service.posts()) - posts == len(prompts)
    check(folder, service, prompts, set())


def test_two_kernels_that_resume_what_was_never_sent_send_each_task_once(
    service: Service, folder: Path
) -> None:
    prompts = [f"never sent {number}" for number in range(30)]
    journal, posts = journal_in(folder), len(service.posts())
    for number, prompt in enumerate(prompts):
        request = VideoRequest(prompt=prompt)
        record = new_record(
            f"task{number}", request, service=service.url, now=time.time(), speed=service.speed
        )
        journal.create(record, reuse=False)
    journal.close()
    one, two = _together(resume_together, folder, service)
    assert len(service.posts()) - posts == len(prompts)
    # A kernel may have called unsure what the other one sent at that moment: its answer counts.
    check(folder, service, prompts, set())
    assert {key for key, _state in one} | {key for key, _state in two} == {
        f"task{number}" for number in range(30)
    }


def test_two_kernels_that_resume_at_once_fetch_each_film_once(
    service: Service, folder: Path
) -> None:
    prompts = [f"left behind {number}" for number in range(5)]
    assert ended(start(ask_for_all, folder, service, prompts, "before save")) == -SIGKILL
    left, lost = records_in(folder), in_flight(folder)
    unsent = [record for record in left.values() if record.state is State.QUEUED]
    fetched, posts = len(service.requests("/results/")), len(service.posts())
    service.set_faults({"match": {"path": "result"}, "do": {"delay": 0.05}})  # so that they meet
    one, two = _together(resume_together, folder, service)
    service.set_faults()
    assert one == two
    check(folder, service, prompts, lost)
    assert len(service.requests("/results/")) - fetched == len(left) - len(lost)
    assert len(service.posts()) - posts == len(unsent)


def test_a_budget_of_five_lets_two_kernels_send_five(service: Service, folder: Path) -> None:
    posts = len(service.posts())
    prompts = [[f"kernel {kernel} wants {n}" for n in range(5)] for kernel in range(2)]
    answers = _together(spend_together, folder, service, each=[(mine,) for mine in prompts])
    assert sum(made for made, _refused in answers) == 5
    assert sum(refused for _made, refused in answers) == 5
    assert len(service.posts()) - posts == 5
    check(folder, service, [*prompts[0], *prompts[1]], set())
