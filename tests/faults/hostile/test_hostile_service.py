"""A hostile or broken service changes nothing but the message: one bad answer, then the film."""

from __future__ import annotations

import json
import socket
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sora_nb.core.errors import SubmitUnsure
from sora_nb.service.exchange import MAX_BODY
from sora_nb.service.transport import Transport

from .conftest import KEY, MakeClient, notes, until
from .server import (
    Answer,
    HostileService,
    envelope,
    film_of,
    flood,
    reply,
    success,
    trickle,
)

PROMPT = "a paper boat in the rain"
PATIENT = 20.0
MEGABYTE = 1 << 20
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"

BROKEN: dict[str, Answer] = {
    "empty": reply(200),
    "a page": reply(200, b"<!doctype html><title>Sign in</title>", Content_Type="text/html"),
    "no JSON": reply(200, b'{"code": 200, "data": {'),
    "no text": reply(200, b"\xff\xfe\x00{" * 9),
    "nested deep": reply(200, b"[" * 100_000),
    "a list": reply(200, b"[1, 2]"),
    "a number": reply(200, b"7"),
    "null": reply(200, b"null"),
    "data is a text": envelope("pending"),
    "data is a list": envelope([{"state": "success"}]),
    "no data": envelope(None),
    "no state": envelope({"taskId": "task-1"}),
    "state is a number": envelope({"state": 4}),
    "state is an object": envelope({"state": {"success": True}}),
    "code is missing": reply(200, b'{"data": {"state": "success"}}'),
    "code is text": envelope({"state": "success"}, code="yes"),
    "half a body": reply(200, b'{"code": 200, "data": {"state": "pe', length=99),
    "bytes that are no HTTP": b"\x16\x03\x01 hello \r\n\r\n",
    "nothing at all": b"",
    "500": envelope(None, code=500, message="oops", status=500),
    "401": envelope(None, code=401, message="no", status=401),
    "402": envelope(None, code=402, message="no", status=402),
    "403": envelope(None, code=403, message="no", status=403),
    "404": envelope(None, code=404, message="no", status=404),
    "429": envelope(None, code=429, message="slower", status=429),
    "204": b"HTTP/1.1 204 None\r\nConnection: close\r\n\r\n",
    "a redirect to itself": reply(302, Location="/api/v1/statusTask/sora-2?taskId=task-1"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_status_reply_is_a_note_and_the_film_still_comes(
    answer: Answer, service: HostileService, make_client: MakeClient
) -> None:
    service.answers("status", answer, answer)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert task.wait(PATIENT).path.is_file()
    assert notes(client, task.key)
    assert not any("error of sora_nb itself" in note for note in notes(client, task.key))
    assert len(service.of("submit")) == 1


ODD: dict[str, tuple[bytes, str]] = {
    "an unknown state": (envelope({"state": "dreaming"}), "unknown state 'dreaming'"),
    "a state in capitals": (envelope({"state": "SUCCESS"}), "unknown state"),
    "markup": (envelope({"state": "<b>x</b>"}), "unknown state '<b>x</b>'"),
    "no result": (envelope({"state": "success"}), "no result URL"),
    "an empty result": (envelope({"state": "success", "resultJson": ""}), "no result URL"),
    "no JSON in it": (envelope({"state": "success", "resultJson": "{'a'"}), "no result URL"),
    "a list in it": (envelope({"state": "success", "resultJson": "[]"}), "no result URL"),
    "no URLs": (success(), "no result URL"),
    "numbers for URLs": (success(1, None, {}), "no text"),
    "a file": (success("file:///etc/passwd"), "not an http(s) URL"),
    "a script": (success("javascript:alert(1)"), "not an http(s) URL"),
    "a data URL": (success("data:video/mp4;base64,AAAA"), "not an http(s) URL"),
    "ftp": (success("ftp://films.example/f.mp4"), "not an http(s) URL"),
    "a path": (success("/films/film.mp4"), "not an http(s) URL"),
    "a line break": (success("http://127.0.0.1/a\r\nHost: b"), "characters that no URL has"),
    "a password": (success("http://me:secret@127.0.0.1/f.mp4"), "holds a user name"),
    "no host": (success("http:///f.mp4"), "names no host"),
    "a bad port": (success("http://127.0.0.1:99999/f.mp4"), "not a URL"),
    "a long one": (success("http://127.0.0.1/" + "a" * 5000), "longer than"),
}


@pytest.mark.parametrize(("answer", "words"), ODD.values(), ids=ODD.keys())
def test_an_odd_status_reply_is_a_note_in_words_and_the_film_still_comes(
    answer: bytes, words: str, service: HostileService, make_client: MakeClient
) -> None:
    service.answers("status", answer)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert task.wait(PATIENT).path.is_file()
    assert words in notes(client, task.key)[0]
    assert "secret" not in "".join(notes(client, task.key))


@pytest.mark.parametrize("odd", [success(), envelope({"state": "dreaming"})], ids=["empty", "odd"])
def test_an_oddity_without_an_end_rests_in_our_own_words(
    odd: bytes, service: HostileService, make_client: MakeClient
) -> None:
    service.answers("status", forever=odd)
    client = make_client(service.base, simulator_speed=20_000, poll=200.0)
    task = client.generate(PROMPT)
    task.rest(PATIENT)
    record = task.record
    said = record.failure.message if record.failure else record.note or ""
    assert record.state in ("failed", "stopped")
    assert "10 minutes" in said or "an hour" in said


def test_a_link_into_this_machine_or_its_network_is_never_asked_for_a_real_service(
    film: bytes,
    service: HostileService,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The service has a public name here, so that nothing about it is on loopback."""
    real = socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        return real("127.0.0.1" if host.endswith(".example") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with HostileService(film) as inside:
        port = inside.port
        links = [
            f"http://127.0.0.1:{port}/f",
            f"https://127.0.0.1:{port}/f",
            f"https://localhost:{port}/f",
            f"https://127.1:{port}/f",
            f"https://[::1]:{port}/f",
            "https://10.0.0.1/f",
            "https://192.168.0.1/f",
            "https://169.254.169.254/latest/meta-data",
            "http://films.example/f",
            f"https://sneaky.example:{port}/f",  # a public name for this very machine
        ]
        service.answers("status", *(success(link) for link in links), forever=envelope({}))
        client = make_client(f"http://service.example:{service.port}", poll=0.01)
        task = client.generate(PROMPT)
        until(lambda: len(service.of("status")) >= len(links), "all links")
        until(lambda: "stands for this machine" in notes(client, task.key)[-1], "the last link")
        assert inside.requests == []
    assert task.state == "saving"
    assert {note.rpartition(": ")[2] for note in notes(client, task.key)[:-1]} == {
        "it is not an https URL",
        "it points into this machine or its network",
    }


def test_a_huge_answer_is_read_to_a_bound_and_no_further(
    service: HostileService, make_client: MakeClient
) -> None:
    huge = flood(OPEN, b" " * MEGABYTE, 10)
    service.answers("status", huge, huge)
    client = make_client(service.base)
    client.generate("the first one loads the codecs").wait(PATIENT)
    service.answers("status", huge, huge)
    task = client.generate(PROMPT)
    tracemalloc.start()
    try:
        assert task.wait(PATIENT).path.is_file()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert f"longer than {MAX_BODY} bytes" in notes(client, task.key)[0]
    assert peak < 9 * MEGABYTE  # the server of this test, in the same process, holds some of it


def test_a_huge_answer_to_a_submit_is_a_lost_one(
    service: HostileService, make_client: MakeClient
) -> None:
    service.answers("submit", forever=flood(OPEN, b" " * MEGABYTE, 10))
    task = make_client(service.base).generate(PROMPT)
    with pytest.raises(SubmitUnsure):
        task.wait(PATIENT)
    assert len(service.of("submit")) == 1


def test_an_answer_that_drips_is_given_up_in_time(
    service: HostileService, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    defaults: Any = Transport.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "reply_timeout", 0.3)
    monkeypatch.setitem(defaults, "read_timeout", 0.3)
    heads = trickle(b"HTTP/1.1 200 OK\r\n", b"X-Drop: 1\r\n")
    service.answers("status", heads, trickle(OPEN))
    service.answers("film", heads, trickle(OPEN + b"\0\0\0\x20ftypisom" + b"\0" * 60, b"\0"))
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert task.wait(PATIENT).path.is_file()
    said = notes(client, task.key)
    assert sum("did not answer in time" in note for note in said) == 3
    assert sum("slower than" in note for note in said) == 1


def test_a_submit_that_drips_is_unsure_after_the_timeout_of_the_settings(
    service: HostileService, make_client: MakeClient
) -> None:
    service.answers("submit", forever=trickle(OPEN))
    client = make_client(service.base, submit_timeout=0.3)
    task = client.generate(PROMPT)
    with pytest.raises(SubmitUnsure):
        task.wait(PATIENT)
    assert len(service.of("submit")) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_the_key_nor_the_prompt_to_another_host(
    status: int, film: bytes, service: HostileService, make_client: MakeClient
) -> None:
    with HostileService(film) as stranger:
        away = reply(status, Location=f"{stranger.base}/statusTask/sora-2?taskId=1")
        service.answers("status", away)
        service.answers("film", away)
        service.answers("balance", away)
        client = make_client(service.base)
        task = client.generate(PROMPT)
        assert task.wait(PATIENT).path.is_file()
        with pytest.raises(Exception, match=f"HTTP {status}"):
            client.balance()
        service.answers("submit", reply(status, Location=f"{stranger.base}/generateTask/sora-2"))
        with pytest.raises(SubmitUnsure):
            client.generate("another prompt").wait(PATIENT)
        # Only a film may move: without the key, and here to something that is no film.
        (asked,) = stranger.requests
    assert (asked.method, asked.body) == ("GET", b"")
    assert not {"authorization", "cookie", "referer"} & asked.headers.keys()
    assert KEY not in repr(asked)


def test_a_film_gets_no_key_even_on_the_services_own_host(
    service: HostileService, make_client: MakeClient
) -> None:
    service.answers("film", reply(302, Location="/api/v1/films/moved.mp4"))
    make_client(service.base).generate(PROMPT).wait(PATIENT)
    first, moved = service.of("film")
    assert moved.target == "/api/v1/films/moved.mp4"
    assert all("authorization" not in request.headers for request in (first, moved))
    asked = [*service.of("submit"), *service.of("status")]
    assert {request.headers["authorization"] for request in asked} == {f"Bearer {KEY}"}


def test_redirects_in_a_circle_are_a_note_after_a_few_requests(
    service: HostileService, make_client: MakeClient
) -> None:
    circle = reply(302, Location="/again")
    service.answers("film", *[circle] * 6)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert task.wait(PATIENT).path.is_file()
    assert "redirected more than 5 times" in notes(client, task.key)[0]
    assert len(service.of("film")) == 7


HOSTILE_IDS = [
    "../../../etc/passwd",
    "..\\..\\evil",
    "/etc/cron.d/evil",
    "%2e%2e%2f%2e%2e%2fevil",
    "a/b?taskId=other&x=#frag",
    "\"quoted\" 'twice' `thrice` $(reboot)",
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "задача-1",
    "é" * 200,
]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        self.tags.add(tag)


@pytest.mark.parametrize("task_id", HOSTILE_IDS)
def test_a_hostile_task_id_is_only_a_text(
    task_id: str, service: HostileService, make_client: MakeClient, tmp_path: Path
) -> None:
    service.task_id = task_id
    client = make_client(service.base)
    task = client.generate(PROMPT)
    video = task.wait(PATIENT)
    (asked,) = service.of("status")
    parts = urlsplit(asked.target)
    assert parts.path == "/api/v1/statusTask/sora-2"
    assert parse_qs(parts.query, strict_parsing=True) == {"taskId": [task_id]}
    assert "'" not in asked.target
    assert '"' not in asked.target
    assert video.path.parent == tmp_path / "media"
    assert {path.name for path in tmp_path.iterdir()} == {"home", "media"}
    assert task_id == json.loads(video.path.with_suffix(".json").read_text("utf-8"))["task_id"]
    tags = _Tags()
    tags.feed(client.tasks()._repr_html_())
    assert tags.tags <= {"table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize(
    "task_id", ["a\nb", "a\x00b", "\x1b[31mred", "a\u202eb", "x" * 513, " ", 1.5]
)
def test_an_id_that_is_none_leaves_the_task_unsure_and_is_written_nowhere(
    task_id: Any, service: HostileService, make_client: MakeClient
) -> None:
    service.answers("submit", envelope({"taskId": task_id}))
    task = make_client(service.base).generate(PROMPT)
    with pytest.raises(SubmitUnsure, match="task id"):
        task.wait(PATIENT)
    assert task.id is None
    assert len(service.of("submit")) == 1


def test_a_film_may_be_named_in_any_way_by_its_host(
    service: HostileService, make_client: MakeClient, tmp_path: Path, film: bytes
) -> None:
    async def named(exchange: Any) -> None:
        disposition = 'attachment; filename="../../evil.mp4"'
        body = reply(200, film, Content_Disposition=disposition, Content_Type="video/mp4")
        exchange.writer.write(body)
        await exchange.writer.drain()

    service.answers("status", success(f"{service.origin}/../..//evil%2F..%2F..%2Fx.mp4"))
    service.answers("film", named)
    video = make_client(service.base).generate("../../../srv/evil \\ C:evil").wait(PATIENT)
    assert video.path.parent == tmp_path / "media"
    assert {path.name for path in tmp_path.iterdir()} == {"home", "media"}


def test_what_the_film_calls_itself_does_not_matter_if_it_is_one(
    service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    service.answers("film", film_of(film, kind="text/html"))
    assert make_client(service.base).generate(PROMPT).wait(PATIENT).size == len(film)
