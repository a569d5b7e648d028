"""Many films as one, over real HTTP: from a table to films, paid once, whatever happens to some."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import sora_nb
from sora_nb.client.client import Client
from sora_nb.core.errors import BudgetExceeded, InvalidRequest, SoraError, WaitTimeout
from sora_nb.core.task import TaskRecord
from sora_nb.display.gallery.state import GalleryState
from sora_nb.handles.waiting import Detached, wait_for
from sora_nb.runtime import tasks
from sora_nb.storage.journal.journal import Journal
from tests.support.clients import CANARY, PATIENT, SPEED, Simulator
from tests.support.own_loop import run_alone

MakeClient = Callable[..., Client]


def fail(simulator: Simulator, *prompts: str) -> None:
    """The service ends the tasks of these prompts without a film."""
    rules = [
        {"match": {"path": "submit", "prompt": prompt}, "do": {"fail": "GENERATION_FAILED"}}
        for prompt in prompts
    ]
    simulator.ask("/simulator/faults", rules)


def posted(simulator: Simulator) -> list[str]:
    return [task["prompt"] for task in simulator.accepted()]


def test_a_table_becomes_films_and_a_table_again(client: Client, simulator: Simulator) -> None:
    frame = pd.DataFrame(
        {"prompt": ["a boat", "a koi"], "duration": [4, np.nan], "scene": ["one", None]}
    )
    sweep = client.sweep(frame, remove_watermark=[True, False]).wait(PATIENT)
    assert sweep.progress == {"ready": 4}
    assert sorted(posted(simulator)) == ["a boat", "a boat", "a koi", "a koi"]
    columns = pl.DataFrame(sweep.table()).to_dict(as_series=False)
    for table in (pd.DataFrame(sweep.table()), pd.DataFrame(columns)):
        assert list(table["row"]) == [0, 0, 1, 1]
        assert list(table["remove_watermark"]) == [True, False] * 2
        assert list(table["scene"]) == ["one", "one", "", ""]
        assert list(table["state"]) == ["ready"] * 4
        assert all(Path(path).is_file() for path in table["path"])
        assert list(table["sha256"]) == [video.sha256 for video in sweep.videos]
        assert list(table["error"]) == [""] * 4
        assert (table["seconds"] > 0).all()
    assert len(sweep.to_pandas()) == len(sweep) == 4


def test_the_same_cell_again_pays_nothing_and_the_same_row_twice_is_one_film(
    client: Client, simulator: Simulator
) -> None:
    rows = ["a boat", "a koi", "a boat"]
    first = client.sweep(rows).wait(PATIENT)
    assert first[0].task is first[2].task
    assert len(first.tasks) == len(first.videos) == 2
    again = client.sweep(rows)
    assert [task.key for task in again.tasks] == [task.key for task in first.tasks]
    assert all(task.reused for task in again.tasks)
    assert len(simulator.accepted()) == 2
    client.sweep(["a boat"], takes=2).wait(PATIENT)
    assert len(simulator.accepted()) == 3
    client.sweep(["a boat"], new=True).wait(PATIENT)
    assert len(simulator.accepted()) == 4


def test_rows_whose_keys_were_drawn_twice_stay_different_films(
    client: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = iter(["aaa", "bbb", "bbb", "aaa", "ccc", "bbb", "ddd", "eee", "fff"])
    monkeypatch.setattr(tasks, "draw_key", lambda: next(keys))
    sweep = client.sweep(["a boat", "a koi", "a fox"], new=True).wait(PATIENT)
    assert [task.request.prompt for task in sweep.tasks] == ["a boat", "a koi", "a fox"]
    assert sorted(posted(simulator)) == ["a boat", "a fox", "a koi"]


def test_waiting_in_short_turns_leaves_little_behind(client: Client, simulator: Simulator) -> None:
    simulator.hold()
    sweep = client.sweep([f"a boat {number}" for number in range(20)])
    for _turn in range(10):
        with pytest.raises(WaitTimeout, match="20 of 20 films"):
            sweep.wait(0)
    assert sum(map(len, client.board._waiters.values())) <= 10
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 20}


def test_two_kernels_that_begin_stopped_rows_at_once_pay_once(
    make_client: MakeClient, simulator: Simulator
) -> None:
    here, there = (
        make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
        for _kernel in range(2)
    )
    rows = ["a boat", "a koi", "a fox"]
    simulator.hold()
    here.sweep(rows, concurrency=1).stop()
    create_all = Journal.create_all

    def overtaken(journal: Journal, records: Sequence[TaskRecord], **how: Any) -> object:
        found = create_all(journal, records, **how)
        patch.undo()
        there.sweep(rows, concurrency=1)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "create_all", overtaken)
        sweep = here.sweep([*rows, "an owl"], concurrency=1)
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 4}
    assert sorted(posted(simulator)) == ["a boat", "a fox", "a koi", "an owl"]


@pytest.mark.parametrize("odd", [0, -1, 2.5, float("nan"), "3", True, [1]])
def test_a_concurrency_that_is_no_number_of_tasks_is_refused(
    client: Client, simulator: Simulator, odd: Any
) -> None:
    with pytest.raises(InvalidRequest, match="concurrency"):
        client.sweep(["a boat"], concurrency=odd)
    assert posted(simulator) == []


def test_a_start_that_was_interrupted_pays_nothing_again(
    client: Client, simulator: Simulator
) -> None:
    sweep = client.sweep(["a boat", "a koi"], new=True, start=False)
    call = client._lifetime._loop_thread.call

    def interrupted(act: Callable[[], Any]) -> Any:
        done = call(act)
        if not client._lifetime._loop_thread.is_current and call(
            client._lifetime.open().journal.all
        ):
            raise KeyboardInterrupt
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client._lifetime._loop_thread, "call", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sweep.start()
    assert sweep.start().wait(PATIENT).progress == {"ready": 2}
    assert len(posted(simulator)) == 2


def test_a_film_that_fails_hides_no_other_and_can_be_asked_for_again(
    client: Client, simulator: Simulator
) -> None:
    fail(simulator, "a koi")
    sweep = client.sweep(["a boat", "a koi", "a fox"]).wait(PATIENT)
    assert sweep.progress == {"ready": 2, "failed": 1}
    (failed,) = sweep.failed
    assert failed.request.prompt == "a koi"
    line = sweep.table()[1]
    assert line["error"].startswith("GENERATION_FAILED: ")
    assert (line["state"], line["path"], line["sha256"]) == ("failed", "", "")
    simulator.let_go()
    (again,) = sweep.retry_failed()
    assert again.key != failed.key
    assert sweep[1].task is again
    sweep.wait(PATIENT)
    assert sweep.progress == {"ready": 3}
    assert len(sweep.retry_failed()) == 0
    assert len(simulator.accepted()) == 4


def test_an_unsure_film_is_never_sent_again_by_a_retry(
    client: Client, simulator: Simulator
) -> None:
    rule = {"match": {"path": "submit", "prompt": "a koi"}, "do": {"cut": "after"}}
    simulator.ask("/simulator/faults", [rule])
    sweep = client.sweep(["a boat", "a koi"]).wait(PATIENT)
    assert sweep.progress == {"ready": 1, "unsure": 1}
    simulator.let_go()
    assert len(sweep.retry_failed()) == 0
    again = client.sweep(["a boat", "a koi"], start=False)
    assert (again.plan.new, again.plan.reused, again.plan.unsure) == (0, 1, 1)
    assert str(again.plan).splitlines()[0] == (
        "nothing to make, 1 made or under way already, "
        "1 unsure: only you can decide (sweep.table() names them after the start)"
    )
    assert again.start().wait(PATIENT).progress == {"ready": 1, "unsure": 1}
    assert len(simulator.accepted()) == 2


def test_bad_rows_are_named_before_anything_is_sent_and_the_rest_can_run(
    client: Client, simulator: Simulator
) -> None:
    frame = pd.DataFrame({"prompt": ["a boat", None, "a koi"], "duration": [4, 4, 7]})
    with pytest.raises(InvalidRequest, match=r"row 1: .*\nrow 2 \('a koi'\): duration 7"):
        client.sweep(frame)
    assert simulator.requests() == []
    assert len(client.tasks()) == 0
    sweep = client.sweep(frame, on_invalid="skip").wait(PATIENT)
    assert sweep.progress == {"ready": 1, "invalid": 2}
    assert [line["state"] for line in sweep.table()] == ["ready", "", ""]
    assert "duration 7" in sweep.table()[2]["error"]
    assert len(pl.DataFrame(sweep.table())) == 3


def test_the_plan_says_what_it_would_take_and_nothing_happens_before_the_start(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(
        base_url=simulator.url,
        api_key=CANARY,
        simulator_speed=SPEED,
        price_per_second=0.1,
        budget={"tasks": 5, "usd": 5, "per": "ever"},
    )
    client.generate("a boat").wait(PATIENT)
    sweep = client.sweep(
        ["a boat", "a koi", "a koi", None], concurrency=2, on_invalid="skip", start=False
    )
    assert len(simulator.accepted()) == 1
    assert not sweep.started
    text = repr(sweep).splitlines()
    assert text[0] == (
        "1 film to make, 1 made or under way already, 1 the same as an earlier row, "
        "1 that cannot be made"
    )
    assert text[1].startswith("time: about ")
    assert text[2] == "price: about 0.40 USD"
    assert text[3] == "budget: 4 tasks, 4.60 USD left of 5 tasks, 5.00 USD in all"
    assert text[4] == "row 3: the prompt is missing."
    with pytest.raises(SoraError, match="has not begun"):
        sweep.map(lambda video: video.size)
    assert sweep.start() is sweep.start()
    assert sweep.wait(PATIENT).progress == {"ready": 3, "invalid": 1}
    assert len(simulator.accepted()) == 2
    assert [line["cost"] for line in sweep.table()] == [0.4, 0.4, 0.0, 0.0]


def test_plan_and_gallery_reckon_with_the_clients_own_limit_and_by_one_formula(
    make_client: MakeClient, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(
        base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED, concurrency=10
    )
    simulator.hold()
    prompts = [f"boat {n}" for n in range(200)]
    for asked, most in ((None, 10), (1000, 10), (4, 4)):
        sweep = client.sweep(prompts, concurrency=asked, start=False)
        assert (sweep.concurrency, sweep.plan.at_once) == (most, most)
    sweep = client.sweep(prompts, start=False)
    now = client.now()
    monkeypatch.setattr(client, "now", lambda: now)
    planned = sweep.plan.seconds
    estimate = GalleryState(sweep.start()).head()["estimate"]
    told = (estimate["median"] - now) * sweep.tasks[0].record.speed
    assert told == pytest.approx(planned, rel=0.1)
    sweep.stop()


def test_the_budget_is_reserved_for_all_or_none(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(
        base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED, budget={"tasks": 3}
    )
    with pytest.raises(BudgetExceeded, match="3 tasks left, 4 tasks wanted by 4 new films"):
        client.sweep(["a", "b", "c", "d"])
    assert (simulator.requests(), len(client.tasks())) == ([], 0)
    plan = client.sweep(["a", "b", "c", "d"], start=False).plan
    assert "4 tasks wanted" in str(plan)
    client.sweep(["a", "b", "c"]).wait(PATIENT)
    assert client.budget_left() == {"tasks": 0}
    client.sweep(["a", "b", "c"]).wait(PATIENT)
    assert len(simulator.accepted()) == 3


def test_tasks_rest_one_after_the_other_in_a_plain_loop_and_in_an_async_one(
    client: Client,
) -> None:
    sweep = client.sweep(["a boat", "a koi", "a fox"])
    seen = [task.key for task in sweep.as_completed()]
    assert sorted(seen) == sorted(task.key for task in sweep.tasks)

    async def loop() -> list[str]:
        again = client.sweep(["a boat", "a koi", "an owl"])
        assert (await again) is again
        return [task.state async for task in again.as_completed()]

    assert run_alone(loop()) == ["ready"] * 3


def test_a_paused_sweep_sends_nothing_more_until_it_goes_on(
    client: Client, simulator: Simulator
) -> None:
    simulator.hold()
    sweep = client.sweep([f"boat {n}" for n in range(6)], concurrency=2)
    while len(simulator.accepted()) < 2:
        pass
    sweep.pause()
    assert sweep.paused
    with pytest.raises(WaitTimeout, match="6 of 6 films are still on their way"):
        sweep.wait(0.05)
    assert [task.key for task in client.resume()] == [task.key for task in sweep.tasks]
    simulator.let_go()
    for task in sweep.tasks[:2]:
        task.wait(PATIENT)
    assert len(simulator.accepted()) == 2, "a resume starts nothing that is held back"
    assert sweep.progress == {"queued": 4, "ready": 2}
    sweep.resume()
    assert sweep.wait(PATIENT).progress == {"ready": 6}
    assert len(simulator.accepted()) == 6


def test_a_stopped_sweep_keeps_what_was_paid_and_the_same_cell_makes_the_rest(
    client: Client, simulator: Simulator
) -> None:
    simulator.hold()
    prompts = [f"boat {n}" for n in range(5)]
    sweep = client.sweep(prompts, concurrency=2)
    while len(simulator.accepted()) < 2:
        pass
    sweep.stop()
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 2, "stopped": 3}
    assert sweep.table()[4]["error"] == "stopped before it was sent"
    assert client.sweep(prompts).wait(PATIENT).progress == {"ready": 5}
    assert len(simulator.accepted()) == 5


def test_a_wrong_key_is_tried_once_and_the_rest_is_not_sent(
    make_client: MakeClient, start_simulator: Callable[..., Simulator]
) -> None:
    simulator = start_simulator("--api-key", "right")
    client = make_client(base_url=simulator.url, api_key="wrong", simulator_speed=SPEED)
    sweep = client.sweep([f"boat {n}" for n in range(20)], concurrency=1).wait(PATIENT)
    assert sweep.progress == {"failed": 1, "stopped": 19}
    assert "key" in sweep.table()[5]["error"]
    assert len(simulator.requests()) == 1


def test_a_retired_client_finishes_what_a_batch_still_holds_back(
    make_client: MakeClient, simulator: Simulator
) -> None:
    client = make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
    sweep = client.sweep([f"boat {n}" for n in range(4)], concurrency=1)
    client.retire()
    assert sweep.wait(PATIENT).progress == {"ready": 4}


def test_ctrl_c_ends_the_waiting_and_not_the_films(
    client: Client, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(future: concurrent.futures.Future[Any], timeout: float | None = None) -> Any:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        return wait_for(future, timeout)

    simulator.hold()
    sweep = client.sweep(["a boat"])
    for module in ("sweep_waiting", "completions", "results"):
        monkeypatch.setattr(f"sora_nb.handles.{module}.wait_for", interrupt)
    with pytest.raises(Detached, match="the films go on"):
        sweep.wait()
    with pytest.raises(Detached, match="the films go on"):
        list(sweep.as_completed())
    with pytest.raises(Detached, match="the function goes on"):
        sweep.map(str).wait()
    monkeypatch.undo()
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 1}


def test_a_closed_client_ends_every_kind_of_waiting(
    make_client: MakeClient, simulator: Simulator
) -> None:
    simulator.hold()
    client = make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
    sweep = client.sweep(["a boat", "a koi"], concurrency=1)
    completed, mapped = sweep.as_completed(), sweep.map(str)
    closing = threading.Thread(target=client.close)
    closing.start()
    for wait in (
        lambda: list(completed),
        lambda: mapped.wait(PATIENT),
        lambda: run_alone(sweep._wait()),
    ):
        with pytest.raises(SoraError, match="its client was closed"):
            wait()
    closing.join()


def test_the_budget_also_holds_what_was_stopped_before_it_was_sent(
    make_client: MakeClient, simulator: Simulator
) -> None:
    simulator.hold()
    client = make_client(
        base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED, budget={"tasks": 4}
    )
    sweep = client.sweep(["a", "b", "c", "d"], concurrency=1)
    while not simulator.accepted():
        pass
    sweep.stop()
    simulator.let_go()
    assert sweep.wait(PATIENT).progress == {"ready": 1, "stopped": 3}
    assert client.budget_left() == {"tasks": 3}
    with pytest.raises(BudgetExceeded, match="3 tasks left, 4 tasks wanted"):
        client.sweep(["b", "c", "d", "e"])
    assert client.sweep(["b", "c", "d", "e"], start=False).plan.new == 4
    assert len(client.tasks()) == 4, "nothing was written"
    assert client.sweep(["a", "b", "c", "d"]).wait(PATIENT).progress == {"ready": 4}


def test_a_film_that_is_lost_for_good_is_said_in_its_row(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client.sweep(["a boat", "a koi"]).wait(PATIENT)
    made.videos[0].path.unlink()
    monkeypatch.setattr(client._lifetime.open().recovery, "_now", lambda: 1e11)
    again = client.sweep(["a boat", "a koi"]).wait(PATIENT)
    assert "the film of task" in again.table()[0]["error"]
    assert f"`%sora retry {made.tasks[0].key}`" in again.table()[0]["error"]
    assert "sweep.retry([row])" in again.table()[0]["error"]
    assert [line["state"] for line in again.table()] == ["ready", "ready"]
    assert again.table()[1]["error"] == ""


def test_a_person_picks_films_and_takes_that_back(client: Client) -> None:
    sweep = client.sweep(["a boat", "a koi", "a fox"]).wait(PATIENT)
    first, second, third = sweep.tasks
    sweep.pick(third.key)
    sweep.pick(first.key)
    assert list(sweep.picked) == [first, third]
    sweep.pick(third.key, False)
    assert list(sweep.picked) == [first]
    with pytest.raises(SoraError, match="not in this sweep"):
        sweep.pick("nobody")
    assert second.state == "ready"


def test_a_template_and_a_concurrency_that_are_none_are_refused(
    client: Client, simulator: Simulator
) -> None:
    table = [{"animal": "koi"}, {"animal": "fox"}]
    sweep = client.sweep(table, template="a {animal} at sea").wait(PATIENT)
    assert [row.request.prompt for row in sweep if row.request] == ["a koi at sea", "a fox at sea"]
    assert [line["animal"] for line in sweep.table()] == ["koi", "fox"]
    with pytest.raises(InvalidRequest, match="concurrency 0"):
        client.sweep(table, template="a {animal}", concurrency=0)
    assert len(simulator.accepted()) == 2


def test_the_module_offers_sweeps_too(
    monkeypatch: pytest.MonkeyPatch, simulator: Simulator
) -> None:
    monkeypatch.setenv("APIXO_API_KEY", CANARY)
    monkeypatch.setenv("APIXO_BASE_URL", simulator.url)
    sweep = sora_nb.sweep(["a boat"], duration=[4, 8])
    assert isinstance(sweep, sora_nb.Sweep)
    assert sweep.wait(PATIENT).progress == {"ready": 2}
    from sora_nb.client import default

    default.close()
