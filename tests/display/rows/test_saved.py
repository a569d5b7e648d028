"""What a notebook keeps of a gallery: plain, safe, bounded."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from sora_nb.core.task import State
from sora_nb.display.host.host import Host
from sora_nb.display.rows.saved import FILMS, LINES, gallery_page, on_its_way
from sora_nb.handles.sweep import Sweep
from tests.support import gallery_records as records
from tests.support.films import FilmMaker


class Tags(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def many(count: int, path: Path) -> Sweep:
    """A sweep whose films are all this file, in a folder beside the notebook."""
    sweep = records.sweep_of([State.READY] * count + [State.FAILED])
    desk = sweep.client
    assert isinstance(desk, records.SweepDesk)
    desk.notebook_folder = path.parent.parent
    for task in sweep.tasks:
        film = task.record.film
        if film is not None:
            own = msgspec.structs.replace(film, path=str(path))
            desk.board.put(msgspec.structs.replace(task.record, film=own))
    return sweep


@pytest.fixture
def path(make_film: FilmMaker) -> Path:
    film = make_film("boat & co.mp4", seconds=1)
    folder = film.parent / "sora_videos"
    folder.mkdir()
    return film.rename(folder / film.name)


def page_of(sweep: Sweep, root: Path | None) -> Tags:
    return Tags(gallery_page(sweep, root, Host.JUPYTER).bundle["text/html"])


def test_the_first_films_play_and_all_others_are_in_the_table(path: Path) -> None:
    page = page_of(many(30, path), path.parent.parent)
    videos = page.all("video")
    assert len(videos) == FILMS
    assert {video["src"] for video in videos} == {"sora_videos/boat%20%26%20co.mp4"}
    assert all(str(video["poster"]).startswith("data:image/jpeg") for video in videos)
    assert len(page.all("a")) == 6
    assert len(page.all("tr")) == 1 + 6 + 1 + 1  # the head, films, a failed one, an invalid one
    assert "[slow]" in page.text


def test_what_was_picked_comes_first(path: Path) -> None:
    sweep = many(30, path)
    sweep.pick("s029")
    html = gallery_page(sweep, path.parent.parent, Host.JUPYTER).bundle["text/html"]
    assert html.index("s029") < html.index("s000")
    assert "picked · " in html


def test_rows_that_share_a_film_show_it_once(path: Path) -> None:
    sweep = many(3, path)
    sweep.rows[1].task = sweep.rows[0].task
    assert len(page_of(sweep, path.parent.parent).all("video")) == 2


def test_its_size_is_bounded_whatever_the_number_of_rows(path: Path) -> None:
    sweep = many(900, path)
    html = gallery_page(sweep, path.parent.parent, Host.JUPYTER).bundle["text/html"]
    posters = re.findall(r'poster="([^"]+)"', html)
    assert max(map(len, posters)) <= 20_000
    assert sum(map(len, posters)) <= 300_000
    assert len(html) <= 450_000
    assert f"and {900 - FILMS + 2 - LINES} more rows" in html


def test_two_prices_are_not_typeset_as_mathematics(path: Path) -> None:
    sweep = many(1, path)
    pages = [gallery_page(sweep, None, Host.JUPYTER).bundle, on_its_way(sweep)]
    for page in pages:
        outermost = Tags(page["text/html"]).found[0][1]
        assert "mathjax_ignore" in (outermost["class"] or "").split()


def test_markup_in_any_string_is_text(path: Path) -> None:
    page = page_of(records.hostile(), path.parent.parent)
    assert {tag for tag, _ in page.found} <= {
        "div", "p", "strong", "span", "code", "br", "video", "img", "a",
        "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    for _, attrs in page.found:
        assert not any(name.startswith("on") for name in attrs)
    assert "<script>" in page.text


def test_a_film_out_of_reach_keeps_the_live_widget(path: Path, tmp_path: Path) -> None:
    sweep = many(2, path)
    elsewhere = gallery_page(sweep, tmp_path / "elsewhere", Host.JUPYTER)
    assert gallery_page(sweep, path.parent.parent, Host.JUPYTER).plays
    assert elsewhere.bundle["text/html"].count("https://cdn.example.com/") == 2


def test_a_film_that_is_gone_is_still_named(tmp_path: Path) -> None:
    page = page_of(records.sweep_of([State.READY]), tmp_path)
    assert "2026-11-22_boat_0.mp4" in page.text


def test_behind_a_live_gallery_stands_how_to_go_on() -> None:
    bundle = on_its_way(records.sweep_of(records.RUNNING))
    assert "%sora resume" in bundle["text/html"]
    assert "3 queued" in bundle["text/html"]
    assert "s000" in bundle["text/plain"]
