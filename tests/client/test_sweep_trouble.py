"""Many films as one when service or disk fail: what is sent, what is paid, what is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sora_nb.client.client import Client
from sora_nb.core.errors import BudgetExceeded, ServiceError, SoraError
from sora_nb.core.lifecycle import GaveUp, Watched
from sora_nb.core.task import Failure
from tests.support.clients import CANARY, PATIENT, SPEED, Simulator
from tests.support.own_loop import run_alone

MakeClient = Callable[..., Client]


def answer_all_submits(simulator: Simulator, **answer: Any) -> None:
    simulator.ask("/simulator/faults", [{"match": {"path": "submit"}, "do": answer}])


@pytest.mark.parametrize("concurrency", [5, None])
def test_an_outage_holds_back_all_but_a_few_until_a_person_goes_on(
    client: Client, simulator: Simulator, concurrency: int | None
) -> None:
    answer_all_submits(simulator, status=502)
    sweep = client.sweep(
        [f"boat {n} of {concurrency}" for n in range(200)], concurrency=concurrency
    )
    with pytest.raises(ServiceError, match="films are held back") as waited:
        sweep.wait(PATIENT)
    lost = sweep.progress["unsure"]
    assert len(simulator.requests()) == lost <= 5
    assert sweep.progress == {"queued": 200 - lost, "unsure": lost}
    assert sweep.note == f"{waited.value.message} {waited.value.advice}"
    completed = iter(sweep.as_completed())
    assert [next(completed).state for _ in range(lost)] == ["unsure"] * lost
    with pytest.raises(ServiceError):
        next(completed)
    for wait in (lambda: run_alone(sweep._wait()), lambda: sweep.map(str).wait(PATIENT)):
        with pytest.raises(ServiceError, match="films are held back"):
            wait()
    simulator.let_go()
    sweep.resume()
    assert sweep.wait(PATIENT).progress == {"ready": 200 - lost, "unsure": lost}
    assert sweep.note is None


def test_the_same_prompt_asked_for_alone_is_sent_although_the_sweep_holds_it_back(
    client: Client, simulator: Simulator
) -> None:
    answer_all_submits(simulator, status=502)
    sweep = client.sweep([f"boat {n}" for n in range(20)])
    with pytest.raises(ServiceError):
        sweep.wait(PATIENT)
    simulator.let_go()
    assert client.generate("boat 19").wait(PATIENT).path.is_file()
    sweep.stop()
    assert sweep.wait(PATIENT).progress["ready"] == 1
    assert len(simulator.accepted()) == 1


def test_what_a_429_sends_back_after_a_stop_is_never_sent(
    client: Client, simulator: Simulator
) -> None:
    answer_all_submits(simulator, status=429, delay=0.3)
    sweep = client.sweep([f"boat {n}" for n in range(8)], concurrency=3)
    while not simulator.requests():
        pass
    sweep.stop()
    assert sweep.progress == {"stopped": 8}
    simulator.let_go()
    assert client.generate("a koi").wait(PATIENT).path.is_file()
    assert len(simulator.accepted()) == 1


def test_many_rows_are_stopped_and_taken_up_again_in_one_transaction(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(
        base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED, budget={"tasks": 100}
    )
    answer_all_submits(simulator, status=429)
    begun: list[str] = []

    def listen(statement: str) -> None:
        if statement.startswith("BEGIN"):
            begun.append(statement)

    prompts = [f"boat {n}" for n in range(90)]
    client.sweep(prompts, start=False).start().stop()
    assert client.budget_left() == {"tasks": 100}
    parts = client._lifetime.open()

    def trace() -> None:
        assert parts.journal._connection is not None
        parts.journal._connection.set_trace_callback(listen)

    client.call(trace)
    sweep = client.sweep(prompts)
    assert client.budget_left() == {"tasks": 10}
    sweep.stop()
    assert sweep.progress == {"stopped": 90}
    # Of those that were handed over each has its own: sent, turned away, stopped.
    assert len(begun) < 30


def lose_the_film(client: Client, monkeypatch: pytest.MonkeyPatch, *prompts: str) -> str:
    """The first of these films and its link have gone; gives its task's key."""
    made = client.sweep(list(prompts)).wait(PATIENT)
    made.videos[0].path.unlink()
    monkeypatch.setattr(client._lifetime.open().recovery, "_now", lambda: 1e11)
    return made.tasks[0].key


