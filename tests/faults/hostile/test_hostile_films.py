"""Films that are none, are cut, lie, change or expire: on disk is the film or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sora_nb.core.errors import LinkExpired

from .conftest import KEY, MakeClient, notes, until
from .server import (
    Answer,
    Exchange,
    HostileService,
    film_of,
    flood,
    reply,
    success,
)

PROMPT = "a paper boat in the rain"
PATIENT = 20.0
GIGABYTE = 1 << 30
HEAD = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def ranges(service: HostileService) -> list[int]:
    """The first byte that each request for the film asked for."""
    asked = [request.headers.get("range", "bytes=0-") for request in service.of("film")]
    return [int(text.removeprefix("bytes=").removesuffix("-")) for text in asked]


def left_over(media: Path) -> set[str]:
    """What lies in the media folder beside films and their sidecars."""
    return {path.name for path in media.iterdir() if path.suffix not in (".mp4", ".json")}


NO_FILMS: dict[str, tuple[Answer, str]] = {
    "a page": (reply(200, b"<!doctype html><html>Sign in</html>" * 9), "a web page (HTML)"),
    "a page that calls itself a film": (
        reply(200, b"<html><script>x</script>" * 9, Content_Type="video/mp4"),
        "a web page (HTML)",
    ),
    "JSON": (reply(200, b'{"error": "no"}' * 9), "JSON"),
    "an error in XML": (reply(200, b"<?xml version='1.0'?><Error/>" * 9), "XML"),
    "nothing": (reply(200), "an empty answer"),
    "other bytes": (reply(200, b"\x7fELF" * 99), "something unknown"),
    "a playlist": (reply(200, b"#EXTM3U\nfile:///etc/passwd\n" * 9), "something unknown"),
    "an MP4 that cannot be played": (reply(200, HEAD + b"\1" * 999), "cannot be played"),
    "50 GB": (reply(200, HEAD + b"\0" * 99, length=50 * GIGABYTE), "more than"),
    "500": (reply(500), "HTTP 500"),
    "a part without its place": (reply(206, HEAD * 9), "without saying which one"),
    "compressed": (reply(200, b"\x1f\x8b" * 99, Content_Encoding="gzip"), "compressed"),
}


@pytest.mark.parametrize(("answer", "words"), NO_FILMS.values(), ids=NO_FILMS.keys())
def test_what_is_no_film_is_named_leaves_nothing_behind_and_the_film_comes_later(
    answer: Answer,
    words: str,
    service: HostileService,
    make_client: MakeClient,
    film: bytes,
    tmp_path: Path,
) -> None:
    service.answers("film", answer)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert sha256(task.wait(PATIENT).path.read_bytes()) == sha256(film)
    assert words in notes(client, task.key)[0]
    assert ranges(service) == [0, 0]
    assert left_over(tmp_path / "media") == set()


def test_a_film_of_50_gb_is_refused_before_its_first_bytes_are_written(
    service: HostileService, make_client: MakeClient, tmp_path: Path
) -> None:
    huge = flood(reply(200, HEAD, length=50 * GIGABYTE), bytes(1 << 20), 10)
    service.answers("film", forever=huge)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    until(lambda: notes(client, task.key), "a note")
    assert "53,687,091,200 bytes, more than 2,147,483,648" in notes(client, task.key)[0]
    task.stop()
    assert sum(path.stat().st_size for path in (tmp_path / "media").iterdir()) == 0


def test_a_film_that_is_cut_again_and_again_is_continued_and_no_byte_is_asked_for_twice(
    service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    third = len(film) // 3
    service.answers("film", film_of(film, cut_after=third), film_of(film, cut_after=third))
    video = make_client(service.base).generate(PROMPT).wait(PATIENT)
    assert sha256(video.path.read_bytes()) == sha256(film) == video.sha256
    assert ranges(service) == [0, third, 2 * third]
    conditions = [request.headers.get("if-range") for request in service.of("film")]
    assert conditions == [None, '"one"', '"one"']


def test_a_cut_film_is_continued_by_the_next_kernel(
    service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    half = len(film) // 2
    service.answers("film", film_of(film, cut_after=half), forever=reply(503))
    client = make_client(service.base)
    task = client.generate(PROMPT)
    until(lambda: notes(client, task.key), "a note")
    client.close()
    service.answers("film")
    before = len(service.of("film"))
    (task,) = make_client(service.base).resume()
    assert sha256(task.wait(PATIENT).path.read_bytes()) == sha256(film)
    assert ranges(service)[before:] == [half]


@pytest.mark.parametrize("etag", [None, 'W/"one"'])
def test_without_a_strong_etag_a_cut_film_starts_over(
    etag: str | None, service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    service.answers("film", film_of(film, etag=etag, cut_after=1000))
    video = make_client(service.base).generate(PROMPT).wait(PATIENT)
    assert sha256(video.path.read_bytes()) == sha256(film)
    assert ranges(service) == [0, 0]


def test_a_film_that_claims_too_much_is_not_ready_until_it_tells_the_truth(
    service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    lie = film_of(film, claims=len(film) + 10)
    service.answers("film", lie, lie, lie)
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert sha256(task.wait(PATIENT).path.read_bytes()) == sha256(film)
    assert "in the middle of the answer" in notes(client, task.key)[0]


@pytest.mark.parametrize("sends_the_rest", [False, True], ids=["cut", "more than announced"])
def test_a_film_that_claims_too_little_is_not_taken_for_whole(
    sends_the_rest: bool, service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    body = film if sends_the_rest else film[:-10]
    service.answers("film", reply(200, body, length=len(film) - 10, ETag='"one"'))
    client = make_client(service.base)
    task = client.generate(PROMPT)
    assert sha256(task.wait(PATIENT).path.read_bytes()) == sha256(film)
    words = "is not HTTP" if sends_the_rest else "cannot be played"
    assert words in notes(client, task.key)[0]


def _other(film: bytes) -> bytes:
    """Another film of the same size that can be played, too: it differs at both ends."""
    other = bytearray(film)
    other[15] ^= 1  # the brand's minor version
    other[-1] ^= 1  # the encoder's name
    return bytes(other)


def _continued_as(film: bytes, *, etag: str | None) -> Answer:
    """What a host that ignores If-Range says to a continuation: the rest of another film."""

    async def answer(exchange: Exchange) -> None:
        start = int(exchange.request.headers["range"].removeprefix("bytes=").removesuffix("-"))
        place = f"bytes {start}-{len(film) - 1}/{len(film)}"
        headers = {"Content_Range": place, **({} if etag is None else {"ETag": etag})}
        exchange.writer.write(reply(206, film[start:], length=None, **headers))
        await exchange.writer.drain()

    return answer


CHANGED = ["the whole other film", "a part with its own etag", "a part that hides its etag"]


@pytest.mark.parametrize("way", CHANGED)
def test_a_film_that_changes_between_two_requests_is_started_over_and_never_stitched(
    way: str, service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    other = _other(film)
    continued: dict[str, Answer] = {
        "the whole other film": film_of(other, etag='"two"'),
        "a part with its own etag": _continued_as(other, etag='"two"'),
        "a part that hides its etag": _continued_as(other, etag=None),
    }
    service.film = other
    service.answers("film", film_of(film, cut_after=2000), continued[way])
    task = make_client(service.base).generate(PROMPT)
    assert sha256(task.wait(PATIENT).path.read_bytes()) == sha256(other)
    assert ranges(service)[:2] == [0, 2000]
    assert ranges(service)[2:] in ([], [0])


def test_an_expired_link_is_asked_for_anew_once_and_the_fresh_one_is_used(
    service: HostileService, make_client: MakeClient
) -> None:
    service.answers("status", success(f"{service.origin}/films/old.mp4?signature=1"))
    service.answers("film", reply(403))
    make_client(service.base).generate(PROMPT).wait(PATIENT)
    assert [request.target.partition("?")[0] for request in service.of("film")] == [
        "/films/old.mp4",
        "/films/film.mp4",
    ]
    assert len(service.of("status")) == 2


def test_a_link_that_died_for_good_is_said_with_its_date(
    service: HostileService, make_client: MakeClient
) -> None:
    """As far as the service's own clock goes, the film was finished in 1970."""
    service.answers("status", forever=success(service.film_url, completeTime=86_400_000))
    service.answers("film", forever=reply(410))
    task = make_client(service.base).generate(PROMPT)
    with pytest.raises(LinkExpired, match=r"expired on 1970-01-\d\d") as caught:
        task.wait(PATIENT)
    assert task.state == "failed"
    assert "15 days" in caught.value.advice
    assert (len(service.of("status")), len(service.of("film"))) == (2, 1)


