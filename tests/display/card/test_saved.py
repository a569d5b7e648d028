"""The saved output: plain HTML that an untrusted notebook keeps whole."""

from __future__ import annotations

import base64
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import State, TaskRecord
from sora_nb.display.card.saved import SILENT, ended, on_its_way, plain_text, together
from sora_nb.display.kit.html import relative_src
from sora_nb.handles.task_table import html_table, row, text_table
from tests.support.records import (
    BOAT_DONE,
    BOAT_ID,
    NOW,
    SENT,
    VIEWS,
    boat,
    evil,
    failed_content,
    hostile_views,
    ready,
    unsure,
)

POSTER = b"\xff\xd8poster"
ALLOWED = {"div", "p", "strong", "code", "br", "video", "img", "details", "summary"}


class Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = [attributes for name, attributes in self.elements if name == tag]
        return found


def records() -> dict[str, TaskRecord]:
    found = {name: views()[0].record for name, views in VIEWS.items()}
    return found | {f"hostile{i}": view.record for i, view in enumerate(hostile_views())}


def test_a_film_is_a_video_with_its_own_src_and_poster_and_a_caption() -> None:
    record = ready().record
    page = Page(ended(record, src="sora_videos/boat.mp4", poster=POSTER, shown_path="here.mp4"))
    video = page.one("video")
    assert video["src"] == "sora_videos/boat.mp4"
    assert video["poster"] == f"data:image/jpeg;base64,{base64.b64encode(POSTER).decode()}"
    assert {"controls", "playsinline"} <= set(video)
    assert record.film is not None
    for words in (record.request.prompt, record.key, record.film.sha256[:12], "here.mp4", "8 s"):
        assert words in page.text
    assert record.film.sha256[:13] not in page.text
    assert "Simulator" not in page.text


def test_where_no_video_can_play_the_poster_stands_with_the_caption() -> None:
    page = Page(ended(ready().record, src=None, poster=POSTER))
    assert (page.one("img")["src"] or "").startswith("data:image/jpeg")
    assert "video" not in [tag for tag, _ in page.elements]
    assert "sha256 3f9a1c2be07d" in page.text
    assert "<img" not in ended(ready().record, src=None, poster=None)


@pytest.mark.parametrize("name", sorted(records()))
def test_nothing_that_an_untrusted_notebook_strips_is_used_and_no_string_becomes_markup(
    name: str,
) -> None:
    record = records()[name]
    for html in (
        ended(record, src=relative_src(f"sora_videos/{evil('src')}"), poster=POSTER, reused=True),
        ended(record, src=evil("src"), poster=None, shown_path=evil("shown")),
        on_its_way(record),
    ):
        page = Page(html)
        assert {tag for tag, _ in page.elements} <= ALLOWED
        for tag, attributes in page.elements:
            assert not [word for word in attributes if word.startswith("on")]
            assert ("poster" in attributes) <= (tag == "video")
        assert record.request.prompt in page.text


def test_a_relative_path_can_become_no_address_of_its_own() -> None:
    assert relative_src("sora_videos/a b#?.mp4") == "sora_videos/a%20b%23%3F.mp4"
    assert relative_src("javascript:alert(1)") == "javascript%3Aalert%281%29"
    assert relative_src(r"..\films\b.mp4") == "../films/b.mp4"


def test_a_failure_keeps_its_advice_its_code_and_the_services_words() -> None:
    text = Page(ended(failed_content().record)).text
    for words in ("refused the content", "CONTENT_VIOLATION", "Change the prompt", "[likeness]"):
        assert words in text
    text = Page(ended(unsure().record)).text
    for words in ("%sora adopt u5b3hc TASKID", "may have been charged", "cut after sending"):
        assert words in text


def test_a_stopped_task_says_why_and_how_it_goes_on() -> None:
    stopped = advance(boat(9), move.Stopped(note="asked for an hour"), NOW)
    text = Page(ended(stopped)).text
    assert "Stopped. asked for an hour" in text
    assert "%sora retry k7f3qa" in text


def test_a_task_without_a_film_names_its_id_for_whoever_asks_the_service() -> None:
    failed = failed_content().record
    assert "task id task_01k9v8aa3f6h9j2l5p" in Page(ended(failed)).text
    assert plain_text(failed).endswith("\ntask id task_01k9v8aa3f6h9j2l5p")
    stopped = advance(boat(9, *SENT), move.Stopped(), NOW)
    assert f"task id {BOAT_ID}" in Page(ended(stopped)).text
    for record in (unsure().record, ready().record):
        assert "task id task" not in Page(ended(record)).text


def test_a_film_that_was_made_and_not_saved_is_not_said_to_go_on() -> None:
    stopped = advance(boat(9, *SENT, BOAT_DONE), move.Stopped(), NOW)
    text = Page(ended(stopped)).text
    assert "goes on" not in text
    assert "The film is made, but not saved, and its link expires: %sora rescue saves it." in text


def test_a_panel_that_was_saved_on_its_way_says_how_to_take_it_up() -> None:
    text = Page(on_its_way(boat(9))).text
    assert "Saved while it was queued" in text
    assert "%sora resume" in text


def test_an_upright_film_is_as_narrow_as_its_player() -> None:
    record = ready().record
    assert record.film is not None
    upright = msgspec.structs.replace(record.film, width=720, height=1280)
    page = Page(ended(msgspec.structs.replace(record, film=upright), src="x.mp4"))
    assert page.one("video")["width"] == "236"


def test_several_tasks_stand_below_each_other() -> None:
    pages = [ended(ready().record, src="a.mp4"), ended(failed_content().record)]
    assert together(pages[:1]) == pages[0]
    assert all(page in together(pages) for page in pages)


@pytest.mark.parametrize("name", sorted(records()))
def test_plain_text_says_the_same_in_few_lines(name: str) -> None:
    record = records()[name]
    text = plain_text(record)
    assert record.key in text
    assert record.state.value in text
    assert len(text.splitlines()) <= 6


def test_tables_hold_every_task_and_no_markup_of_theirs() -> None:
    shown = list(records().values())
    page = Page(html_table(shown))
    assert {tag for tag, _ in page.elements} == {"table", "thead", "tbody", "tr", "th", "td"}
    assert [tag for tag, _ in page.elements].count("tr") == len(shown) + 1
    lines = text_table(shown).splitlines()
    assert len(lines) == len(shown) + 1
    assert "no tasks yet" in text_table([])
    assert "no tasks yet" in html_table([])


def test_a_row_holds_what_a_data_frame_needs() -> None:
    found = row(ready().record)
    assert (found["key"], found["state"], found["duration"]) == ("k7f3qa", State.READY.value, 8)
    assert (found["seconds"], found["cost"]) == (182.0, 0.8)
    assert found["path"].endswith("k7f3qa.mp4")
    assert row(failed_content().record)["error_code"] == "CONTENT_VIOLATION"
    assert row(boat(9))["seconds"] is None


def test_a_host_that_plays_no_sound_is_named_beside_the_film() -> None:
    assert SILENT in ended(ready().record, src="boat.mp4", silent=True)
    assert SILENT not in ended(ready().record, src="boat.mp4")
    source = Path(__file__).parents[3] / "js" / "src" / "player" / "film_facts.ts"
    assert f'SILENT = "{SILENT}"' in source.read_text("utf-8")
