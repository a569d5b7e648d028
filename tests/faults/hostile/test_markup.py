"""Markup in every string of a person and of the service is text: nothing of it becomes a tag."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from sora_nb.core.lifecycle import (
    Accepted,
    Event,
    Forgotten,
    GaveUp,
    Lost,
    Noted,
    Refused,
    Reported,
    Saved,
    Sending,
    Stopped,
    advance,
    new_record,
)
from sora_nb.core.task import Failure, Film, Report, TaskRecord, VideoRequest
from sora_nb.display.card import saved, snapshot
from sora_nb.display.card.context import CardContext
from sora_nb.display.kit.html import relative_src
from sora_nb.display.player.film_source import live_url
from sora_nb.handles.task_table import html_table, text_table

from .conftest import MakeClient, notes, until
from .server import HostileService, envelope

NOON = 1_795_348_800.0
ALLOWED = {
    "div": {"class", "style"},
    "p": {"style"},
    "strong": {"dir"},
    "code": set(),
    "br": set(),
    "details": set(),
    "summary": set(),
    "video": {"controls", "playsinline", "preload", "src", "poster", "width", "style"},
    "img": {"src", "alt", "width", "style"},
    "table": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"style"},
    "td": {"style"},
}
EVIL = (
    "<img src=x onerror=alert(1)>",
    "</p></div></code><script>alert(1)</script>",
    "\"' onload=alert(1) x='\"><svg/onload=alert(1)>",
    "<!-- ]]> <style>*{display:none}</style>",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "javascript:alert(1)",
    "</strong",
)


class Page(HTMLParser):
    """The tags, attributes and text of a page as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.comments.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.comments.append(data)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)


def assert_harmless(html: str) -> Page:
    page = Page(html)
    for tag, attributes in page.tags:
        assert attributes.keys() <= ALLOWED[tag], html
        for name in ("src", "poster"):
            kind = urlsplit(attributes.get(name) or "").scheme
            assert kind in ("", "http", "https", "data")
            if kind == "data":
                assert (attributes[name] or "").startswith(("data:video/", "data:image/jpeg"))
        assert "url(" not in (attributes.get("style") or "")
    assert page.comments == []
    return page


def record_of(evil: str, *events: Event, model: str | None = None) -> TaskRecord:
    request = VideoRequest(
        prompt=evil,
        model=evil if model is None else model,
        aspect_ratio=evil,
        image=f"https://pictures.example/{evil}",
        extra={evil: evil},
        take=2,
    )
    record = new_record("k7f3qa", request, service=evil, now=NOON, media=f"/films/{evil}")
    for event in events:
        record = advance(record, event, NOON)
    return record


def lives(evil: str) -> Iterator[TaskRecord]:
    """A record of every state, each with the words that can be in it."""
    failed = Failure(kind="failed", code=evil, message=evil, error=evil)
    accepted = (Sending(), Accepted(task_id=evil))
    success = Reported(report=Report(state="success", urls=(f"https://cdn.example/{evil}",)))
    film = Film(
        path=f"/films/{evil}/{evil}.mp4", size=9, sha256=evil, seconds=4.0, width=16, height=9
    )
    yield record_of(evil)
    yield record_of(evil, Noted(note=evil))
    yield record_of(evil, Sending())
    yield record_of(evil, Sending(), Lost(failure=failed))
    yield record_of(evil, Sending(), Lost(failure=failed), Forgotten())
    yield record_of(evil, Sending(), Refused(failure=failed))
    yield record_of(evil, *accepted, Noted(note=evil))
    yield record_of(evil, *accepted, Reported(report=Report(state=evil, problem=evil)))
    report = Report(state="failed", fail_code=evil, fail_message=evil)
    yield record_of(evil, *accepted, Reported(report=report))
    yield record_of(evil, *accepted, GaveUp(failure=failed))
    yield record_of(evil, *accepted, Stopped(note=evil))
    yield record_of(evil, *accepted, success, Noted(note=evil))
    yield record_of(evil, *accepted, success, Saved(film=film))
    yield record_of(evil, *accepted, success, Saved(film=film), model="sora-2")


@pytest.mark.parametrize("evil", EVIL)
def test_every_saved_page_of_every_state_has_only_our_own_tags(evil: str) -> None:
    records = list(lives(evil))
    pages = [
        *(saved.ended(record) for record in records),
        *(saved.ended(record, shown_path=evil, reused=True) for record in records),
        *(saved.ended(r, src=relative_src(evil), poster=b"x") for r in records),
        *(saved.ended(r, src=f"https://cdn.example/{evil}") for r in records),
        *(saved.on_its_way(record) for record in records),
    ]
    for page in pages:
        assert evil in assert_harmless(page).text
    assert_harmless(saved.together(pages))


@pytest.mark.parametrize("evil", EVIL)
def test_the_table_has_only_our_own_tags_and_shows_the_words_as_they_are(evil: str) -> None:
    records = list(lives(evil))
    page = assert_harmless(html_table(records))
    assert page.text.count(" ".join(evil.split())) >= len(records)
    assert evil in text_table(records)


@pytest.mark.parametrize("evil", EVIL)
def test_a_snapshot_carries_words_as_they_are_and_no_markup_of_ours(evil: str) -> None:
    for record in lives(evil):
        card = snapshot.card(CardContext(record, shown_path=evil, server_path=evil), NOON)
        assert card["prompt"] == evil
        told = json.dumps(card)
        assert "&lt;" not in told.replace(json.dumps(evil)[1:-1], "")
        if card["film"] is not None:
            assert card["film"]["path"] == evil
        if record.failure is not None and record.failure.message == evil:
            assert evil in (card["failure"]["words"] or card["failure"]["advice"])
        assert card["task_id"] in (None, evil)
        note = card["note"] or ""
        assert note.startswith(record.note or "")
        assert "<" not in note.replace(evil, ""), "words of ours may follow, no markup"


def test_a_record_without_film_never_names_the_services_link_as_a_source() -> None:
    for record in lives("javascript:alert(1)"):
        link = live_url(record, NOON)
        assert link is None or link.startswith("https://cdn.example/")


@pytest.mark.parametrize("evil", EVIL[:4])
def test_markup_from_a_real_reply_reaches_every_output_as_text(
    evil: str, service: HostileService, make_client: MakeClient
) -> None:
    service.task_id = evil
    failed: dict[str, Any] = {"state": "failed", "failCode": evil, "failMsg": evil}
    service.answers("status", envelope({"state": evil}), envelope(failed))
    client = make_client(service.base)
    task = client.generate(evil)
    until(lambda: task.record.finished, "an end")
    (odd,) = notes(client, task.key)
    assert " ".join(evil.split()) in odd.replace("\\'", "'")
    record = task.record
    assert evil in assert_harmless(saved.ended(record)).text
    assert evil in assert_harmless(client.tasks()._repr_html_()).text
    assert snapshot.card(CardContext(record), NOON)["failure"]["words"] == evil
