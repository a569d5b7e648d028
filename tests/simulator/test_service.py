"""The life of a task by the clock, the limits, the balance and what outlives the process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_nb.simulator import pace
from sora_nb.simulator.envelope import Refused
from sora_nb.simulator.service import Simulator
from sora_nb.simulator.tasks import SimulatedTask

from .conftest import KEY, NOON, ORIGIN, Clock, ReadyFilms, raw

Make = Callable[..., Simulator]


def data(simulator: Simulator, task: SimulatedTask) -> dict[str, Any]:
    reply = simulator.status(task, ORIGIN)
    assert (reply.status, reply.body["code"]) == (200, 200)
    found: dict[str, Any] = reply.body["data"]
    return found


def refused(act: Callable[[], object]) -> int:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.reply.body["code"] == caught.value.reply.status
    return caught.value.reply.status


@pytest.mark.parametrize(
    ("duration", "low", "high"), [(4, 120, 240), (8, 180, 300), (12, 240, 360)]
)
def test_times_are_spread_over_the_documented_range(duration: int, low: int, high: int) -> None:
    ends = [pace.draw(0, "digest", take, duration).ends for take in range(500)]
    assert low <= min(ends) < low + 20
    assert high - 20 < max(ends) <= high


def test_times_depend_on_seed_input_and_take_and_on_nothing_else() -> None:
    assert pace.draw(1, "a", 1, 4) == pace.draw(1, "a", 1, 4)
    others = {pace.draw(2, "a", 1, 4), pace.draw(1, "b", 1, 4), pace.draw(1, "a", 2, 4)}
    assert len(others | {pace.draw(1, "a", 1, 4)}) == 4


def test_a_task_goes_through_its_states_in_order(make: Make, clock: Clock) -> None:
    simulator = make()
    task = simulator.submit("sora-2", raw(), KEY)
    seen = [data(simulator, task)]
    clock.now = NOON + task.starts
    seen.append(data(simulator, task))
    clock.now = NOON + task.ends - 0.01
    seen.append(data(simulator, task))
    clock.now = NOON + task.ends
    seen.append(data(simulator, task))
    assert [reply["state"] for reply in seen] == ["pending", "processing", "processing", "success"]
    assert seen[0] == {"taskId": task.id, "state": "pending", "createTime": NOON * 1000}
    assert seen[3]["completeTime"] - seen[3]["createTime"] == seen[3]["costTime"]
    assert seen[3]["costTime"] == round(task.ends * 1000)
    assert isinstance(seen[3]["resultJson"], str)
    (url,) = json.loads(seen[3]["resultJson"])["resultUrls"]
    assert url.startswith(f"{ORIGIN}/results/")


def test_speed_divides_the_wait_but_not_the_times_in_the_reply(make: Make, clock: Clock) -> None:
    simulator = make(speed=100)
    task = simulator.submit("sora-2", raw(), KEY)
    clock.now = NOON + task.ends / 100 - 0.001
    assert data(simulator, task)["state"] == "processing"
    clock.now = NOON + task.ends / 100 + 0.001
    reply = data(simulator, task)
    assert reply["state"] == "success"
    assert 120_000 <= reply["costTime"] <= 240_000


def test_a_task_is_processing_until_its_film_exists(
    make: Make, clock: Clock, films: ReadyFilms
) -> None:
    simulator = make()
    films.there = False
    task = simulator.submit("sora-2", raw(), KEY)
    assert films.wanted == []
    clock.now += 240
    assert data(simulator, task)["state"] == "processing"
    assert films.wanted == [task.id]
    films.there = True
    assert data(simulator, task)["state"] == "success"


def test_a_film_that_cannot_be_made_is_a_failed_task(
    make: Make, clock: Clock, films: ReadyFilms
) -> None:
    simulator = make()
    films.there = False
    task = simulator.submit("sora-2", raw(), KEY)
    clock.now += 60
    simulator.fail(task, "IMAGE_TOO_LARGE", "Too large.")
    reply = data(simulator, task)
    assert (reply["state"], reply["failCode"], reply["failMsg"], reply["costTime"]) == (
        "failed",
        "IMAGE_TOO_LARGE",
        "Too large.",
        60_000,
    )


@pytest.mark.parametrize("code", ["CONTENT_VIOLATION", "SensitiveContent"])
def test_the_prompt_can_ask_for_a_failure(make: Make, clock: Clock, code: str) -> None:
    simulator = make()
    task = simulator.submit("sora-2", raw(f"a boat [fail:{code}]"), KEY)
    assert data(simulator, task)["state"] == "pending"
    clock.now += 14
    reply = data(simulator, task)
    assert (reply["state"], reply["failCode"]) == ("failed", code)
    assert reply["failMsg"]
    assert "resultJson" not in reply


def test_a_fault_can_fail_a_task_late(make: Make, clock: Clock) -> None:
    simulator = make()
    fault = {"fail": "GENERATION_FAILED", "after": 900, "message": "Broken."}
    task = simulator.submit("sora-2", raw(), KEY, fault)
    clock.now += 899
    assert data(simulator, task)["state"] == "processing"
    clock.now += 1
    assert data(simulator, task)["failMsg"] == "Broken."


def test_the_same_input_again_is_another_take_of_another_length(make: Make) -> None:
    simulator = make()
    tasks = [simulator.submit("sora-2", raw(), KEY) for _ in range(3)]
    other = simulator.submit("sora-2", raw("a red boat"), KEY)
    assert [task.take for task in (*tasks, other)] == [1, 2, 3, 1]
    assert len({task.id for task in tasks}) == len({task.ends for task in tasks}) == 3


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic abc", KEY])
def test_a_request_without_a_bearer_key_is_a_401(make: Make, header: str | None) -> None:
    assert refused(lambda: make().authorize(header)) == 401


def test_any_key_will_do_unless_one_is_set(make: Make) -> None:
    assert make().authorize("bearer whatever") == "whatever"
    strict = make(api_key="right")
    assert strict.authorize("Bearer right") == "right"
    assert refused(lambda: strict.authorize("Bearer wröng")) == 401
    assert "right" not in repr(strict.config)


def test_one_request_too_many_a_minute_is_a_429_for_that_key_only(make: Make, clock: Clock) -> None:
    simulator = make(rate=3, speed=10)
    for _ in range(3):
        simulator.authorize("Bearer one")
    assert refused(lambda: simulator.authorize("Bearer one")) == 429
    simulator.authorize("Bearer two")
    clock.now += 5.9
    assert refused(lambda: simulator.authorize("Bearer one")) == 429
    clock.now += 0.2
    simulator.authorize("Bearer one")


def test_one_task_too_many_at_once_is_a_429_until_one_ends(make: Make, clock: Clock) -> None:
    simulator = make(concurrency=2)
    first = simulator.submit("sora-2", raw(), KEY)
    second = simulator.submit("sora-2", raw(), KEY)
    assert refused(lambda: simulator.submit("sora-2", raw(), KEY)) == 429
    clock.now = NOON + min(first.ends, second.ends)
    simulator.submit("sora-2", raw(), KEY)
    assert refused(lambda: simulator.submit("sora-2", raw(), KEY)) == 429


def test_films_are_paid_from_the_balance_until_it_does_not_suffice(make: Make) -> None:
    simulator = make(balance=0.3)
    assert simulator.balance().body == {"code": 200, "message": "success", "data": 0.3}
    simulator.submit("sora-2", raw(duration=12), KEY)
    assert simulator.balance().body["data"] == 0.06
    assert refused(lambda: simulator.submit("sora-2", raw(), KEY)) == 402
    assert simulator.balance().body["data"] == 0.06


def test_a_refused_submit_makes_no_task_and_costs_nothing(make: Make) -> None:
    simulator = make()
    assert refused(lambda: simulator.submit("sora-2", raw(duration=5), KEY)) == 400
    assert simulator.accepted() == []
    assert simulator.balance().body["data"] == 1000.0


def test_another_simulator_on_the_same_folder_knows_the_task(
    make: Make, clock: Clock, tmp_path: Path
) -> None:
    task = make(state=tmp_path, speed=10).submit("sora-2", raw(), KEY)
    later = make(state=tmp_path, speed=1)
    clock.now += task.ends / 10
    assert data(later, later.find(task.id))["state"] == "success"
    assert later.submit("sora-2", raw(), KEY).take == 2
    assert [entry["take"] for entry in later.accepted()] == [1, 2]


@pytest.mark.parametrize("task_id", ["", "no", "../task", "a/b", "\x00", "\ud800", "é" * 5000])
def test_a_task_that_nobody_accepted_is_a_404(make: Make, tmp_path: Path, task_id: str) -> None:
    assert refused(lambda: make(state=tmp_path).find(task_id)) == 404


def test_a_half_written_or_foreign_file_is_an_unknown_task(make: Make, tmp_path: Path) -> None:
    simulator = make(state=tmp_path)
    task = simulator.submit("sora-2", raw(), KEY)
    (path,) = tmp_path.glob("*.json")
    for text in ("{", "[]", '{"id": "x"}'):
        path.write_text(text)
        assert refused(lambda: make(state=tmp_path).find(task.id)) == 404


@pytest.mark.parametrize(
    "fields", [{"speed": 0}, {"speed": float("nan")}, {"rate": 0}, {"balance": -1}]
)
def test_a_setting_outside_its_range_is_refused(make: Make, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        make(**fields)
