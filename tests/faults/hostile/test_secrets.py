"""A canary key goes through every flow; then everything that was said or written is searched."""

from __future__ import annotations

import faulthandler
import json
import logging
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client
from sora_nb.core.errors import SoraError
from sora_nb.display.card import saved
from sora_nb.display.card.context import CardContext
from sora_nb.display.panel.panel import panel_state
from sora_nb.display.text.report import config_text, preview_text
from sora_nb.handles.task import Task
from sora_nb.magic.greeting import service_line

from .conftest import KEY, MakeClient, Simulate, until
from .server import Answer, HostileService, envelope, reply, silence, success

PATIENT = 20.0
SIGNED = "SIGNED-QUERY"
ESCAPED = "".join(f"\\u{ord(letter):04x}" for letter in KEY)


def echo(status: int) -> bytes:
    """An error whose every part repeats the key, plain and escaped."""
    body = {"code": status, "message": f"bad key {KEY}", "data": {"error": f"Bearer {KEY}"}}
    text = json.dumps(body).replace("Bearer", f"Bearer {ESCAPED}")
    return reply(status, text.encode(), X_Key=KEY, Retry_After=KEY)


FAILED = envelope({"state": "failed", "failCode": f"BAD_{KEY}", "failMsg": f"no: {KEY}"})

SUBMITS: dict[str, Answer] = {
    "400": echo(400),
    "401": echo(401),
    "402": echo(402),
    "403": echo(403),
    "404": echo(404),
    "422": echo(422),
    "429 and then accepted": echo(429),
    "500": echo(500),
    "a page": reply(200, f"<html>{KEY}</html>".encode()),
    "no id but the key": envelope({"id": KEY}),
    "the key for an id": envelope({"taskId": KEY}),
}
STATUSES: dict[str, Answer] = {
    "failed": FAILED,
    "401": echo(401),
    "403": echo(403),
    "500": echo(500),
    "no JSON": reply(200, KEY.encode()),
    "an unknown state": envelope({"state": f"waiting for {KEY}"}),
    "a link with the key": success(f"http://127.0.0.1:9/f.mp4?key={KEY}", "http://[::1"),
    "a host with the key": success(f"http://{KEY}.invalid/f.mp4"),
}


def told(error: BaseException | None) -> Iterator[str]:
    """All texts of an exception, of those behind it, and of the variables of their frames."""
    while error is not None:
        yield from (str(error), repr(error), repr(vars(error)), repr(error.args))
        lines = traceback.TracebackException.from_exception(error, capture_locals=True)
        yield "".join(lines.format())
        yield "\n".join(getattr(error, "_render_traceback_", list)())
        error = error.__cause__ or error.__context__


def shown(client: Client, task: Task) -> Iterator[str]:
    """All that a person, a notebook or a debugger can see of a task and its client."""
    record = task.record
    yield from (repr(task), repr(vars(task)), repr(record), json.dumps(_card(record)))
    yield from (saved.ended(record), saved.on_its_way(record))
    yield saved.plain_text(record)
    yield from told(task.error)
    tasks = client.tasks()
    yield from (repr(tasks), tasks._repr_html_(), tasks.to_pandas().to_csv())
    settings = client.settings
    yield from (repr(client), repr(vars(client)), repr(settings), repr(vars(settings)))
    yield from (config_text(settings), service_line("1", settings))
    yield preview_text([client.preview("x", new=True)], None, {})
    runtime = client._lifetime.open()
    for part in (runtime, runtime.service, runtime.engine, runtime.journal, runtime.store):
        yield repr(vars(part))


def _card(record: Any) -> Any:
    return panel_state([CardContext(record)], time.time())


