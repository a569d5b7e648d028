"""What marimo is given to show: the live widget itself, with nothing published anywhere."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.display import cell_output
from sora_nb.display.handle import Task
from sora_nb.display.widget import LiveWidget
from tests.storage.conftest import FilmMaker

from .records import BOAT_FILM, SENT, boat, ready
from .test_output import LoopDesk


def test_a_task_is_its_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_output, "publish", lambda *_, **__: None)
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
    monkeypatch.setattr(cell_output, "publish", lambda *_, **__: None)
    path = make_film("boat.mp4")
    film = msgspec.structs.replace(BOAT_FILM, path=str(path), size=Path(path).stat().st_size)
    desk = LoopDesk(msgspec.structs.replace(ready().record, film=film))
    video = Task(desk, "k7f3qa").video()
    widget: Any = video._display_()
    assert widget.whole()["cards"][0]["state"] == "ready"
    desk.waiting.pop().close()
    widget.close()
    assert pickle.loads(pickle.dumps(video))._display_() == repr(video)  # noqa: S301 - our own