def test_a_lost_film_is_no_film_and_is_made_anew_on_request_only(
    client: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = lose_the_film(client, monkeypatch, "a boat", "a koi")
    planned = client.sweep(["a boat", "a koi"], start=False)
    assert "1 film was made and is lost" in str(planned.plan)
    assert (planned.plan.new, planned.plan.reused) == (0, 1)
    sweep = client.sweep(["a boat", "a koi", "a boat"]).wait(PATIENT)
    assert [task.key for task in sweep.failed] == [old]
    assert len(sweep.videos) == 1
    assert [bool(line["path"]) for line in sweep.table()] == [False, True, False]
    assert list(sweep.retry_failed()) == []
    assert len(simulator.accepted()) == 2
    (again,) = sweep.retry([sweep[0]])
    assert again.key != old
    assert sweep[0].task is sweep[2].task is again
    assert sweep.wait(PATIENT).progress == {"ready": 3}
    assert [line["error"] for line in sweep.table()] == [""] * 3
    assert len(sweep.videos) == 2
    assert list(sweep.retry([sweep[0], sweep[1]])) == list(sweep.tasks)
    assert len(simulator.accepted()) == 3


def test_what_was_made_anew_for_a_lost_film_elsewhere_is_not_paid_twice(
    client: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = lose_the_film(client, monkeypatch, "a boat")
    first, second = (client.sweep(["a boat"]) for _cell in range(2))
    (again,) = first.retry(first)
    assert [task.key for task in second.retry(second)] == [again.key]
    assert again.key != old
    second.wait(PATIENT)
    assert len(simulator.accepted()) == 2


def test_a_retry_keeps_what_may_be_charged_or_goes_on_also_where_all_is_new(
    client: Client, simulator: Simulator
) -> None:
    rules = [
        {"match": {"path": "submit", "prompt": "a koi"}, "do": {"cut": "after"}},
        {"match": {"path": "submit", "prompt": "a fox"}, "do": {"fail": "GENERATION_FAILED"}},
        {"match": {"path": "status", "prompt": "a boat"}, "do": {"state": "processing"}},
    ]
    simulator.ask("/simulator/faults", rules)
    sweep = client.sweep(["a boat", "a koi", "a fox"], new=True)
    assert sweep[2].task is not None
    sweep[2].task.rest(PATIENT)
    boat, koi, fox = (row.task for row in sweep)
    assert koi is not None
    koi.rest(PATIENT)
    simulator.ask("/simulator/faults", rules[2:])
    found = sweep.retry(sweep)
    assert [task is old for task, old in zip(found, (boat, koi, fox), strict=True)] == [
        True, True, False
    ]  # fmt: skip
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 2, "unsure": 1}
    assert len(simulator.accepted()) == 4


def test_what_we_gave_up_on_is_watched_again_and_not_paid(
    client: Client, simulator: Simulator
) -> None:
    simulator.hold()
    sweep = client.sweep(["a boat"])
    (task,) = sweep.tasks
    while task.state != "processing":
        pass
    parts = client._lifetime.open()

    async def give_up() -> None:
        await parts.engine.stop(task.key)
        parts.store.apply(task.key, Watched())
        gave_up = GaveUp(failure=Failure(kind="gave_up", message="none came"))
        parts.store.apply(task.key, gave_up)

    client.run(give_up()).result(PATIENT)
    assert task.state == "failed"
    simulator.let_go()
    assert [again.key for again in sweep.retry_failed()] == [task.key]
    assert sweep[0].task is task
    assert sweep.wait(PATIENT).progress == {"ready": 1}
    assert len(simulator.accepted()) == 1


def test_a_retry_that_the_budget_does_not_allow_changes_nothing(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(
        base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED, budget={"tasks": 2}
    )
    rule = {"match": {"path": "submit"}, "do": {"fail": "GENERATION_FAILED"}}
    simulator.ask("/simulator/faults", [rule])
    sweep = client.sweep(["a boat", "a koi"]).wait(PATIENT)
    before = list(sweep.tasks)
    with pytest.raises(BudgetExceeded):
        sweep.retry_failed()
    assert list(sweep.tasks) == before


def test_the_handle_adopts_and_forgets_as_the_magic_does(
    client: Client, simulator: Simulator
) -> None:
    answer_all_submits(simulator, cut="after")
    tasks = client.sweep(["a boat", "a koi"]).wait(PATIENT).tasks
    simulator.let_go()
    paid = {task["prompt"]: task["id"] for task in simulator.accepted()}
    assert tasks[0].adopt(f" {paid['a boat']} ").wait(PATIENT).path.is_file()
    tasks[1].forget()
    assert [task.state for task in tasks] == ["ready", "failed"]
    with pytest.raises(SoraError, match="only an unsure task"):
        tasks[0].adopt("x")
