"""One picture of ended films with their captions, for where no page can be drawn: a PDF by LaTeX.

nbconvert's LaTeX takes an image before plain text, and one MIME type of a bundle: the caption is
therefore part of the picture. Every page prefers the HTML beside it.
"""

from __future__ import annotations

import io
import unicodedata
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.core.task import TaskRecord
from sora_nb.display.card.facts import facts

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

LIMIT = 20_000
"""Bytes of the JPEG of one film, lettering included."""

MOST = 6
"""Films in one picture. More of them are plain text, which a PDF can break over pages."""

WIDTH, MARGIN, LINE, TEXT = 480, 8, 18, 13
"""Pixels: of one film, around it, from one line of its caption to the next, of the letters."""


class Print(NamedTuple):
    """A poster as JPEG, and the lines below it."""

    poster: bytes
    caption: Sequence[str]


def caption_of(record: TaskRecord, path: str) -> list[str]:
    """What stands below the poster of a film that is saved at ``path``."""
    assert record.film is not None
    words = [*facts(record), record.key]
    if record.simulated:
        words.insert(0, "Simulator")
    prompt = " ".join(record.request.prompt.split())
    return [prompt, " · ".join(words), path, f"sha256 {record.film.sha256[:12]}"]


def printed(films: Sequence[Print]) -> str | None:
    """A JPEG as base64, films below one another; None for none, or for more than MOST.

    Pillow's built-in font has unaccented Latin letters only: a line in another script is left out.
    """
    if not 0 < len(films) <= MOST:
        return None
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(TEXT)
    posters = [Image.open(io.BytesIO(film.poster)).convert("RGB") for film in films]
    for poster in posters:
        poster.thumbnail((WIDTH, WIDTH))
    captions = [[line for words in film.caption if (line := _letters(words))] for film in films]
    heights = [
        poster.height + LINE * len(caption) + 2 * MARGIN
        for poster, caption in zip(posters, captions, strict=True)
    ]
    picture = Image.new("RGB", (WIDTH, sum(heights)), "white")
    draw, top = ImageDraw.Draw(picture), 0
    for poster, caption, height in zip(posters, captions, heights, strict=True):
        picture.paste(poster, (0, top))
        for number, line in enumerate(caption):
            at = (0, top + poster.height + MARGIN + LINE * number)
            draw.text(at, _fitting(line, font), fill="black", font=font)
        top += height
    return b64encode(_jpeg(picture, LIMIT * len(films))).decode("ascii")


def _letters(line: str) -> str:
    """The line in the letters that the built-in font has; empty where little would be left."""
    plain = unicodedata.normalize("NFKD", line)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    known = "".join(letter if " " <= letter <= "~" or letter == "·" else "?" for letter in plain)
    return known if known.count("?") - plain.count("?") <= len(known) / 4 else ""


def _fitting(line: str, font: FreeTypeFont | ImageFont) -> str:
    """As much of the line as is no wider than the film."""
    if font.getlength(line) <= WIDTH:
        return line
    short = line[:WIDTH]
    while font.getlength(f"{short}...") > WIDTH:
        short = short[:-1]
    return f"{short}..."


def _jpeg(picture: Image, limit: int) -> bytes:
    """The best quality that fits, or else the least: a caption must stay readable."""
    data = b""
    for quality in (75, 60, 45, 30):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        data = file.getvalue()
        if len(data) <= limit:
            break
    return data
