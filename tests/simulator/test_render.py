"""Rendered films: what a probe finds in the file and what an eye finds in the frames."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sora_nb.simulator.drawing import lettering
from sora_nb.simulator.drawing.film import Film
from sora_nb.simulator.drawing.picture import PictureRefused
from sora_nb.simulator.drawing.render import Interrupted, render
from sora_nb.simulator.drawing.scene import Scene

BOAT = Film("a paper boat in the rain", 4, 1280, 720)
Gray = NDArray[np.int16]


def luma(path: Path) -> list[Gray]:
    """The brightness of the first, the middle and the last frame."""
    with av.open(path) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return [frames[index].astype(np.int16) for index in (0, len(frames) // 2, -1)]


def drawn(film: Film, index: int) -> Gray:
    return np.asarray(Scene(film).frame(index).y).astype(np.int16)


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def boat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "boat.mp4"
    render(BOAT, path)
    return path


def test_a_film_is_h264_and_aac_of_the_asked_length_and_frame(boat: Path) -> None:
    with av.open(boat) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height, video.frames) == (1280, 720, 96)
        assert video.average_rate == 24
        assert (sound.codec_context.name, sound.codec_context.layout.name) == ("aac", "stereo")
        assert container.duration is not None
        assert abs(container.duration / av.time_base - 4) <= 1 / 24
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        assert 0.02 < float(np.abs(np.concatenate(frames, axis=1)).max()) < 1
    assert boat.stat().st_size < 2_000_000


def test_the_index_is_at_the_front(boat: Path) -> None:
    content = boat.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_same_film_is_the_same_bytes(boat: Path, tmp_path: Path) -> None:
    render(BOAT, tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == boat.read_bytes()


def test_the_word_simulated_is_visible_from_the_first_frame_to_the_last(boat: Path) -> None:
    badge = lettering.badge(BOAT)
    red, alpha = np.asarray(badge)[:, :, 0], np.asarray(badge)[:, :, 3]
    letters, plate = red > 230, (red < 20) & (alpha > 100)
    margin = 720 // 20
    for frame in luma(boat):
        corner = frame[margin : margin + badge.height, margin : margin + badge.width]
        assert corner[letters].mean() - corner[plate].mean() > 100


@pytest.mark.parametrize("film", [BOAT, replace(BOAT, width=720, height=1280)])
def test_the_prompt_is_written_in_the_lower_third(film: Film) -> None:
    plate = lettering.lower_third(film)
    unsaid = lettering.lower_third(replace(film, prompt="."))
    red, blank = np.asarray(plate)[:, :, 0], np.asarray(unsaid)[:, :, 0]
    letters = (red > 230) & (blank < 20)
    assert letters.sum() > 1000
    left = (film.width - plate.width) // 2
    top = film.height - plate.height - min(film.width, film.height) // 20
    top, left = top - top % 2, left - left % 2
    part = drawn(film, 40)[top : top + plate.height, left : left + plate.width]
    assert top > film.height * 2 / 3
    assert part[letters].mean() - part[red < 20].mean() > 100


def test_the_picture_moves_and_the_time_code_counts(boat: Path) -> None:
    first, middle, last = luma(boat)
    assert np.abs(first - middle).mean() > 1
    assert np.abs(middle - last).mean() > 1
    assert lettering.time_code(BOAT, 0) != lettering.time_code(BOAT, 1)
    assert lettering.time_code(BOAT, 95) == "00:03:23   096 / 096"


@pytest.mark.parametrize(
    "other",
    [
        replace(BOAT, prompt="a paper boat in the mist"),
        replace(BOAT, seed=1),
        replace(BOAT, take=2),
        replace(BOAT, variant=1),
    ],
)
def test_films_differ_by_prompt_seed_and_take(other: Film) -> None:
    sky = slice(100, 400)
    assert np.abs(drawn(BOAT, 10)[sky] - drawn(other, 10)[sky]).mean() > 2


def test_a_kept_watermark_is_in_the_corner() -> None:
    changed = np.abs(drawn(replace(BOAT, watermark=True), 5) - drawn(BOAT, 5)) > 20
    rows, columns = np.nonzero(changed)
    assert rows.min() > 360
    assert columns.min() > 640


@pytest.mark.parametrize(
    "prompt",
    [
        "x" * 10_000,
        "word " * 2_000,
        "日本語のプロンプト",
        "סירת נייר בגשם",
        "🚣‍♀️🌧️ boat",
        "\x00\t\n\r",
        "\ud800 lone",
        "e\u0301" * 50,
        "W",
    ],
)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_any_prompt_can_be_written(prompt: str, size: tuple[int, int]) -> None:
    film = Film(prompt, 4, *size)
    plate = lettering.lower_third(film)
    assert plate.width < film.width
    assert plate.height < film.height / 3
    assert drawn(film, 0).shape == (film.height, film.width)


def test_a_long_prompt_is_shortened_with_dots_and_keeps_its_lines_inside() -> None:
    face = lettering.font(28)
    for prompt in ("x" * 10_000, "some words " * 900, "W" * 300):
        lines = lettering.wrapped(prompt, face, 600)
        assert len(lines) == lettering.LINES
        assert all(face.getlength(line) <= 600 for line in lines)
        assert lines[-1].endswith("...")
    assert lettering.wrapped("a  short\nprompt", face, 600) == ["a short prompt"]


def test_letters_that_the_font_lacks_have_a_stand_in() -> None:
    assert lettering.legible("boat 日本") == "boat ??"
    assert lettering.legible("a🚣b") == "a?b"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_film_starts_from_the_given_picture(kind: str) -> None:
    red = Scene(replace(BOAT, picture=picture("red", kind))).frame(0)
    blue = Scene(replace(BOAT, picture=picture("blue", kind))).frame(0)
    middle = (320, 180)
    assert red.v.getpixel(middle) == pytest.approx(240, abs=6)
    assert blue.u.getpixel(middle) == pytest.approx(240, abs=6)


def test_the_given_picture_grows_slowly() -> None:
    image = Image.new("RGB", (1280, 720), "black")
    image.paste("white", (540, 260, 740, 460))
    file = io.BytesIO()
    image.save(file, "PNG")
    scene = Scene(replace(BOAT, picture=file.getvalue()))
    sizes = [(np.asarray(scene.frame(i).y)[250:470] > 200).sum() for i in (0, 48, 95)]
    assert sizes[0] < sizes[1] < sizes[2] < sizes[0] * 1.4


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff" + b"x" * 50])
def test_a_picture_that_cannot_be_read_is_an_unsupported_format(data: bytes) -> None:
    with pytest.raises(PictureRefused) as caught:
        Scene(replace(BOAT, picture=data))
    assert caught.value.code == "UNSUPPORTED_FORMAT"


def test_rendering_ends_when_it_is_not_needed_any_more(tmp_path: Path) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        render(BOAT, tmp_path / "film.mp4", lambda: next(asked))


@pytest.mark.parametrize("size", [(1024, 1792), (1792, 1024)])
def test_the_pro_sizes_can_be_composed(size: tuple[int, int]) -> None:
    assert drawn(Film("a balloon", 12, *size), 287).shape == (size[1], size[0])
