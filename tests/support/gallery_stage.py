"""A gallery in a cell of its own, whose messages and rewritings are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.core.task import State
from sora_nb.display import presenter
from sora_nb.display.gallery.gallery import Gallery
from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.rows.source import Source

from . import gallery_records as records

Bundles = list[tuple[dict[str, Any], bool]]


class Shown:
    """One gallery, what went to the browser, and a clock of its own."""

    def __init__(self, source: Source, **how: Any) -> None:
        self.now = 0.0
        self.source = source
        desk = source.client
        assert isinstance(desk, records.SweepDesk)
        self.desk = desk
        host = how.pop("host", Host.JUPYTER)
        self.output = Gallery(source, host, clock=lambda: self.now, **how)
        self.sent: list[dict[str, Any]] = []
        self.output.widget.send = self._hear

    def _hear(self, content: dict[str, Any], buffers: Any = None) -> None:
        del buffers
        self.sent.append(content)

    async def ask(self, kind: str, **command: Any) -> list[dict[str, Any]]:
        """What the page hears after it has asked for something."""
        self.sent.clear()
        await self.output.on_command({"kind": kind, **command})
        return list(self.sent)

    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.output.widget.whole()["rows"]
        return rows


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Bundles:
    found: Bundles = []

    def publish(bundle: dict[str, Any], _display_id: str, *, update: bool) -> None:
        if bundle != cell._NOTHING:
            found.append((bundle, update))

    monkeypatch.setattr(cell, "publish", publish)
    monkeypatch.setattr(presenter, "publish", publish)
    return found


@pytest.fixture
def open_galleries() -> Iterator[list[Shown]]:
    opened: list[Shown] = []
    yield opened
    for shown in opened:
        shown.output.widget.close()


def opened(open_galleries: list[Shown], states: Sequence[State], **how: Any) -> Shown:
    sweep = records.sweep_of(states, paused=how.pop("paused", False))
    shown = Shown(sweep, **how)
    open_galleries.append(shown)
    return shown


def move_film(shown: Shown, path: Path) -> None:
    """The film of row 0 lies beside the notebook, in the server's root."""
    record = shown.desk.board["s000"]
    film = record.film
    assert film is not None
    film = msgspec.structs.replace(film, path=str(path))
    shown.desk.board.put(msgspec.structs.replace(record, film=film))
    shown.desk.notebook_folder = path.parent
    shown.output._root = path.parent
