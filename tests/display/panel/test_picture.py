"""The picture with captions that a PDF by LaTeX shows of ended films."""

from __future__ import annotations

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from sora_nb.display.panel.picture import LIMIT, MARGIN, MOST, WIDTH, Print, caption_of, printed
from tests.support.records import ready


def jpeg(width: int = 480, height: int = 270, *, noisy: bool = False) -> bytes:
    shape = (height, width, 3)
    pixels = np.random.default_rng(7).integers(0, 256, shape) if noisy else np.full(shape, 40)
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG", quality=80)
    return file.getvalue()


def drawn(films: list[Print]) -> Image.Image:
    text = printed(films)
    assert text is not None
    return Image.open(io.BytesIO(b64decode(text)))


def inked(picture: Image.Image, top: int) -> bool:
    """Whether anything stands below that row."""
    return bool((np.asarray(picture.convert("L"))[top:] < 100).any())


def test_the_caption_says_the_prompt_the_settings_the_file_and_its_digest() -> None:
    record = ready().record
    prompt, settings, path, digest = caption_of(record, "sora_videos/boat.mp4")
    assert prompt == record.request.prompt
    assert settings.startswith("8 s · landscape · sora-2")
    assert settings.endswith(record.key)
    assert (path, digest) == ("sora_videos/boat.mp4", "sha256 3f9a1c2be07d")


def test_a_film_has_its_caption_below_it() -> None:
    bare, told = drawn([Print(jpeg(), [])]), drawn([Print(jpeg(), ["a boat", "sha256 3f9a"])])
    assert bare.size == (WIDTH, 270 + 2 * MARGIN)
    assert not inked(bare, 272)
    assert told.height > bare.height
    assert inked(told, 272)


def test_an_upright_film_keeps_its_shape_and_several_stand_below_one_another() -> None:
    upright = Print(jpeg(270, 480), [])
    assert drawn([upright]).size == (WIDTH, 480 + 2 * MARGIN)
    assert drawn([upright, Print(jpeg(), [])]).height == 480 + 270 + 4 * MARGIN


@pytest.mark.parametrize(
    ("line", "shown"),
    [("Größe", True), ("a boat ⛵", True), ("海の上の紙の船", False), ("مركب", False)],
)
def test_what_the_font_cannot_write_is_left_out_rather_than_garbled(line: str, shown: bool) -> None:
    assert inked(drawn([Print(jpeg(), [line])]), 272) is shown


def test_a_long_line_ends_at_the_films_edge() -> None:
    picture = drawn([Print(jpeg(), ["endless " * 2000])])
    assert picture.width == WIDTH
    assert not (np.asarray(picture.convert("L"))[275:, -2:] < 100).any()


def test_the_picture_is_small_even_where_the_poster_is_noise() -> None:
    noise = [Print(jpeg(480, 270, noisy=True), ["a storm"])]
    assert len(printed(noise) or "") < 4 * LIMIT
    assert len(b64decode(printed([Print(jpeg(), ["a boat"])]) or "")) < LIMIT / 2


def test_none_and_too_many_films_are_no_picture() -> None:
    assert printed([]) is None
    assert printed([Print(jpeg(), [])] * MOST) is not None
    assert printed([Print(jpeg(), [])] * (MOST + 1)) is None