def test_a_finished_film_is_never_downloaded_again(
    service: HostileService, make_client: MakeClient, film: bytes
) -> None:
    client = make_client(service.base)
    video = client.generate(PROMPT).wait(PATIENT)
    assert client.generate(PROMPT).wait(PATIENT).path == video.path
    client.close()
    client = make_client(service.base)
    client.resume()
    client.rescue()
    assert client.generate(PROMPT).wait(PATIENT).path == video.path
    assert (len(service.of("submit")), len(service.of("film"))) == (1, 1)
    sidecar = json.loads(video.path.with_suffix(".json").read_text("utf-8"))
    assert sidecar["sha256"] == video.sha256 == sha256(video.path.read_bytes()) == sha256(film)


PROMPTS = [
    "../../../../etc/passwd",
    "/etc/cron.d/evil",
    "..\\..\\windows\\system32",
    "C:\\evil.mp4",
    "nul\x00byte.mp4\x00/../../evil",
    "\u202e4pm.evil",
    ".ssh/authorized_keys",
    "a" * 10_000,
    "con",
    "$(reboot) `reboot` ; rm -rf ~ | > evil",
    "<script>alert(1)</script>.mp4",
]


@pytest.fixture
def wide_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_all_files_stay_in_home_and_media_and_private_ones_are_private(
    wide_umask: None, service: HostileService, make_client: MakeClient, tmp_path: Path, film: bytes
) -> None:
    service.answers("film", *[film_of(film, cut_after=1000)] * len(PROMPTS))
    client = make_client(service.base)
    tasks = [client.generate(prompt) for prompt in PROMPTS]
    for task in tasks:
        video = task.wait(PATIENT)
        assert video.path.parent == tmp_path / "media"
        assert video.path.name.isascii()
        assert stat.S_IMODE(video.path.with_suffix(".json").stat().st_mode) == 0o600
    assert len({task.video().path for task in tasks}) == len(PROMPTS)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "media"}
    assert left_over(tmp_path / "media") == set()
    home = tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    journals = list(home.glob("journal.sqlite3*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in journals} == {0o600}


CHILD = """
import resource, sys
import sora_nb
base, key = sys.argv[1:]
with sora_nb.Client(base_url=base, api_key=key, home="home", media="media",
                    simulator_speed=200, poll=2.0) as client:
    client.generate("a small film").wait(60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    video = client.generate("a film of 200 MB").wait(60)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    print(video.size, (after - before) * unit)
"""


def test_a_film_of_200_mb_passes_through_little_memory(
    service: HostileService, film: bytes, tmp_path: Path
) -> None:
    size = 200 << 20
    padding = size - len(film)
    total = reply(200, film + padding.to_bytes(4, "big") + b"free", length=size, ETag='"big"')
    drop = bytes(1 << 18)
    drops, rest = divmod(padding - 8, len(drop))
    service.answers("film", film_of(film), flood(total + bytes(rest), drop, drops))
    command = [sys.executable, "-c", CHILD, service.base, KEY]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    saved, grown = map(int, done.stdout.split())
    assert saved == size
    assert grown < 50 << 20
