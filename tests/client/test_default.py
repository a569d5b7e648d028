"""The client behind ``sora_nb.generate``: made at first use, rebuilt when its settings change."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import Iterator

import pytest

import sora_nb
from sora_nb.client import default as home_of_default
from sora_nb.client.default import configured, default_client, existing_client
from sora_nb.core.errors import InvalidRequest
from tests.support.clients import CANARY, PATIENT, Simulator, private_threads


@pytest.fixture(autouse=True)
def no_default_client() -> Iterator[None]:
    home_of_default._configured.clear()
    yield
    home_of_default.close()
    home_of_default._configured.clear()


def test_it_is_made_at_first_use_and_only_once() -> None:
    assert existing_client() is None
    client = default_client()
    assert default_client() is client is existing_client()
    assert private_threads() == []


def test_a_change_of_the_environment_makes_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    client = default_client()
    assert client.settings.simulated
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    assert default_client() is client
    monkeypatch.setenv("APIXO_API_KEY", CANARY)
    assert default_client() is not client
    assert not default_client().settings.simulated


def test_configure_makes_the_next_one_new_and_none_takes_a_setting_back() -> None:
    client = default_client()
    sora_nb.configure(api_key=CANARY, poll="live")
    assert default_client() is not client
    assert default_client().settings.origins["poll"] == "configure"
    sora_nb.configure(api_key=None)
    assert default_client().settings.simulated
    assert dict(configured()) == {"poll": "live"}


def test_a_wrong_setting_changes_nothing() -> None:
    sora_nb.configure(poll="live")
    client = default_client()
    for wrong in ({"poll": "often"}, {"colour": "red"}, {"base_url": "nowhere"}):
        with pytest.raises(InvalidRequest):
            sora_nb.configure(**wrong)
    assert default_client() is client
    assert dict(configured()) == {"poll": "live"}


def test_tasks_of_the_old_client_are_finished_by_it_and_can_be_waited_for_afterwards(
    simulator: Simulator,
) -> None:
    sora_nb.configure(base_url=simulator.url, api_key=CANARY)
    task = sora_nb.generate("a boat")
    old = default_client()
    sora_nb.configure(poll="live")
    assert sora_nb.generate("a boat").key == task.key
    video = task.wait(PATIENT)
    assert video.size > 0
    again = sora_nb.get(task.key)
    assert again.client is not task.client
    assert again.wait(PATIENT).sha256 == video.sha256
    assert old._lifetime._loop_thread._thread is not None
    old._lifetime._loop_thread._thread.join(PATIENT)
    assert not old._lifetime._loop_thread._thread.is_alive(), "it ends with its last task"
    assert task.wait(PATIENT).sha256 == video.sha256
    assert len(simulator.accepted()) == 1


def test_the_module_offers_what_the_client_does(simulator: Simulator) -> None:
    sora_nb.configure(base_url=simulator.url, api_key=CANARY)
    task = sora_nb.generate("a boat", duration=8, aspect_ratio="portrait", take=2)
    assert (task.request.duration, task.request.aspect_ratio, task.request.take) == (
        8,
        "portrait",
        2,
    )
    assert [found.key for found in sora_nb.tasks()] == [task.key]
    assert sora_nb.get(task.key).key == task.key
    task.wait(PATIENT)
    assert len(sora_nb.resume()) == 0
    assert 0 < sora_nb.balance() < 1000


@pytest.mark.parametrize("name", ["generate", "sweep", "tasks", "get", "resume", "balance"])
def test_a_person_who_asks_for_help_sees_the_clients_words_without_a_client(name: str) -> None:
    function, method = getattr(sora_nb, name), getattr(sora_nb.Client, name)
    shown, whole = inspect.signature(function), inspect.signature(method)
    assert list(shown.parameters) == list(whole.parameters)[1:]
    assert list(shown.parameters.values()) == list(whole.parameters.values())[1:]
    assert inspect.getdoc(function) == inspect.getdoc(method)
    text = pydoc.plain(pydoc.render_doc(function))
    assert f"{name}(" in text
    assert "self" not in text.splitlines()[2]
