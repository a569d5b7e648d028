"""The whole road over real HTTP: a prompt goes in, a film comes out, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sora_nb.client.client import Client
from sora_nb.core.errors import InvalidRequest, SoraError, TaskFailed
from sora_nb.display.panel.panel import Panel
from tests.support.clients import (
    CANARY,
    PATIENT,
    SPEED,
    Simulator,
    children,
    private_threads,
)

MakeClient = Callable[..., Client]


async def test_without_a_key_a_simulated_film_comes_and_all_of_it_ends_with_the_client(
    tmp_path: Path,
) -> None:
    before = children()
    async with Client(
        home=tmp_path / "home", media=tmp_path / "films", simulator_speed=SPEED
    ) as client:
        assert (private_threads(), children()) == ([], before), "nothing starts before its use"
        task = client.generate("a paper boat in the rain")
        assert task.record.simulated
        video = await task
        assert len(children()) == len(before) + 1
        assert video.path.parent == tmp_path / "films"
        assert video.path.stat().st_size == video.size
        assert video.seconds == pytest.approx(4.0, abs=0.2)
        frames = await asyncio.to_thread(video.frames, 2.0)
        assert frames.shape == (2, 720, 1280, 3)
        assert video.poster().startswith(b"\xff\xd8")
        assert task.state == "ready"
        assert client.balance() < 1000
    assert (private_threads(), children()) == ([], before)
    assert task.wait().sha256 == video.sha256


def test_the_same_request_gives_the_same_task_and_new_or_a_take_pays_again(
    client: Client, simulator: Simulator
) -> None:
    first = client.generate("a boat")
    again = client.generate("a boat")
    assert (again.key, again.reused, first.reused) == (first.key, True, False)
    sha = first.wait(PATIENT).sha256
    later = client.generate("a boat")
    assert (later.key, later.reused, later.wait(PATIENT).sha256) == (first.key, True, sha)
    others = [
        client.generate("a boat", new=True),
        client.generate("a boat", take=2),
        client.generate("a boat", duration=8),
        client.generate("a boat", aspect_ratio="portrait"),
    ]
    keys = {task.key for task in (first, *others)}
    assert len(keys) == 5
    for task in others:
        assert not task.reused
        task.wait(PATIENT)
    assert len(simulator.accepted()) == 5
    assert {task.key for task in client.tasks()} == keys


def test_another_client_on_the_same_journal_gives_the_film_without_paying(
    make_client: MakeClient, simulator: Simulator
) -> None:
    settings = {"base_url": simulator.url, "api_key": CANARY, "simulator_speed": SPEED}
    one = make_client(**settings)
    sha = one.generate("a boat").wait(PATIENT).sha256
    one.close()
    two = make_client(**settings)
    task = two.generate("a boat")
    assert (task.reused, task.wait(PATIENT).sha256) == (True, sha)
    assert len(simulator.accepted()) == 1


def test_a_new_client_tells_from_the_films_of_earlier_ones_when_the_next_will_come(
    make_client: MakeClient, simulator: Simulator
) -> None:
    settings = {"base_url": simulator.url, "api_key": CANARY, "simulator_speed": SPEED}
    one = make_client(**settings)
    for task in [one.generate("a boat", take=take) for take in range(1, 6)]:
        task.wait(PATIENT)
    learned = one.board.job_times.of(one.get(task.key).record)
    one.close()
    simulator.hold()
    two = make_client(**settings)
    task = two.generate("a boat", take=6)
    assert two.board.job_times.of(task.record) == learned
    while not simulator.accepted()[5:]:
        pass
    panel = Panel([task], two, grace=0.0)._panel
    card = panel.whole()["cards"][0]
    panel.close()
    assert card["estimate"]["source"] == "your last 5"
    assert card["estimate"]["median"] == pytest.approx(learned.quantile(0.5), abs=0.06)
    other = two.generate("a boat", duration=8)
    assert two.board.job_times.of(other.record).seen == 0


def test_a_task_of_a_closed_client_is_taken_up_by_the_next_one(
    make_client: MakeClient, simulator: Simulator
) -> None:
    simulator.hold()
    settings = {"base_url": simulator.url, "api_key": CANARY, "simulator_speed": SPEED}
    one = make_client(**settings)
    task = one.generate("a boat")
    while not simulator.accepted():
        pass
    one.close()
    with pytest.raises(SoraError, match="its client was closed"):
        task.wait(PATIENT)
    with pytest.raises(SoraError, match="this client is closed"):
        one.generate("another")
    simulator.let_go()
    two = make_client(**settings)
    (resumed,) = two.resume()
    assert resumed.key == task.key
    assert resumed.wait(PATIENT).size > 0
    assert len(simulator.accepted()) == 1


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    client: Client, simulator: Simulator
) -> None:
    preview = client.preview("a boat", duration=8)
    assert preview.url == f"{simulator.url}/generateTask/sora-2"
    assert preview.body["input"]["prompt"] == "a boat"
    assert (preview.reuses, preview.unchecked) == (None, False)
    assert simulator.requests() == []
    task = client.generate("a boat", duration=8)
    assert client.preview("a boat", duration=8).reuses == task.key
    task.wait(PATIENT)


def test_a_stopped_task_goes_on_when_it_is_asked_for_again(
    client: Client, simulator: Simulator
) -> None:
    simulator.hold()
    task = client.generate("a boat")
    task.stop()
    simulator.let_go()
    assert task.state == "stopped"
    with pytest.raises(SoraError, match=f"task {task.key} is stopped"):
        task.wait(PATIENT)
    again = client.generate("a boat")
    assert (again.key, again.reused) == (task.key, True)
    assert again.wait(PATIENT).size > 0
    assert len(simulator.accepted()) == 1


def test_a_film_that_was_deleted_is_fetched_again_for_nothing(
    client: Client, simulator: Simulator
) -> None:
    task = client.generate("a boat")
    film = task.wait(PATIENT)
    film.path.unlink()
    again = client.generate("a boat")
    assert (again.key, again.wait(PATIENT).sha256) == (task.key, film.sha256)
    assert film.path.exists()
    film.path.unlink()
    rule = {"match": {"path": "result"}, "do": {"expired": True}}
    simulator.ask("/simulator/faults", [rule])
    gone = client.generate("a boat")
    assert gone.state == "saving"
    gone.stop()
    assert len(simulator.accepted()) == 1


def test_trying_again_is_a_new_task_and_not_while_the_first_goes_on(
    client: Client, simulator: Simulator
) -> None:
    simulator.ask("/simulator/faults", [{"match": {"path": "submit"}, "do": {"fail": "X"}}])
    task = client.generate("a boat")
    with pytest.raises(TaskFailed):
        task.wait(PATIENT)
    simulator.hold()
    again = task.retry()
    with pytest.raises(InvalidRequest, match="it still goes on"):
        again.retry()
    simulator.let_go()
    assert again.key != task.key
    assert again.wait(PATIENT).size > 0


def test_a_second_click_on_try_again_pays_nothing(client: Client, simulator: Simulator) -> None:
    simulator.ask("/simulator/faults", [{"match": {"path": "submit"}, "do": {"fail": "X"}}])
    task = client.generate("a boat")
    task.rest(PATIENT)
    simulator.hold()
    first, second = task.retry(), task.retry()
    assert first.key == second.key != task.key
    simulator.let_go()
    first.wait(PATIENT)
    assert len(simulator.accepted()) == 2


def test_keys_are_found_by_their_beginning_and_a_near_miss_is_named(client: Client) -> None:
    assert client.keys() == []
    task = client.generate("a boat")
    assert client.keys(task.key[:2]) == [task.key]
    assert client.keys("#") == []
    assert client.get(task.key).key == task.key
    wrong = task.key[:-1] + ("a" if task.key[-1] != "a" else "b")
    with pytest.raises(InvalidRequest, match="there is no task") as caught:
        client.get(wrong)
    assert caught.value.advice == f"Did you mean {task.key}?"
    task.wait(PATIENT)


def test_the_sidecar_holds_the_request_and_no_key(client: Client) -> None:
    video = client.generate("a boat").wait(PATIENT)
    text = video.path.with_suffix(".json").read_text()
    assert json.loads(text)["sha256"] == video.sha256
    assert CANARY not in text
