"""The service's limits under load: kept where they are known, and borne with where they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sora_nb.core.task import State

from .aftermath import check
from .kernel import client_in
from .service import PATIENCE, Service, simulator

Start = Callable[..., Service]


@pytest.fixture
def limited(tmp_path: Path, film: bytes) -> Iterator[Start]:
    """Starts a simulator with the options given."""
    with ExitStack() as stack:

        def start(*options: str, speed: float) -> Service:
            return stack.enter_context(simulator(tmp_path / "state", film, *options, speed=speed))

        yield start


def films_of(folder: Path, service: Service, prompts: list[str], **settings: Any) -> None:
    """Ask for all of them at once and wait for the last film."""
    with client_in(folder, service, **settings) as client:
        tasks = [client.generate(prompt) for prompt in prompts]
        for task in tasks:
            task.rest(PATIENCE)
            assert task.state == State.READY


def refused(service: Service) -> list[dict[str, Any]]:
    return [entry for entry in service.requests("/api/v1/") if entry["status"] == 429]


def overtaken(service: Service, prompts: list[str]) -> int:
    """How many places the task that was overtaken most came later than it was asked for."""
    order = [task["prompt"] for task in service.accepted()]
    assert sorted(order) == sorted(prompts)
    return max(order.index(prompt) - place for place, prompt in enumerate(prompts))


@pytest.mark.parametrize("retry_after", [None, 30, "date:30"])
def test_after_a_storm_of_429_every_film_is_there_and_nothing_slows_down_any_more(
    limited: Start, folder: Path, retry_after: object
) -> None:
    service = limited(speed=1000)
    refusal = (
        {"status": 429} if retry_after is None else {"status": 429, "retry_after": retry_after}
    )
    service.set_faults({"match": {"path": "submit", "times": 25}, "do": refusal})
    prompts = [f"film {number:02}" for number in range(20)]
    films_of(folder, service, prompts)
    assert len(refused(service)) == 25
    assert len(service.posts()) == 25 + 20
    # Behind what was on the wire when the storm began, each came in its turn.
    assert overtaken(service, prompts) <= 10
    films_of(folder, service, [f"later film {number}" for number in range(5)])
    assert len(refused(service)) == 25
    check(folder, service, prompts, set())


def test_while_the_pause_after_a_429_lasts_no_task_asks_for_anything(
    limited: Start, folder: Path
) -> None:
    service = limited(speed=1000)
    refusal = {"status": 429, "retry_after": 600}
    service.set_faults({"match": {"path": "submit", "times": 4}, "do": refusal})
    prompts = [f"film {number:02}" for number in range(10)]
    films_of(folder, service, prompts)
    pause = 600 / service.speed
    times = [entry["time"] for entry in service.requests("/api/v1/")]
    for entry in refused(service):
        # What was on the wire already arrives at once.
        still = [at for at in times if 0.5 * pause < at - entry["time"] < 0.98 * pause]
        assert still == []
    check(folder, service, prompts, set())


def test_a_rate_that_the_client_does_not_know_costs_refusals_and_no_task(
    limited: Start, folder: Path
) -> None:
    """More than a hundred times below the documented one, further than the client goes down."""
    service = limited("--rate", "12", speed=100)
    prompts = [f"film {number:02}" for number in range(12)]
    films_of(folder, service, prompts)
    assert refused(service)
    assert len(refused(service)) < 0.75 * len(service.requests("/api/v1/"))
    check(folder, service, prompts, set())


def test_a_rate_that_is_set_is_kept_by_requests_of_all_kinds(limited: Start, folder: Path) -> None:
    service = limited(speed=1000)
    prompts = [f"film {number:02}" for number in range(10)]
    films_of(folder, service, prompts, rate=10, poll="live")
    times = [entry["time"] for entry in service.requests("/api/v1/")]
    spacing = 60 / (10 * 0.8 * service.speed)  # four fifths of the rate are used
    assert len(times) > 20
    assert times[-1] - times[0] > 0.95 * spacing * (len(times) - 1)
    check(folder, service, prompts, set())


def test_tasks_beyond_the_places_of_the_service_come_as_places_are_free(
    limited: Start, folder: Path
) -> None:
    service = limited("--concurrency", "4", speed=1000)
    prompts = [f"film {number:02}" for number in range(20)]
    films_of(folder, service, prompts)
    assert len(refused(service)) <= 6 * len(prompts)
    assert overtaken(service, prompts) <= 10
    check(folder, service, prompts, set())


def test_never_more_tasks_at_once_than_the_setting_and_in_the_order_of_asking(
    limited: Start, folder: Path
) -> None:
    service = limited("--concurrency", "3", speed=1000)
    prompts = [f"film {number:02}" for number in range(12)]
    films_of(folder, service, prompts, concurrency=3)
    assert refused(service) == [], "the service would have refused a fourth"
    assert overtaken(service, prompts) <= 2, "of three on the wire at once any may be the first"
    check(folder, service, prompts, set())
