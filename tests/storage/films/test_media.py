"""Films reach their place whole, once, and described; what cannot be saved is said."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sora_nb.core.errors import DownloadError, LinkExpired
from sora_nb.core.lifecycle import Saved, advance
from sora_nb.core.task import Film, TaskRecord
from sora_nb.storage.films.media import Media, slug
from sora_nb.storage.films.part import Part
from tests.support.cdn import Cdn
from tests.support.films import NOON, Clock, FilmMaker, make_record, saving
from tests.support.own_loop import run_alone

URL = "https://cdn.example/film.mp4?signature=SECRET"
NAME = "2026-11-22_a-paper-boat-in-the-rain_k7f3qa"


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def data(make_film: FilmMaker) -> bytes:
    return make_film(seconds=2, sound=True, noise=True).read_bytes()


@pytest.fixture
def cdn(data: bytes) -> Cdn:
    return Cdn(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sora_videos"


@pytest.fixture
def media(folder: Path, clock: Clock) -> Media:
    clock.now = NOON + 99.5
    return Media(folder, clock=clock, version="9.8.7", sleep=clock.sleep)


RECORD = saving(make_record())


def save(
    media: Media, cdn: Cdn, record: TaskRecord = RECORD, seen: list[Any] | None = None
) -> Film:
    def on_progress(size: int, total: int | None) -> None:
        if seen is not None:
            seen.append((size, total))

    async def one_attempt() -> Film:
        return await media.save(record, cdn.fetch, url=URL, on_progress=on_progress)

    try:
        return run_alone(one_attempt())
    finally:
        assert cdn.open == 0, "an answer was left open"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_film_is_saved_with_its_facts(media: Media, folder: Path, cdn: Cdn, data: bytes) -> None:
    film = save(media, cdn)
    assert Path(film.path) == folder / f"{NAME}.mp4"
    assert Path(film.path).read_bytes() == data
    assert film == Film(
        path=film.path,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        seconds=2.0,
        width=160,
        height=96,
        fps=10.0,
    )
    assert names(folder) == [f"{NAME}.json", f"{NAME}.mp4"], "nothing else is left"


def test_the_sidecar_tells_everything_but_secrets(media: Media, folder: Path, cdn: Cdn) -> None:
    image = "https://me:pass@pictures.example/boat.png?token=SECRET#part"
    extra = {"style": {"reference": "HTTPS://x.example/a.png?SECRET"}, "seed": 7}
    record = saving(make_record(image=image, extra=extra))
    film = save(media, cdn, msgspec.structs.replace(record, cost=0.4))
    text = (folder / f"{NAME}.json").read_text()
    assert json.loads(text) == {
        "key": "k7f3qa",
        "task_id": "task-1",
        "service": "https://service.example/api/v1",
        "model": "sora-2",
        "prompt": "a paper boat in the rain",
        "settings": {
            "duration": 4,
            "aspect_ratio": "landscape",
            "image": "https://pictures.example/boat.png",
            "remove_watermark": True,
            "take": 1,
            "extra": {"style": {"reference": "https://x.example/a.png"}, "seed": 7},
        },
        "created": "2026-11-22T12:00:00.000+00:00",
        "submitted": "2026-11-22T12:00:00.000+00:00",
        "ended": "2026-11-22T12:01:39.500+00:00",
        "cost": 0.4,
        "sha256": film.sha256,
        "size": film.size,
        "seconds": 2.0,
        "width": 160,
        "height": 96,
        "fps": 10.0,
        "sora_nb": "9.8.7",
    }
    assert "SECRET" not in text


def test_the_sidecar_is_private_and_the_film_is_as_the_umask_says(
    media: Media, folder: Path, cdn: Cdn
) -> None:
    before = os.umask(0o027)
    try:
        save(media, cdn)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((folder / f"{NAME}.{end}").stat().st_mode) for end in ("json", "mp4")]
    assert [oct(mode) for mode in modes] == ["0o600", "0o640"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750, "the Jupyter server must read it"


def test_a_task_that_names_its_own_folder_is_saved_there(
    media: Media, tmp_path: Path, cdn: Cdn
) -> None:
    other = tmp_path / "deep" / "elsewhere"
    film = save(media, cdn, msgspec.structs.replace(RECORD, media=str(other)))
    assert Path(film.path).parent == other


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("A Paper-Boat, in the RAIN!", "a-paper-boat-in-the-rain"),
        ("../../etc/passwd\x00\n", "etc-passwd"),
        ("Füße über Öl", "fusse-uber-ol"),
        ("雨の中の紙の舟 🚣", "film"),
        ("one two three four five six seven eight nine", "one-two-three-four-five-six-seven-eight"),
        ("x" * 5000, "x" * 40),
        ("-" * 600 + "late", "film"),
    ],
)
def test_a_prompt_becomes_a_harmless_name(prompt: str, text: str) -> None:
    assert slug(prompt) == text


@pytest.mark.parametrize("key", ["", "../x", "A1", "a/b", "a b", "a.b", "x" * 65])
def test_a_key_that_is_not_ours_reaches_no_path(media: Media, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        media.target(make_record(key))


def test_the_name_has_the_local_day(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    assert media.target(RECORD).name.startswith("2026-11-23_")


def test_progress_is_told_from_the_first_byte_to_the_last(
    media: Media, cdn: Cdn, data: bytes
) -> None:
    seen: list[tuple[int, int]] = []
    save(media, cdn, seen=seen)
    assert (seen[0], seen[-1]) == ((0, len(data)), (len(data), len(data)))
    assert [size for size, _ in seen] == sorted(size for size, _ in seen)


def test_a_saved_film_is_never_fetched_again(media: Media, cdn: Cdn) -> None:
    film = save(media, cdn)
    assert save(media, cdn) == film
    assert save(Media(Path(film.path).parent, clock=Clock(), version="0"), cdn) == film
    assert len(cdn.requests) == 1


def test_a_film_is_known_by_record_or_sidecar_and_only_at_its_size(
    media: Media, folder: Path, cdn: Cdn
) -> None:
    assert media.existing(RECORD) is None
    film = save(media, cdn)
    ready = advance(RECORD, Saved(film=film), NOON + 99)
    assert media.existing(RECORD) == media.existing(ready) == film
    another = msgspec.structs.replace(RECORD, task_id="task-2")
    assert media.existing(another) is None
    (folder / f"{NAME}.json").unlink()
    assert (media.existing(RECORD), media.existing(ready)) == (None, film)
    with Path(film.path).open("ab") as file:
        file.write(b"x")
    assert media.existing(ready) is None


@pytest.mark.parametrize("breaks", [True, False])
def test_an_interrupted_download_goes_on_where_it_stopped(
    media: Media, folder: Path, cdn: Cdn, data: bytes, breaks: bool
) -> None:
    cdn.cuts, cdn.breaks = [5_000, 4_000], breaks
    for _ in range(2):
        with pytest.raises(DownloadError, match=r"broke off|which are kept"):
            save(media, cdn)
        assert media.existing(RECORD) is None
        assert not (folder / f"{NAME}.mp4").exists()
    assert "SECRET" not in (folder / f".{NAME}.part.json").read_text()
    film = save(media, cdn)
    assert Path(film.path).read_bytes() == data
    assert film.sha256 == hashlib.sha256(data).hexdigest()
    assert cdn.requests == [(0, None), (5_000, '"one"'), (9_000, '"one"')]
    assert names(folder) == [f"{NAME}.json", f"{NAME}.mp4"]


def test_a_cut_within_the_first_bytes_is_no_stranger(media: Media, cdn: Cdn, data: bytes) -> None:
    cdn.cuts, cdn.breaks = [5], False
    with pytest.raises(DownloadError, match="ended after 5 of"):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data


def test_progress_of_a_continued_download_starts_where_it_stopped(
    media: Media, cdn: Cdn, data: bytes
) -> None:
    cdn.cuts = [5_000]
    with pytest.raises(DownloadError):
        save(media, cdn)
    seen: list[tuple[int, int]] = []
    save(media, cdn, seen=seen)
    assert (seen[0], seen[-1]) == ((5_000, len(data)), (len(data), len(data)))


def test_a_film_that_changed_meanwhile_is_fetched_from_its_beginning(
    media: Media, cdn: Cdn, make_film: FilmMaker
) -> None:
    cdn.cuts = [5_000]
    with pytest.raises(DownloadError):
        save(media, cdn)
    cdn.data, cdn.etag = make_film("other.mp4", seconds=3).read_bytes(), '"two"'
    film = save(media, cdn)
    assert (Path(film.path).read_bytes(), film.seconds) == (cdn.data, 3.0)
    assert cdn.requests == [(0, None), (5_000, '"one"')], "the 200 was used, not asked again"


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_etag_a_download_starts_over(
    media: Media, cdn: Cdn, data: bytes, etag: str | None
) -> None:
    cdn.etag, cdn.cuts, cdn.breaks = etag, [5_000], False
    with pytest.raises(DownloadError, match=r"bytes\.$"):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data
    assert cdn.requests == [(0, None), (0, None)]


LYING_PARTS = {
    "another place": {"start": 4_000},
    "another size": {"total": 77_777},
    "another film": {"etag": '"two"'},
    "nothing more, of another size": {"status": 416, "total": 4_000, "body": b""},
    "nothing more, of another film": {"status": 416, "total": 5_000, "etag": '"two"', "body": b""},
}


@pytest.mark.parametrize("lie", LYING_PARTS.values(), ids=LYING_PARTS)
def test_a_part_that_does_not_fit_is_never_appended(
    media: Media, cdn: Cdn, data: bytes, lie: dict[str, object]
) -> None:
    cdn.cuts, cdn.lies = [5_000], [{}, lie]
    with pytest.raises(DownloadError):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data
    assert cdn.requests == [(0, None), (5_000, '"one"'), (0, None)]


def test_a_complete_part_is_finished_by_a_416(media: Media, cdn: Cdn, data: bytes) -> None:
    cdn.cuts = [len(data)]
    with pytest.raises(DownloadError):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data
    assert cdn.requests[1:] == [(len(data), '"one"')]


def test_a_server_that_says_too_early_that_nothing_is_left_is_not_believed(
    media: Media, cdn: Cdn, data: bytes
) -> None:
    cdn.cuts, cdn.lies = [5_000], [{}, {"status": 416, "body": b""}]
    with pytest.raises(DownloadError):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data


def test_a_size_known_from_before_counts_when_a_part_does_not_say_it(
    media: Media, cdn: Cdn
) -> None:
    cdn.cuts, cdn.breaks, cdn.lies = [5_000, 100], False, [{}, {"total": None}]
    for size in ("5,000", "5,100"):
        with pytest.raises(DownloadError, match=f"ended after {size} of"):
            save(media, cdn)


@pytest.mark.parametrize("lie", [{"status": 416}, {"status": 206, "start": 9}])
def test_a_senseless_answer_to_a_plain_request_is_an_error(
    media: Media, cdn: Cdn, lie: dict[str, object]
) -> None:
    cdn.lies = [lie]
    with pytest.raises(DownloadError, match=r"task k7f3qa was not saved: the server answered"):
        save(media, cdn)


def test_more_bytes_than_announced_are_an_error(media: Media, folder: Path, cdn: Cdn) -> None:
    cdn.lies = [{"total": 9_500}]
    with pytest.raises(DownloadError, match="more came than the 9,500 bytes"):
        save(media, cdn)
    assert f".{NAME}.part" not in names(folder)


@pytest.mark.parametrize("says_total", [True, False])
def test_a_film_above_the_limit_is_not_taken(
    folder: Path, clock: Clock, cdn: Cdn, says_total: bool
) -> None:
    cdn.says_total = says_total
    media = Media(folder, clock=clock, version="1", limit=8_000)
    with pytest.raises(DownloadError, match="8,000"):
        save(media, cdn)
    assert f".{NAME}.part" not in names(folder)


def test_a_body_of_unknown_length_is_taken(media: Media, cdn: Cdn, data: bytes) -> None:
    cdn.says_total = False
    assert Path(save(media, cdn).path).read_bytes() == data


def test_a_body_of_unknown_length_without_its_end_is_noticed(
    media: Media, folder: Path, cdn: Cdn, data: bytes
) -> None:
    cdn.says_total, cdn.breaks, cdn.cuts = False, False, [len(data) - 3]
    with pytest.raises(DownloadError, match="its end is missing"):
        save(media, cdn)
    assert not (folder / f"{NAME}.mp4").exists()
    assert f".{NAME}.part" not in names(folder)


STRANGERS: dict[str, tuple[bytes, str | None, str]] = {
    "page": (b"\n<!DOCTYPE html><html>expired", "video/mp4", "a web page"),
    "xml": (b"<?xml version='1.0'?><Error/>", "application/xml", "XML"),
    "json": (b'{"error": "expired"}', "application/json", "JSON"),
    "webm": (b"\x1aE\xdf\xa3" + b"x" * 20, "video/webm", "WebM"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"x" * 20, "image/png", "calls itself image/png"),
    "noise": (b"\x00" * 30, None, "something unknown"),
    "hostile": (b"\x00" * 30, "a\nb<script>", "calls itself a and"),
    "short": (b"hello", "text/plain", "calls itself text/plain"),
    "nothing": (b"", "video/mp4", "an empty answer"),
}


@pytest.mark.parametrize("piece", [3, 1000])
@pytest.mark.parametrize(("body", "kind", "words"), STRANGERS.values(), ids=STRANGERS)
def test_what_is_no_film_is_named(
    media: Media, folder: Path, cdn: Cdn, body: bytes, kind: str | None, words: str, piece: int
) -> None:
    cdn.data, cdn.content_type, cdn.piece = body, kind, piece
    with pytest.raises(DownloadError, match="k7f3qa") as caught:
        save(media, cdn)
    assert words in caught.value.message
    assert "script" not in caught.value.message
    assert names(folder) == [f".{NAME}.lock"]


def test_a_film_may_come_in_tiny_pieces(media: Media, cdn: Cdn, data: bytes) -> None:
    cdn.piece = 7
    assert Path(save(media, cdn).path).read_bytes() == data


def test_a_page_in_the_way_does_not_cost_the_bytes_that_are_there(
    media: Media, cdn: Cdn, data: bytes
) -> None:
    cdn.cuts = [5_000]
    with pytest.raises(DownloadError):
        save(media, cdn)
    cdn.lies = [{"status": 200, "start": 0, "body": b"<html>log in</html>", "total": 19}]
    with pytest.raises(DownloadError, match="web page"):
        save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data
    assert cdn.requests[-1] == (5_000, '"one"')


def test_an_mp4_that_cannot_be_played_is_removed(
    media: Media, folder: Path, cdn: Cdn, data: bytes
) -> None:
    cdn.data = data[:32] + b"\x00\x00\x40\x00mdat" + bytes(0x4000 - 8)
    with pytest.raises(DownloadError, match=r"task k7f3qa was not saved: what came cannot be"):
        save(media, cdn)
    assert names(folder) == [f".{NAME}.lock"]


def test_an_expired_link_is_passed_on_and_the_bytes_are_kept(
    media: Media, cdn: Cdn, data: bytes
) -> None:
    cdn.cuts = [5_000]
    with pytest.raises(DownloadError):
        save(media, cdn)

    def expired(url: str, *, start: int = 0, if_range: str | None = None) -> Any:
        raise LinkExpired("gone")

    with pytest.raises(LinkExpired):
        run_alone(media.save(RECORD, expired, url=URL, on_progress=lambda *_: None))
    save(media, cdn)
    assert cdn.requests[-1] == (5_000, '"one"')


def test_a_disk_without_room_is_said_before_the_first_byte(
    media: Media, folder: Path, cdn: Cdn, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(folder.parent)._replace(free=16 * 1024**2 + 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(
        DownloadError, match=f"disk is full.*{len(data) - 1:,} bytes more"
    ) as caught:
        save(media, cdn)
    assert "Free some space" in caught.value.advice
    assert not (folder / f".{NAME}.part").exists()


def test_a_disk_that_fills_up_on_the_way_is_said_and_what_came_is_kept(
    media: Media, cdn: Cdn, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Part.write

    def full(part: Part, chunk: bytes) -> None:
        if part.size >= 3_000:
            part._close()
            part._file = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 (the part closes it)
        whole(part, chunk)

    with monkeypatch.context() as patch:
        patch.setattr(Part, "write", full)
        words = f"disk is full: the film of task k7f3qa needs {len(data) - 3_000:,} bytes more"
        with pytest.raises(DownloadError, match=words):
            save(media, cdn)
    assert Path(save(media, cdn).path).read_bytes() == data
    assert cdn.requests[-1] == (3_000, '"one"')


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, clock: Clock, cdn: Cdn) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="could not be written") as caught:
        save(Media(tmp_path / "file" / "films", clock=clock, version="1"), cdn)
    assert "SORA_NB_MEDIA" in caught.value.advice
    assert cdn.requests == []


def test_two_that_save_one_film_at_once_fetch_it_once(media: Media, cdn: Cdn, folder: Path) -> None:
    async def both() -> list[Film]:
        async def wait(_seconds: float) -> None:
            await asyncio.sleep(0)

        other = Media(folder, clock=Clock(), version="1", sleep=wait)
        return await asyncio.gather(
            *(
                who.save(RECORD, cdn.fetch, url=URL, on_progress=lambda *_: None)
                for who in (media, other)
            )
        )

    one, two = run_alone(both())
    assert one == two
    assert len(cdn.requests) == 1
    assert names(folder) == [f"{NAME}.json", f"{NAME}.mp4"]


def test_a_film_that_another_process_saves_is_waited_for(
    folder: Path, clock: Clock, cdn: Cdn
) -> None:
    from filelock import FileLock

    folder.mkdir()
    lock = FileLock(folder / f".{NAME}.lock", thread_local=False)
    lock.acquire()
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        assert cdn.requests == []
        if len(waited) == 3:
            lock.release()

    save(Media(folder, clock=clock, version="1", sleep=sleep), cdn)
    assert (len(waited), len(cdn.requests)) == (3, 1)


def test_a_cancelled_save_gives_its_lock_back_only_when_its_thread_is_done(
    media: Media, cdn: Cdn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    whole: Callable[..., Film] = media._finish

    def slow(*arguments: Any) -> Film:
        begun.set()
        assert go_on.wait(30)
        return whole(*arguments)

    monkeypatch.setattr(media, "_finish", slow)

    async def cancel_it() -> None:
        running = asyncio.ensure_future(
            media.save(RECORD, cdn.fetch, url=URL, on_progress=lambda *_: None)
        )
        await asyncio.to_thread(begun.wait, 30)
        running.cancel()
        done, _ = await asyncio.wait({running}, timeout=0.05)
        assert not done, "the lock must outlast the thread"
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running

    run_alone(cancel_it())
    assert media.existing(RECORD) is not None
    save(media, cdn)
    assert len(cdn.requests) == 1


def test_the_loop_is_free_while_a_film_is_checked(
    media: Media, cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    whole: Callable[..., Film] = media._finish

    def noted(*arguments: Any) -> Film:
        threads.append(threading.get_ident())
        return whole(*arguments)

    monkeypatch.setattr(media, "_finish", noted)
    save(media, cdn)
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