def written(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below, the journal's log of writes included."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def assert_no_key_in(texts: Iterator[str]) -> None:
    for text in texts:
        assert KEY.lower() not in text.lower()
        assert ESCAPED not in text


def assert_no_key_below(folder: Path) -> None:
    names = [path.name for path, _ in written(folder)]
    assert "journal.sqlite3" in names
    for path, data in written(folder):
        assert KEY.encode() not in data, path
        assert KEY.encode("utf-16-le") not in data, path


@pytest.fixture
def every_log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """All loggers at DEBUG, asyncio's own debugging on; searched at the end of the test."""
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    for name in (None, "sora_nb", "aiohttp", "aiohttp.client", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    yield caplog
    records = caplog.get_records("call")
    assert any(record.name == "asyncio" for record in records)
    assert_no_key_in(text for r in records for text in (r.getMessage(), repr(vars(r))))
    assert_no_key_in(text for r in records if r.exc_info for text in told(r.exc_info[1]))


@pytest.mark.parametrize("answer", SUBMITS.values(), ids=SUBMITS.keys())
def test_a_key_that_is_echoed_to_a_submit_is_said_and_written_nowhere(
    answer: Answer,
    service: HostileService,
    make_client: MakeClient,
    every_log: Any,
    tmp_path: Path,
) -> None:
    service.answers("submit", answer)
    client = make_client(service.base)
    task = client.generate("a paper boat")
    task.rest(PATIENT)
    assert_no_key_in(shown(client, task))
    assert_no_key_below(tmp_path)
    client.close()
    assert_no_key_below(tmp_path)


@pytest.mark.parametrize("answer", STATUSES.values(), ids=STATUSES.keys())
def test_a_key_that_is_echoed_to_a_question_is_said_and_written_nowhere(
    answer: Answer,
    service: HostileService,
    make_client: MakeClient,
    every_log: Any,
    tmp_path: Path,
) -> None:
    service.answers("status", answer)
    client = make_client(service.base)
    task = client.generate("a paper boat")
    until(lambda: task.record.finished or task.record.note, "a rest or a note")
    assert_no_key_in(shown(client, task))
    task.stop()
    assert_no_key_in(shown(client, task))
    assert_no_key_below(tmp_path)


@pytest.mark.parametrize("status", [200, 401, 403, 429, 500])
def test_a_key_that_is_echoed_to_a_balance_is_said_nowhere(
    status: int, service: HostileService, make_client: MakeClient, every_log: Any
) -> None:
    service.answers("balance", forever=echo(status))
    with pytest.raises(SoraError) as caught:
        make_client(service.base).balance()
    assert_no_key_in(told(caught.value))


def test_a_host_of_films_is_told_no_key_and_what_it_says_is_kept_short(
    service: HostileService, make_client: MakeClient, every_log: Any, tmp_path: Path
) -> None:
    service.answers("film", echo(500), echo(403), reply(302, Location=f"file:///{KEY}"))
    client = make_client(service.base)
    task = client.generate("a paper boat")
    task.wait(PATIENT)
    assert len(service.of("film")) == 4
    assert KEY not in repr(service.of("film"))
    assert_no_key_in(shown(client, task))
    assert_no_key_below(tmp_path)


def test_a_crash_dump_while_the_key_is_on_its_way_holds_no_key(
    service: HostileService, make_client: MakeClient, tmp_path: Path
) -> None:
    service.answers("submit", silence)
    client = make_client(service.base, submit_timeout=0.5)
    task = client.generate("a paper boat")
    until(lambda: service.of("submit"), "the POST")
    with (tmp_path / "crash.txt").open("w+") as dump:
        faulthandler.dump_traceback(dump, all_threads=True)
    assert "loop_thread.py" in (tmp_path / "crash.txt").read_text()
    assert_no_key_below(tmp_path)
    assert_no_key_in(shown(client, task))
    task.rest(PATIENT)


def test_the_simulator_keeps_no_key(
    simulate: Simulate, make_client: MakeClient, every_log: Any, tmp_path: Path
) -> None:
    account = simulate()
    client = make_client(account.base)
    task = client.generate("a paper boat")
    task.wait(PATIENT)
    client.balance()
    assert account.posts()
    assert_no_key_in(shown(client, task))
    assert_no_key_below(tmp_path)


def test_a_links_signature_stays_in_the_kernel_and_its_journal(
    service: HostileService, make_client: MakeClient, tmp_path: Path
) -> None:
    image = "https://pictures.example/start.png?token=SIGNED-QUERY"
    client = make_client(service.base)
    task = client.generate("a paper boat", image=image)
    video = task.wait(PATIENT)
    assert SIGNED in (video.url or "")
    record = task.record
    for text in (
        json.dumps(_card(record)),
        saved.ended(record),
        saved.plain_text(record),
        repr(task),
        repr(video),
        repr(client.tasks()),
        client.tasks()._repr_html_(),
    ):
        assert SIGNED not in text
    assert SIGNED.encode() in (tmp_path / "home" / "journal.sqlite3-wal").read_bytes()
    for path, data in written(tmp_path / "media"):
        assert SIGNED.encode() not in data, path
