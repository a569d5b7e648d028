"""What a click in the Studio does, and what a page is told of the folder's films."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client
from sora_nb.core.errors import InvalidRequest
from sora_nb.display.card.snapshot import PROMPT_SHOWN
from sora_nb.display.host.host import Host
from sora_nb.display.studio import form as module
from sora_nb.display.studio.form import StudioForm
from tests.support.studio_page import NOBODY, Open, Page

SIZE = {"size": "1280*720"}


def test_a_click_asks_for_its_takes_once_however_often_it_arrives(open_page: Open) -> None:
    page = open_page(prompt="a boat")
    page.ask("generate", 5, takes=2, new=True)
    page.ask("generate", 5, takes=2, new=True)
    assert page.state["answered"]["error"] is None
    keys = page.state["answered"]["keys"]
    assert [task.key for task in page.studio.tasks] == keys[::-1]
    assert [task.request.take for task in page.studio.tasks] == [2, 1]
    assert page.studio.last is not None
    assert page.studio.last.key == keys[1]
    assert [row["key"] for row in page.state["rows"]] == keys[::-1]
    page.ask("generate", 6, takes=2)
    assert page.state["answered"]["reused"] == keys
    page.ask("generate", 7, takes=1, new=True)
    assert len(page.state["rows"]) == 3


def test_the_fields_of_the_click_count_and_not_those_that_arrived_late(open_page: Open) -> None:
    page = open_page(prompt="typed so far", extra={"seed": 1.0}, model="kling-2.1")
    page.ask("generate", prompt="typed to the end", extra={"seed": 1})
    assert page.studio.last is not None
    request = page.studio.last.request
    assert request.prompt == "typed to the end"
    assert repr(request.extra["seed"]) == "1.0", "a browser cannot tell 1 from 1.0"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prompt": " "}, "prompt"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"prompt": "x" * 5001, "model": "sora-2-pro"}, "prompt"),
        ({"duration": 7}, "duration"),
        ({"image": "file:///boat.png"}, "image"),
        ({"model": "no such/model"}, "model"),
        ({"model": "kling-2.1"}, "model"),
        ({"model": "sora-2-pro", "extra": {"size": "1*1"}}, "extra"),
        ({"model": "sora-2-pro", "extra": SIZE, "image": "https://a.example/b"}, "extra"),
        ({"extra": {"prompt": "another"}}, "extra"),
        ({"takes": 10}, None),
        ({"prompt": 5}, None),
    ],
)  # fmt: skip
def test_wrong_fields_are_blamed_and_nothing_is_asked_for(
    open_page: Open, changes: dict[str, Any], field: str | None
) -> None:
    page = open_page(prompt="a boat")
    page.ask("generate", **changes)
    assert page.error["field"] == field
    assert page.error["message"]
    assert list(page.studio.tasks) == []
    page.ask("preview", **changes)
    assert page.told("preview")[-1]["problem"] == page.error


@pytest.mark.parametrize("fields", [None, [], "x", {"prompt": "a boat"}])
def test_a_command_without_its_fields_asks_for_nothing(open_page: Open, fields: object) -> None:
    page = open_page(prompt="a boat")
    page.about("generate", request=1, fields=fields)
    assert page.error["field"] is None
    page.about("generate", request="2", fields=fields)
    page.about("card", key=["x"])
    page.about("stop", key={})
    page.about("no such kind")
    assert list(page.studio.tasks) == []


def test_takes_that_do_not_all_fit_the_budget_are_none(open_page: Open) -> None:
    page = open_page({"budget": {"tasks": 2}}, prompt="a boat")
    assert page.state["budget"]["limits"] == [{"name": "tasks", "limit": 2, "left": 2}]
    page.ask("generate", 1, takes=3)
    assert "the budget (per day) does not allow it" in page.error["message"]
    assert list(page.studio.tasks) == []
    page.ask("generate", 2, takes=2)
    assert page.state["budget"]["limits"][0]["left"] == 0


def test_a_preview_says_what_exists_already_and_how_long_it_takes(open_page: Open) -> None:
    page = open_page(prompt="a boat")
    page.ask("preview", 1)
    page.ask("generate", 2)
    page.ask("preview", 3, takes=2)
    page.ask("preview", 4, model="kling-2.1", extra={"seed": 1})
    first, second, third = page.told("preview")
    assert (first["request"], first["reuses"], first["problem"]) == (1, [None], None)
    assert first["estimate"]["median"] < first["estimate"]["p90"]
    assert second["reuses"] == [*page.state["answered"]["keys"], None]
    assert third["estimate"] is None, "nothing is known of that model's times"


def test_a_card_is_sent_when_it_is_opened_and_obeys_its_buttons(open_page: Open) -> None:
    page = open_page(prompt="a boat")
    page.ask("generate")
    (key,) = page.state["answered"]["keys"]
    page.about("card", key=key)
    assert page.told("card")[-1]["card"]["key"] == key
    page.about("stop", key=key)
    page.client.run(asyncio.sleep(0.3)).result(10)
    assert page.told("card")[-1]["card"]["state"] == "stopped"
    assert page.state["rows"][0]["state"] == "stopped"
    page.about("retry", key=key)
    (instead,) = page.told("instead")
    assert instead["key"] == key
    assert page.state["rows"][0]["key"] == instead["by"]


def test_a_card_holds_the_beginning_of_a_long_prompt_and_a_page_may_ask_for_all(
    open_page: Open,
) -> None:
    page = open_page(prompt="a paper boat " * 300)
    page.ask("generate")
    (key,) = page.state["answered"]["keys"]
    page.about("card", key=key)
    assert len(page.told("card")[-1]["card"]["prompt"]) == PROMPT_SHOWN
    page.about("prompt", key=key)
    assert page.told("prompt") == [{"kind": "prompt", "key": key, "prompt": page.studio.prompt}]


def test_what_is_picked_in_the_form_is_read_in_python_and_shown_on_every_page(
    open_page: Open,
) -> None:
    page = open_page(prompt="a boat")
    page.ask("generate", takes=3)
    first, second, third = page.state["answered"]["keys"]
    for key in (first, third):
        page.about("pick", key=key, picked=True)
    page.about("pick", key="nobody", picked=True)
    assert [task.key for task in page.studio.picked] == [third, first]
    page.about("pick", key=first, picked=False)
    assert [task.key for task in page.studio.picked] == [third]
    picked = {row["key"]: row["picked"] for row in page.state["rows"]}
    assert picked == {first: False, second: False, third: True}


def test_a_click_that_changes_nothing_is_answered_with_the_card_as_it_is(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(prompt="a boat")
    page.ask("generate")
    (key,) = page.state["answered"]["keys"]
    page.about("card", key=key)

    async def refused(_key: str) -> None:
        raise InvalidRequest("not now.", advice="Later.")

    monkeypatch.setattr(page.client, "stop", refused)
    page.sent.clear()
    page.about("stop", key=key)
    assert [message["card"]["key"] for message in page.told("card")] == [key]


def test_films_of_other_cells_and_another_client_appear_by_themselves(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.display.studio.controller.LOOK", 0.01)
    page = open_page()
    task = page.client.generate("from another cell")
    assert wait(page, lambda: [row["key"] for row in page.state["rows"]]) == [task.key]
    old = page.client
    page.client = Client(
        api_key="sk-made-up", base_url=NOBODY, home=tmp_path / "home", media=tmp_path / "others"
    )
    assert wait(page, lambda: page.state["rows"] == []) is True
    page.ask("generate", prompt="of the new client")
    assert page.studio.last is not None
    assert page.studio.last.request.prompt == "of the new client"
    old.close()


@pytest.mark.parametrize("at_once", [1, 50])
def test_what_another_kernel_makes_and_does_is_seen_a_few_tasks_at_a_time(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("sora_nb.display.studio.controller.LOOK", 0.01)
    monkeypatch.setattr("sora_nb.display.studio.task_list.AT_ONCE", at_once)
    page = open_page()
    other = open_page()
    keys = [other.client.generate(f"film {number}").key for number in range(3)]
    assert wait(page, lambda: [row["key"] for row in page.state["rows"]] == keys[::-1])
    other.client.get(keys[0]).stop()
    assert wait(page, lambda: page.state["rows"][-1]["state"] == "stopped")
    assert {row["state"] for row in page.state["rows"][:2]} != {"stopped"}


def test_tasks_of_another_folder_or_service_are_not_listed(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    for settings in ({"media": tmp_path / "others"}, {"base_url": "http://127.0.0.1:2"}):
        open_page(settings).client.generate("elsewhere")
    here = page.client.generate("here")
    assert [task.key for task in page.studio.tasks] == [here.key]
    assert page.studio.last is not None
    assert page.studio.last.key == here.key


def test_a_film_that_was_made_for_another_notebook_is_shown_once_it_is_asked_for_here(
    open_page: Open, tmp_path: Path
) -> None:
    elsewhere = open_page({"media": tmp_path / "others"}).client.generate("a boat")
    page = open_page(prompt="a boat")
    assert list(page.studio.tasks) == []
    page.ask("generate")
    assert page.state["answered"]["reused"] == [elsewhere.key]
    assert [row["key"] for row in page.state["rows"]] == [elsewhere.key]
    assert [task.key for task in page.studio.tasks] == [elsewhere.key]


def wait(page: Page, question: Callable[[], Any]) -> Any:
    """The answer once it is a true one; looks every hundredth of a second, for ten seconds."""
    for _ in range(1000):
        if answer := question():
            return answer
        page.client.run(asyncio.sleep(0.01)).result(10)
    return question()


def test_settings_that_make_no_client_are_the_answer_to_a_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "host_here", lambda: Host.JUPYTER)

    def broken() -> Client:
        raise InvalidRequest("the API key is empty.", advice="Set it.")

    studio = StudioForm(broken)
    studio._handle_custom_msg({"kind": "preview", "request": 1}, [])
    studio._handle_custom_msg({"kind": "generate", "request": 2}, [])
    assert studio.whole()["answered"]["error"]["message"] == "the API key is empty."
    studio.close()
