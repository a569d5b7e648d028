"""Facts, posters and frames of real films, and honest errors for what is none."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from sora_nb.core.errors import DownloadError
from sora_nb.storage.films import decode
from tests.support.films import FilmMaker


def turned(path: Path, quarter_turns: int) -> Path:
    """A copy whose display matrix asks for that many quarter turns clockwise."""
    one, minus = (1 << 16).to_bytes(4, "big"), (-(1 << 16)).to_bytes(4, "big", signed=True)
    none = bytes(4)
    a, b, c, d = [(one, none, none, one), (none, one, minus, none), (minus, none, none, minus),
                  (none, minus, one, none)][quarter_turns]  # fmt: skip
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    assert data[matrix : matrix + 4] == one
    data[matrix : matrix + 20] = a + b + none + c + d
    copy = path.with_name(f"turned{quarter_turns}.mp4")
    copy.write_bytes(data)
    return copy


def reds(pictures: np.ndarray[Any, np.dtype[np.uint8]]) -> list[int]:
    """The whole second that each picture shows, read from its upper half."""
    upper = pictures[:, : pictures.shape[1] // 2, :, 0].mean(axis=(1, 2))
    return [round((red - 100) / 10) for red in upper]


def test_the_facts_of_a_film_with_sound(make_film: FilmMaker) -> None:
    facts = decode.probe(make_film(seconds=2, sound=True))
    assert facts == decode.Facts(2.0, 160, 96, "h264", "aac", 10.0)


def test_a_silent_film_has_no_audio(make_film: FilmMaker) -> None:
    assert decode.probe(make_film(seconds=1)).audio is None


def test_one_frame_for_each_second(make_film: FilmMaker) -> None:
    pictures = decode.frames(make_film(seconds=3))
    assert pictures.shape == (3, 96, 160, 3)
    assert pictures.dtype == np.uint8
    assert reds(pictures) == [0, 1, 2]
    assert pictures[0, 80, 80].max() < 20, "the lower half is black"


@pytest.mark.parametrize(
    ("every", "seconds"),
    [(0.5, [0, 0, 1, 1, 2, 2]), (2.0, [0, 2]), (3.0, [0]), (100.0, [0]), (0.95, [0, 0, 1, 2])],
)
def test_frames_are_those_shown_at_the_asked_times(
    make_film: FilmMaker, every: float, seconds: list[int]
) -> None:
    assert reds(decode.frames(make_film(seconds=3), every=every)) == seconds


def test_more_frames_than_the_film_has_repeat_what_is_shown(make_film: FilmMaker) -> None:
    assert reds(decode.frames(make_film(seconds=1, rate=2), every=0.1)) == [0] * 10


@pytest.mark.parametrize("every", [0, -1.0, float("nan"), float("inf")])
def test_an_interval_that_is_no_time_is_a_value_error(make_film: FilmMaker, every: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        decode.frames(make_film(seconds=1), every=every)


def red(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    return reds(picture[np.newaxis])[0]


@pytest.mark.parametrize(
    ("seconds", "second"),
    [(0, 0), (0.95, 0), (1.0, 1), (1.05, 1), (1.999, 1), (2.0, 2), (2.9, 2), (3.0, 2), (1e9, 2)],
)
def test_a_frame_is_the_one_shown_at_that_time(
    make_film: FilmMaker, seconds: float, second: int
) -> None:
    picture = decode.frame(make_film(seconds=3), seconds)
    assert picture.shape == (96, 160, 3)
    assert picture.dtype == np.uint8
    assert red(picture) == second


def test_a_frame_is_the_same_picture_as_in_frames(make_film: FilmMaker) -> None:
    path = make_film(seconds=2, noise=True)
    every = decode.frames(path, every=0.1)
    for number in (0, 7, 12, 19):
        assert np.array_equal(decode.frame(path, (number + 0.5) / 10), every[number])


def test_a_frame_of_a_turned_film_is_upright(make_film: FilmMaker) -> None:
    picture = decode.frame(turned(make_film(seconds=1), 1), 0.5)
    assert picture.shape == (160, 96, 3)


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf")])
def test_a_frame_at_no_time_is_a_value_error(make_film: FilmMaker, seconds: float) -> None:
    with pytest.raises(ValueError, match="from 0"):
        decode.frame(make_film(seconds=1), seconds)


def test_odd_sizes_are_read(make_film: FilmMaker) -> None:
    path = make_film(seconds=1, width=161, height=97)
    assert decode.frames(path).shape == (1, 97, 161, 3)
    assert decode.probe(path)[1:3] == (161, 97)


def test_a_turned_film_is_shown_upright(make_film: FilmMaker) -> None:
    upright = make_film(seconds=1)
    for quarter_turns in range(4):
        path = turned(upright, quarter_turns)
        picture = decode.frames(path)[0]
        facts = decode.probe(path)
        assert (facts.height, facts.width) == picture.shape[:2]
        # The red upper half goes clockwise with each turn: top, right, bottom, left.
        edges = (picture[4], picture[:, -4], picture[-4], picture[:, 4])
        assert [int(edge[:, 0].min()) > 60 for edge in edges].index(True) == quarter_turns
        with Image.open(io.BytesIO(decode.poster(path))) as small:
            assert small.size == (facts.width, facts.height)


def test_a_poster_is_a_small_jpeg_from_a_fifth_of_the_film(make_film: FilmMaker) -> None:
    data = decode.poster(make_film(seconds=10, width=640, height=360, rate=4))
    assert len(data) <= 15_000
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (480, 270))
        pixel = picture.getpixel((240, 60))
    assert isinstance(pixel, tuple)
    assert abs(pixel[0] - 120) <= 4


def test_a_poster_of_a_small_film_is_not_enlarged_nor_shrunk(make_film: FilmMaker) -> None:
    with Image.open(io.BytesIO(decode.poster(make_film(seconds=1)))) as picture:
        assert picture.size == (160, 96)


@pytest.mark.parametrize("limit", [15_000, 4_000, 1_000])
def test_even_the_poster_of_noise_keeps_its_limit(make_film: FilmMaker, limit: int) -> None:
    data = decode.poster(make_film(seconds=1, width=640, height=480, noise=True), limit=limit)
    assert len(data) <= limit
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.width >= 16


def test_a_limit_without_room_for_a_picture_is_a_value_error(make_film: FilmMaker) -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        decode.poster(make_film(seconds=1), limit=100)


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("lost", [1, 500])
def test_a_film_without_its_end_is_not_playable(
    make_film: FilmMaker, tmp_path: Path, lost: int, faststart: bool
) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(make_film(seconds=2, noise=True, faststart=faststart).read_bytes()[:-lost])
    with pytest.raises(DownloadError, match=r"cut.mp4 is not a film"):
        decode.probe(cut)


def test_bytes_behind_a_whole_film_do_no_harm(make_film: FilmMaker, tmp_path: Path) -> None:
    longer = tmp_path / "longer.mp4"
    longer.write_bytes(make_film(seconds=1).read_bytes() + b"\xff" * 50)
    assert decode.probe(longer).seconds == 1.0


def test_a_film_whose_pictures_are_destroyed_is_not_playable(
    make_film: FilmMaker, tmp_path: Path
) -> None:
    data = bytearray(make_film(seconds=1, noise=True).read_bytes())
    content = data.rindex(b"mdat") + 4
    data[content:] = b"\xff" * (len(data) - content)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    for read in (decode.probe, decode.poster, decode.frames):
        with pytest.raises(DownloadError, match="no frame"):
            read(broken)


def test_a_damaged_frame_does_not_cost_those_behind_it(
    make_film: FilmMaker, tmp_path: Path
) -> None:
    whole = make_film(seconds=3)
    with av.open(str(whole)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    data = bytearray(whole.read_bytes())
    for packet in packets[5:8]:
        assert packet.pos is not None
        data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    assert reds(decode.frames(damaged)) == [0, 1, 2]


def test_a_file_that_points_to_other_files_is_no_film(make_film: FilmMaker) -> None:
    whole = make_film(seconds=1)
    playlist = whole.with_name("list.mp4")
    playlist.write_text(f"ffconcat version 1.0\nfile {whole.name}\n")
    with av.open(str(playlist)) as container:
        assert container.streams.video, "FFmpeg itself would follow it"
    with pytest.raises(DownloadError, match="not a film"):
        decode.probe(playlist)


@pytest.mark.parametrize("content", [b"", b"<html>expired</html>", b"#EXTM3U\n#EXT-X-VERSION:3\n"])
def test_what_is_no_film_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.mp4"
    path.write_bytes(content)
    for read in (decode.probe, decode.poster, decode.frames):
        with pytest.raises(DownloadError, match=r"page.mp4 is not a film"):
            read(path)


def test_a_film_that_was_moved_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no longer at") as caught:
        decode.poster(tmp_path / "gone.mp4")
    assert "rescue" in caught.value.advice


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        silence = av.AudioFrame.from_ndarray(
            np.zeros((1, 44_100), np.float32), format="fltp", layout="mono"
        )
        silence.sample_rate = 44_100
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))
    with pytest.raises(DownloadError, match="no picture"):
        decode.probe(path)
