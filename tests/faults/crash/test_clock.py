"""A clock that is set back, and a laptop that sleeps for a day."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from sora_nb.core.task import State

from .aftermath import check
from .kernel import client_in
from .service import PATIENCE, Service

HOUR, DAY = 3600.0, 86_400.0


class WallClock:
    """This machine's clock, after someone has set it ``ahead`` by so many seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    """The clock of every client that is built in the test; timers go by another one."""
    clock = WallClock()
    stand_in = SimpleNamespace(time=clock.time, monotonic=time.monotonic)
    for file in ("build", "tasks", "sweeps"):
        monkeypatch.setattr(f"sora_nb.runtime.{file}.time", stand_in)
    return clock


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end


@pytest.mark.parametrize("change", [-HOUR, DAY], ids=["set back an hour", "asleep for a day"])
def test_a_clock_that_jumps_while_tasks_run_loses_none_and_pays_none_twice(
    service: Service, folder: Path, wall: WallClock, change: float
) -> None:
    prompts = [f"film {number} at {change}" for number in range(5)]
    posts = len(service.posts())
    with client_in(folder, service, budget={"tasks": 6, "per": "day"}) as client:
        tasks = [client.generate(prompt) for prompt in prompts]
        until(lambda: all(task.id for task in tasks))
        wall.ahead = change
        for task in tasks:
            task.rest(PATIENCE)
        assert [client.generate(prompt).key for prompt in prompts] == [task.key for task in tasks]
    assert len(service.posts()) - posts == len(prompts)
    check(folder, service, prompts, set())


@pytest.mark.parametrize("change", [-HOUR, DAY], ids=["set back an hour", "asleep for a day"])
def test_a_clock_that_jumps_while_no_kernel_runs_changes_nothing_for_the_next_one(
    service: Service, folder: Path, wall: WallClock, change: float
) -> None:
    prompt, posts = f"left alone for {change}", len(service.posts())
    with client_in(folder, service) as client:
        task = client.generate(prompt)
        until(lambda: task.id)
    wall.ahead = change
    with client_in(folder, service) as client:
        for task in client.resume():
            task.rest(PATIENCE)
            assert task.state == State.READY
    assert len(service.posts()) - posts == 1
    check(folder, service, [prompt], set())


def test_a_post_under_way_during_a_sleep_of_a_day_is_answered_as_if_nothing_were(
    service: Service, folder: Path, wall: WallClock
) -> None:
    """Another kernel that wakes first may call the sender silent: the sender's answer counts."""
    prompt = "asleep while it is sent"
    held = {"match": {"path": "submit", "prompt": prompt}, "do": {"delay": 0.5}}
    service.set_faults(held)
    with client_in(folder, service) as sender, client_in(folder, service) as other:
        task = sender.generate(prompt)
        until(lambda: task.state == State.SUBMITTING)
        seen = other.generate(prompt)
        assert seen.key == task.key
        wall.ahead = DAY
        task.rest(PATIENCE)
        seen.rest(PATIENCE)
        assert task.state == State.READY
        service.set_faults()
        assert other.get(task.key).state == State.READY
    check(folder, service, [prompt], set())
