"""A Video in another process: its film by path or by link, and no client, task or key with it."""

from __future__ import annotations

import base64
import hashlib
import http.server
import pickle
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import msgspec
import numpy as np
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import DownloadError, InvalidRequest, LinkExpired
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import Film
from sora_nb.handles.task import Task
from sora_nb.handles.video import Video
from sora_nb.storage.films import decode
from tests.support.desk import Desk
from tests.support.records import NOW, SENT, boat, reported

SECONDS, WIDTH, HEIGHT = 2, 64, 48


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small film: black, then white."""
    import av

    path = tmp_path_factory.mktemp("films") / "boat.mp4"
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        video = container.add_stream("libx264", rate=10)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(10 * SECONDS):
            picture = np.full((HEIGHT, WIDTH, 3), 255 * (number >= 10), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


class Host(http.server.BaseHTTPRequestHandler):
    """Gives ``content``; writes down what it was asked with."""

    content = b""
    status = 200
    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {dict(self.headers)}")
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Host]]]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    class ThisHost(Host):
        content = path.read_bytes()
        asked: ClassVar[list[str]] = []

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), ThisHost) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/film.mp4?signature=x", ThisHost
        server.shutdown()
        thread.join()


def video_of(path: Path, url: str = "https://cdn.example/film.mp4") -> Video:
    data = path.read_bytes()
    saved = Film(
        path=str(path),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        seconds=float(SECONDS),
        width=WIDTH,
        height=HEIGHT,
    )
    events = [*SENT, reported("success", urls=(url,)), move.Saved(film=saved)]
    record = boat(9, *events)
    return Task(Desk(record), record.key).video()


def sent(video: Video) -> Video:
    """The video as another process gets it."""
    copy = pickle.loads(pickle.dumps(video))  # noqa: S301 - our own bytes
    assert isinstance(copy, Video)
    return copy


def elsewhere(video: Video) -> Video:
    """The video as a worker on another machine has it: the path is not there."""
    copy = sent(video)
    copy.path = Path("/another/machine/film.mp4")
    return copy


def test_a_pickled_video_holds_its_facts_and_neither_task_nor_client(path: Path) -> None:
    video = video_of(path)
    data = pickle.dumps(video)
    copy = sent(video)
    assert (copy.path, copy.size, copy.seconds) == (video.path, video.size, video.seconds)
    assert (copy.sha256, copy.key, copy.url) == (video.sha256, video.key, video.url)
    assert (copy.width, copy.height, copy.expires_at) == (WIDTH, HEIGHT, video.expires_at)
    assert copy.task is None
    assert copy == video
    assert len({copy, video}) == 1
    assert repr(copy) == repr(video)
    for word in (b"Desk", b"Board", b"TaskRecord", b"paper boat", b"api_key"):
        assert word not in data


def test_the_pickled_link_is_the_newest_one(path: Path) -> None:
    video = video_of(path)
    assert isinstance(video.task, Task)
    board = video.task.client.board
    record = advance(board[video.key], move.Vanished(), NOW)
    board.put(msgspec.structs.replace(record, urls=("https://cdn.example/new",)))
    assert sent(video).url == "https://cdn.example/new"


def test_a_video_whose_path_is_there_is_read_from_it(path: Path) -> None:
    copy = sent(video_of(path))
    assert copy.frames(1.0).shape == (2, HEIGHT, WIDTH, 3)
    assert copy.frame(1.5).mean() > 200
    assert copy.poster().startswith(b"\xff\xd8")


def test_elsewhere_frames_poster_and_copy_come_from_the_link_without_a_key(
    path: Path, host: tuple[str, type[Host]], tmp_path: Path
) -> None:
    url, server = host
    copy = elsewhere(video_of(path, url))
    frames = copy.frames(1.0)
    assert [int(picture.mean()) // 200 for picture in frames] == [0, 1]
    assert len(list(copy.iter_frames(0.5))) == 4
    assert copy.poster().startswith(b"\xff\xd8")
    assert copy.save(tmp_path / "copy.mp4").read_bytes() == path.read_bytes()
    assert len(server.asked) == 4
    assert "authorization" not in "".join(server.asked).lower()


@pytest.mark.parametrize(
    ("status", "error"), [(404, LinkExpired), (403, LinkExpired), (500, DownloadError)]
)
def test_a_link_that_is_dead_is_said(
    path: Path, host: tuple[str, type[Host]], status: int, error: type[DownloadError]
) -> None:
    url, server = host
    server.status = status
    with pytest.raises(error, match=f"127.0.0.1 answers {status}") as caught:
        elsewhere(video_of(path, url)).frames()
    assert type(caught.value) is error


@pytest.mark.parametrize("change", ["shorter", "longer", "other"])
def test_what_is_not_the_film_that_was_saved_is_not_decoded(
    path: Path, host: tuple[str, type[Host]], change: str
) -> None:
    url, server = host
    data = server.content
    server.content = {"shorter": data[:-1], "longer": data + b"x", "other": data[:-1] + b"x"}[
        change
    ]
    with pytest.raises(DownloadError, match="is not the film that was saved"):
        elsewhere(video_of(path, url)).frames()


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://cdn.example/film.mp4"])
def test_only_http_links_are_followed(path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match="is not http"):
        elsewhere(video_of(path, url)).frames()


def test_a_host_that_does_not_answer_is_said(path: Path) -> None:
    with pytest.raises(DownloadError, match=r"its link at 127\.0\.0\.1 failed"):
        elsewhere(video_of(path, "http://127.0.0.1:1/film.mp4")).frames()


@pytest.mark.parametrize(
    "answer",
    [
        b"no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
def test_a_host_that_answers_nonsense_is_said(path: Path, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def give() -> None:
            with server.accept()[0] as connection:
                connection.recv(4096)
                connection.sendall(answer)

        giving = threading.Thread(target=give)
        giving.start()
        link = f"http://127.0.0.1:{server.getsockname()[1]}/film.mp4"
        with pytest.raises(DownloadError, match=r"its link at 127\.0\.0\.1 failed"):
            elsewhere(video_of(path, link)).frames()
        giving.join()


def test_here_a_missing_file_is_said_and_not_fetched_in_silence(tmp_path: Path, path: Path) -> None:
    copied = tmp_path / "film.mp4"
    copied.write_bytes(path.read_bytes())
    video = video_of(copied)
    copied.unlink()
    with pytest.raises(DownloadError, match="no longer at"):
        video.frames()


def test_frames_one_by_one_are_the_same_as_all_at_once(path: Path) -> None:
    video = video_of(path)
    for every in (0.25, 1.0, 5.0):
        assert np.array_equal(np.stack(list(video.iter_frames(every))), video.frames(every))
    assert video.frames(1.0, size=(32, 24)).shape == (2, 24, 32, 3)


def test_frames_that_need_too_much_memory_are_refused_with_another_way(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = video_of(path)
    monkeypatch.setattr(decode, "MOST_BYTES", 3 * HEIGHT * WIDTH * 3)
    assert len(video.frames(0.7)) == 3
    with pytest.raises(InvalidRequest, match=f"task {video.key}: 4 frames .* iter_frames"):
        video.frames(0.5)
    assert len(list(video.iter_frames(0.5))) == 4
    with pytest.raises(InvalidRequest, match="size must be"):
        video.frames(size=(0, 5))
    with pytest.raises(InvalidRequest, match="every must be"):
        list(video.iter_frames(0))


OLD_PICKLE = (
    "gASVLQEAAAAAAACMFXNvcmFfbmIuZGlzcGxheS52aWRlb5SMBVZpZGVvlJOUKYGUfZQojAR0YXNrlE6MA2tleZSMBms3"
    "ZjNxYZSMBHBhdGiUjAdwYXRobGlilIwJUG9zaXhQYXRolJOUjAEvlIwFZmlsbXOUjAhib2F0Lm1wNJSHlFKUjARzaXpl"
    "lEsKjAdzZWNvbmRzlEdAEAAAAAAAAIwGc2hhMjU2lIxAYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFi"
    "YWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYpSMBXdpZHRolE0ABYwGaGVpZ2h0lE3QAowFX2xpbmuUjBxodHRwczov"
    "L2Nkbi5leGFtcGxlL2ZpbG0ubXA0lEdB2sC2UAAAAIaUdWIu"
)
"""Made by the version whose Video lived in ``sora_nb.display.video``."""


def test_a_video_pickled_under_its_old_module_still_loads() -> None:
    video = pickle.loads(base64.b64decode(OLD_PICKLE))  # noqa: S301 - our own
    assert type(video) is Video
    assert (video.key, video.path, video.seconds) == ("k7f3qa", Path("/films/boat.mp4"), 4.0)
    assert b"sora_nb.display" not in pickle.dumps(video), "new pickles name the public module"


def test_public_classes_say_the_public_module() -> None:
    import sora_nb

    public = [getattr(sora_nb, name) for name in sora_nb.__all__]
    classes = [one for one in public if isinstance(one, type)]
    assert len(classes) > 20
    assert {one.__module__ for one in classes} == {"sora_nb"}
