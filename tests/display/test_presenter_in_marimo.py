"""What marimo is given to show: the live widget itself, with nothing published anywhere."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.display.kit import cell
from sora_nb.display.kit.widget import LiveWidget
from sora_nb.handles.task import Task
from tests.support.desk import LoopDesk
from tests.support.films import FilmMaker
from tests.support.records import BOAT_FILM, SENT, boat, ready


def test_a_task_is_its_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell, "publish", lambda *_, **__: None)
    desk = LoopDesk(boat(20, *SENT))
    widget: Any = Task(desk, "k7f3qa")._display_()
    assert isinstance(widget, LiveWidget)
    (card,) = widget.whole()["cards"]
    assert (card["key"], card["state"]) == ("k7f3qa", "pending")
    (follow,) = desk.waiting
    follow.close()
    widget.close()


def test_a_film_is_its_tasks_panel_and_alone_its_own_words(
    monkeypatch: pytest.MonkeyPatch, make_film: FilmMaker
) -> None:
    monkeypatch.setattr(cell, "publish", lambda *_, **__: None)
    path = make_film("boat.mp4")
    film = msgspec.structs.replace(BOAT_FILM, path=str(path), size=Path(path).stat().st_size)
    desk = LoopDesk(msgspec.structs.replace(ready().record, film=film))
    video = Task(desk, "k7f3qa").video()
    widget: Any = video._display_()
    assert widget.whole()["cards"][0]["state"] == "ready"
    desk.waiting.pop().close()
    widget.close()
    assert pickle.loads(pickle.dumps(video))._display_() == repr(video)  # noqa: S301 - our own
