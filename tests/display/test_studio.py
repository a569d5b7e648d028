"""The Studio's widget: its fields, what a click does, and what a page is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets import TraitError

import sora_nb
from sora_nb.client import Client
from sora_nb.core.errors import InvalidRequest
from sora_nb.display import studio as module
from sora_nb.display.host import Host
from sora_nb.display.saved_page import WIDGET
from sora_nb.display.studio import StudioForm
from sora_nb.display.studio_fields import NAMES

NOBODY = "http://127.0.0.1:1"
"""A service that is never reached: what is asked for is written down and waits."""


class Page:
    """One Studio, and what went to the browser."""

    def __init__(self, client: Client, **fields: Any) -> None:
        self.client = client
        self.studio = StudioForm(lambda: self.client, **fields)
        self.sent: list[dict[str, Any]] = []
        self.studio.send = lambda content, buffers=None: self.sent.append(content)
        self.settle()

    def settle(self) -> None:
        """Until the private loop has done what it was handed."""
        self.client.run(asyncio.sleep(0)).result(10)

    def ask(self, kind: str, request: int = 1, /, **changes: Any) -> None:
        """A command of the page, with the fields as the kernel holds them but for ``changes``."""
        fields = {**{name: getattr(self.studio, name) for name in NAMES}, **changes}
        message = {"kind": kind, "request": request, "fields": fields}
        self.studio._handle_custom_msg(message, [])
        self.settle()

    def about(self, kind: str, **command: Any) -> None:
        self.studio._handle_custom_msg({"kind": kind, **command}, [])
        self.settle()

    @property
    def state(self) -> dict[str, Any]:
        return self.studio.whole()

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.state["answered"]["error"]
        return error

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["kind"] == kind]


Open = Callable[..., Page]


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setattr(module, "host_here", lambda: Host.JUPYTER)
    opened: list[Page] = []

    def make(settings: dict[str, Any] | None = None, **fields: Any) -> Page:
        given = {"home": tmp_path / "home", "media": tmp_path / "films", "base_url": NOBODY}
        page = Page(Client(api_key="sk-made-up", **{**given, **(settings or {})}), **fields)
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.studio.close()
        page.client.close()


def test_every_field_is_a_trait_that_can_be_given_read_set_and_linked(open_page: Open) -> None:
    studio = open_page(prompt="a boat", duration=8, extra={"seed": 7}).studio
    assert (studio.prompt, studio.duration, studio.takes) == ("a boat", 8, 1)
    assert set(NAMES) <= set(studio.keys)
    ipywidgets: Any = import_module("ipywidgets")  # which has no types
    slider = ipywidgets.IntSlider(value=12, max=12)
    ipywidgets.link((slider, "value"), (studio, "duration"))
    ipywidgets.jslink((slider, "value"), (studio, "duration"))
    assert studio.duration == 12
    studio.duration = 4
    assert slider.value == 4


def test_a_field_that_is_not_one_is_named_with_the_one_that_was_meant(open_page: Open) -> None:
    with pytest.raises(InvalidRequest, match="'durations' is not a field") as caught:
        open_page(durations=8)
    assert caught.value.advice == "Did you mean duration?"


SIZE = {"size": "1280*720"}
WRONG = [
    ("prompt", 5),
    ("prompt", "x" * 100_001),
    ("duration", "8"),
    ("duration", True),
    ("duration", 0),
    ("duration", float("nan")),
    ("aspect_ratio", "square"),
    ("image", None),
    ("takes", 10),
    ("new", "yes"),
    ("remove_watermark", "no"),
    ("extra", [1]),
    ("extra", {"a": float("inf")}),
    ("extra", {"a": "x" * 20_000}),
    ("extra", {"a": object()}),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_a_field_cannot_hold_is_refused_and_the_field_stays(
    open_page: Open, name: str, value: object
) -> None:
    with pytest.raises(TraitError, match=name):
        open_page(**{name: value})
    studio = open_page().studio
    before = getattr(studio, name)
    with pytest.raises(TraitError, match=name):
        setattr(studio, name, value)
    assert getattr(studio, name) == before


@pytest.mark.parametrize(("name", "value"), [*WRONG, ("_esm", "x"), ("snapshot", {}), ("tasks", 1)])
def test_a_page_changes_nothing_but_fields_and_those_only_to_what_fits(
    open_page: Open, name: str, value: object
) -> None:
    studio = open_page(prompt="a boat").studio
    before = studio.get_state([n for n in studio.keys if n != "snapshot"])
    studio.set_state({name: value, "takes": 2} if name != "takes" else {name: value})
    after = studio.get_state([n for n in studio.keys if n != "snapshot"])
    assert after == {**before, "takes": 2 if name != "takes" else 1}


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


def test_films_of_other_cells_and_another_client_appear_by_themselves(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sora_nb.display.studio_desk.LOOK", 0.01)
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
    monkeypatch.setattr("sora_nb.display.studio_desk.LOOK", 0.01)
    monkeypatch.setattr("sora_nb.display.studio_tasks.AT_ONCE", at_once)
    page = open_page()
    other = open_page()
    keys = [other.client.generate(f"film {number}").key for number in range(3)]
    assert wait(page, lambda: [row["key"] for row in page.state["rows"]] == keys[::-1])
    other.client.stop(keys[0])
    assert wait(page, lambda: page.state["rows"][-1]["state"] == "stopped")
    assert {row["state"] for row in page.state["rows"][:2]} != {"stopped"}


def test_tasks_of_another_folder_or_service_are_not_this_notebooks(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page()
    for settings in ({"media": tmp_path / "others"}, {"base_url": "http://127.0.0.1:2"}):
        open_page(settings).client.generate("elsewhere")
    here = page.client.generate("here")
    assert [task.key for task in page.studio.tasks] == [here.key]
    assert page.studio.last is not None
    assert page.studio.last.key == here.key


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


Published = list[dict[str, Any]]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    found: Published = []
    monkeypatch.setattr(module, "publish", lambda bundle, _id, update: found.append(bundle))
    shell = SimpleNamespace(execution_count=1)
    monkeypatch.setattr(module, "shell_here", lambda: shell)
    return found


def test_a_cell_shows_it_once_and_says_how_to_open_it_again(
    open_page: Open, published: Published
) -> None:
    studio = open_page().studio
    studio.show_here()
    studio._ipython_display_()
    (bundle,) = published
    assert bundle[WIDGET]["model_id"] == studio.model_id
    assert "run its cell again" in bundle["text/html"]
    assert "%sora tasks" in bundle["text/plain"]


@pytest.mark.parametrize("host", [Host.EXECUTED, Host.TERMINAL, Host.SCRIPT])
def test_where_nobody_looks_on_there_are_words_and_no_widget(
    host: Host, published: Published, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "host_here", lambda: host)
    client = Client(home=tmp_path, media=tmp_path)
    studio = StudioForm(lambda: client, prompt="a boat")
    studio.prompt = "another boat"
    studio.show_here()
    assert studio.comm is None
    assert WIDGET not in published[0]
    assert "sora_nb.generate" in published[0]["text/plain"]
    assert client._workshop is None, "nothing was started for a form that nobody sees"
    studio.close()


def test_the_public_studio_follows_the_default_client(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [object()]
    client = SimpleNamespace(tasks=lambda: tasks, service="s", settings=SimpleNamespace(media="m"))
    monkeypatch.setattr("sora_nb.studio.default_client", lambda: client)
    studio = sora_nb.Studio(prompt="a boat")
    tasks.clear()
    assert isinstance(studio, StudioForm)
    assert studio.last is None
    studio.close()
