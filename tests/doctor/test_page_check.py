"""What the page is asked by `%sora doctor`, and what becomes of its answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sora_nb.display.host.host import Host
from sora_nb.display.kit.cell import WIDGET
from sora_nb.display.kit.widget import LiveWidget
from sora_nb.doctor import page_check
from sora_nb.doctor.page_check import question, read, show_browser_check

GOOD = {"name": "sound", "mark": "ok", "words": "this page plays AAC", "fix": None}


def test_the_newest_film_below_the_root_is_the_one_to_reach(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    assert question(films, tmp_path)["file"] is None
    for age, name in enumerate(["new.mp4", "old.mp4"]):
        (films / name).write_bytes(b"x" * (age + 5))
        os.utime(films / name, (1000 - age, 1000 - age))
    assert question(films, tmp_path)["file"] == {"path": "films/new.mp4", "size": 5}
    assert question(films, None)["file"] is None
    assert question(films, tmp_path / "elsewhere")["file"] is None
    assert question(tmp_path / "nowhere", tmp_path)["file"] is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "ok",
        [],
        [None, 7, "ok", []],
        [{**GOOD, "mark": "<b>"}],
        [{**GOOD, "words": None}],
        [{**GOOD, "name": 7}],
        [{**GOOD, "fix": ["rm"]}],
    ],
)
def test_what_is_no_finding_is_left_out(answer: object) -> None:
    assert read(answer) == []


def test_an_answer_is_kept_short_and_without_control_characters() -> None:
    (found,) = read([{**GOOD, "words": "a\x1b[2J\nb" + "c" * 1000, "more": 7}])
    assert set(found) == set(GOOD)
    assert found["words"].startswith("a[2J bccc")
    assert len(found["words"]) <= 300
    assert len(read([GOOD] * 1000)) == page_check.MOST


class Cell:
    """The running cell: what is published into it, and the widget in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
        self.published: list[tuple[dict[str, Any], bool]] = []
        self.sent: list[Any] = []
        widgets: list[LiveWidget] = []
        init = LiveWidget.__init__

        def remember(widget: LiveWidget, *args: Any, **traits: Any) -> None:
            init(widget, *args, **traits)
            widgets.append(widget)

        def publish(bundle: dict[str, Any], _display_id: str, *, update: bool) -> None:
            self.published.append((bundle, update))

        monkeypatch.setattr(LiveWidget, "__init__", remember)
        monkeypatch.setattr(page_check, "publish", publish)
        show_browser_check(media, Host.COLAB, lambda one: f"{one['mark']} {one['words']}")
        (self.widget,) = widgets
        self.widget.send = lambda content, buffers=None: self.sent.append(content)

    def hear(self, message: object) -> None:
        self.widget._handle_custom_msg(message, [])


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cell:
    return Cell(monkeypatch, tmp_path)


def test_the_page_is_asked_and_its_answer_takes_the_views_place_as_text(cell: Cell) -> None:
    ((asked, update),) = cell.published
    assert not update
    assert set(asked) == {WIDGET, "text/plain"}
    assert cell.widget.whole()["view"] == "doctor"
    cell.hear({"kind": "ping"})
    assert cell.sent == [{"kind": "pong"}]
    cell.hear({"kind": "findings", "findings": [GOOD, GOOD]})
    bundle, update = cell.published[-1]
    assert update
    assert bundle == {"text/plain": "ok this page plays AAC\nok this page plays AAC"}


@pytest.mark.parametrize(
    "message", [{"kind": "findings"}, {"kind": "stop"}, {"kind": "findings", "findings": "x"}]
)
def test_what_is_no_answer_changes_nothing(cell: Cell, message: dict[str, Any]) -> None:
    cell.hear(message)
    assert len(cell.published) == 1
