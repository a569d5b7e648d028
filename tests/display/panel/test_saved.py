"""Where a saved page finds its films, in each place that a notebook runs in."""

from __future__ import annotations

import io
import shutil
import sys
from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PIL import Image

from sora_nb.display.host.host import Host
from sora_nb.display.kit import cell
from sora_nb.display.kit.cell import WIDGET, SavedPage, publish
from sora_nb.display.panel.saved import saved_page
from sora_nb.display.player import film_source
from sora_nb.display.player.embedding import FILM_LIMIT, Embedding
from sora_nb.handles.task import Task
from tests.support.colab import MANAGER, in_colab
from tests.support.desk import Desk
from tests.support.films import FilmMaker
from tests.support.records import BOAT_FILM, failed_content, ready

RELATIVE = 'src="sora_videos/boat.mp4"'


class SavedStudio:
    """A film beside its notebook, and the page that is made of it."""

    def __init__(self, made: Path) -> None:
        self.root = made.parent
        self.path = self.root / "sora_videos" / made.name
        self.path.parent.mkdir()
        shutil.copyfile(made, self.path)  # the made one is shared by all tests
        self.size = self.path.stat().st_size
        self.embed = False
        self.urls: tuple[str, ...] = ()

    def page(self, host: Host, root: Path | None = None, *, attended: bool = True) -> SavedPage:
        film = msgspec.structs.replace(BOAT_FILM, path=str(self.path), size=self.size)
        record = msgspec.structs.replace(ready().record, film=film, urls=self.urls)
        desk = Desk(record)
        desk.notebook_folder = self.root
        desk.embed = self.embed
        return saved_page([Task(desk, record.key)], desk, root, attended=attended, host=host)


@pytest.fixture
def shelf(make_film: FilmMaker, monkeypatch: pytest.MonkeyPatch) -> SavedStudio:
    monkeypatch.setattr(film_source, "_embedding", Embedding())
    return SavedStudio(make_film("boat.mp4", seconds=2))


@pytest.mark.parametrize("host", [Host.JUPYTER, Host.VOILA])
def test_a_server_gives_its_page_the_file_below_its_root(shelf: SavedStudio, host: Host) -> None:
    page = shelf.page(host, shelf.root)
    assert RELATIVE in page.bundle["text/html"]
    assert page.plays


@pytest.mark.parametrize("host", [Host.JUPYTER, Host.VOILA, Host.MARIMO])
def test_without_a_known_server_the_live_panel_is_needed(shelf: SavedStudio, host: Host) -> None:
    page = shelf.page(host)
    assert "<video" not in page.bundle["text/html"]
    assert "data:image/jpeg" in page.bundle["text/html"]
    assert not page.plays


def test_vs_code_gives_its_page_what_lies_below_the_notebooks_folder(
    shelf: SavedStudio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = shelf.page(Host.VSCODE)
    assert RELATIVE in page.bundle["text/html"]
    assert page.plays
    elsewhere = tmp_path_factory.mktemp("elsewhere") / shelf.path.name
    shelf.path = shelf.path.rename(elsewhere)
    assert not shelf.page(Host.VSCODE).plays


def test_a_notebook_executed_without_a_person_links_the_file_beside_it(shelf: SavedStudio) -> None:
    page = shelf.page(Host.EXECUTED, attended=False)
    assert RELATIVE in page.bundle["text/html"]
    assert page.plays


def test_colabs_notebook_holds_a_small_film_itself(shelf: SavedStudio) -> None:
    page = shelf.page(Host.COLAB)
    assert 'src="data:video/mp4;base64,' in page.bundle["text/html"]
    assert page.plays


def test_a_large_film_in_colab_keeps_poster_link_and_live_panel(shelf: SavedStudio) -> None:
    shelf.size = FILM_LIMIT + 1
    page = shelf.page(Host.COLAB)
    assert "<video" not in page.bundle["text/html"]
    assert "data:image/jpeg" in page.bundle["text/html"]
    assert not page.plays
    shelf.urls = ("https://cdn.example/boat.mp4",)
    linked = shelf.page(Host.COLAB)
    assert 'src="https://cdn.example/boat.mp4"' in linked.bundle["text/html"]
    assert not linked.plays, "a link that dies is not what keeps a film"


@pytest.mark.parametrize("host", list(Host))
def test_asked_for_every_notebook_holds_the_film(shelf: SavedStudio, host: Host) -> None:
    shelf.embed = True
    page = shelf.page(host)
    assert 'src="data:video/mp4;base64,' in page.bundle["text/html"]
    assert page.plays


def test_a_film_has_a_picture_for_paper_and_a_failure_has_its_words(shelf: SavedStudio) -> None:
    bundle = shelf.page(Host.JUPYTER, shelf.root).bundle
    picture = Image.open(io.BytesIO(b64decode(bundle["image/jpeg"])))
    assert picture.width == 480
    desk = Desk(failed_content().record)
    failed = saved_page([Task(desk, "p4t8wz")], desk, None, attended=True, host=Host.JUPYTER)
    assert set(failed.bundle) == {"text/html", "text/plain"}
    assert "%sora retry" in failed.bundle["text/plain"]


class Publisher:
    """IPython's, and what it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[tuple[Any, ...]] = []

        def publish_display_data(data: Any, metadata: Any, **rest: Any) -> None:
            self.given.append((data, metadata, rest))

        monkeypatch.setattr("IPython.display.publish_display_data", publish_display_data)


def test_colab_is_told_which_manager_draws_our_view(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = Publisher(monkeypatch)
    monkeypatch.setattr(cell, "shell_here", SimpleNamespace)
    in_colab(monkeypatch)
    publish({WIDGET: {}}, "id", update=True)
    sys.modules["google.colab.output"].enable_custom_widget_manager()
    publish({WIDGET: {}}, "id", update=True)
    publish({"text/html": ""}, "id", update=True)
    told = {WIDGET: {"colab": {"custom_widget_manager": {"url": MANAGER}}}}
    assert [metadata for _, metadata, _ in publisher.given] == [{}, told, {}]


def test_without_ipython_nothing_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = Publisher(monkeypatch)
    monkeypatch.setattr(cell, "shell_here", lambda: None)
    publish({"text/html": ""}, "id", update=False)
    assert publisher.given == []
