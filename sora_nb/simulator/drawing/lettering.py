"""Words on the film: the prompt in the lower third, the SIMULATED badge, the time code."""

from __future__ import annotations

import unicodedata
from bisect import bisect
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from .film import FRAME_RATE, Film

BADGE = "SIMULATED"
LONGEST = 400  # code points of a prompt that are measured at all; more never fits
LINES = 4
REPLACEMENT = "\u25a1"
PLATE = (12, 14, 22)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=16)
def font(size: int) -> Font:
    """Pillow's own scalable font: there on every machine."""
    return ImageFont.load_default(size)


@lru_cache(maxsize=4096)
def _has(character: str) -> bool:
    face = font(24)
    missing = bytes(face.getmask("\U0010ffff"))
    return character == " " or bytes(face.getmask(character)) not in (missing, b"")


def legible(text: str) -> str:
    """The text with one stand-in for each run of characters that the font lacks."""
    text = unicodedata.normalize("NFC", text[: LONGEST * 2].encode("utf-8", "replace").decode())
    stand_in = REPLACEMENT if _has(REPLACEMENT) else "?"
    out: list[str] = []
    for character in " ".join(text.split()):
        if _has(character):
            out.append(character)
        elif unicodedata.category(character)[0] not in "MC":
            out.append(stand_in)
    return "".join(out)


def wrapped(text: str, face: Font, width: float) -> list[str]:
    """Lines no wider than `width` pixels, at most LINES of them; the rest becomes `...`."""
    text = legible(text)
    shortened = len(text) > LONGEST
    lines: list[str] = []
    rest = text[:LONGEST]
    while rest and len(lines) < LINES:
        fitting = range(1, len(rest) + 1)
        end = max(1, bisect(fitting, width, key=lambda count: face.getlength(rest[:count])))
        if end < len(rest) and (space := rest.rfind(" ", 0, end + 1)) > 0:
            end = space
        lines.append(rest[:end].strip())
        rest = rest[end:].strip()
    if rest or shortened:
        last = lines[-1]
        while last and face.getlength(last + "...") > width:
            last = last[:-1]
        lines[-1] = last.rstrip() + "..."
    return lines


def badge(film: Film) -> Image.Image:
    """The plate with the word SIMULATED."""
    size = _unit(film) * 9 // 5
    word = "\u200a".join(BADGE) if _has("\u200a") else " ".join(BADGE)
    box = font(size).getbbox(word)
    width, height = round(box[2] + size * 2.2), round(size * 1.9)
    image = _plate(width, height, height // 2, 190)
    draw = ImageDraw.Draw(image)
    middle = height / 2
    dot = size * 0.24
    draw.ellipse((size - dot * 1.6, middle - dot, size + dot * 0.4, middle + dot), fill="#ff5a45")
    draw.text((size * 1.5, middle), word, "#ffffff", font(size), anchor="lm")
    return image


def lower_third(film: Film) -> Image.Image:
    """The plate with the prompt and, small below it, the settings."""
    unit = _unit(film)
    size, small = unit * 8 // 5, unit
    margin = round(unit * 1.3)
    width = film.width - 4 * unit
    lines = wrapped(film.prompt, font(size), width - 2 * margin)
    step = round(size * 1.32)
    height = 2 * margin + step * len(lines) + round(small * 1.5)
    image = _plate(width, height, unit, 165)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, margin, unit // 4, height - margin), unit // 8, fill="#ffb454")
    for index, line in enumerate(lines):
        draw.text((margin, margin + index * step), line, "#ffffff", font(size))
    facts = f"{film.model}   {film.duration} s   {film.width} x {film.height}"
    facts += f"   take {film.take}   seed {film.seed}"
    draw.text((margin, height - margin), facts, "#c6cad6", font(small), anchor="ld")
    return image


def watermark(film: Film) -> Image.Image:
    """The corner mark of a film whose watermark was kept."""
    size = _unit(film) * 3 // 2
    text = "sora simulator"
    width = round(font(size).getlength(text)) + 2 * size
    image = Image.new("RGBA", (width, size * 2), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    ring = (size * 0.2, size * 0.6, size, size * 1.4)
    draw.ellipse(ring, outline=(255, 255, 255, 200), width=max(2, size // 8))
    draw.text((size * 1.35, size), text, (255, 255, 255, 200), font(size), anchor="lm")
    return image


def time_plate(film: Film) -> Image.Image:
    """The empty plate under the time code."""
    size = _unit(film) * 6 // 5
    width = round(font(size).getlength(time_code(film, 0)) + size * 1.6)
    return _plate(width, round(size * 1.9), size // 2, 165)


def time_code(film: Film, frame: int) -> str:
    """`mm:ss:ff` and the frame's number of all, counted from 1."""
    seconds, part = divmod(frame, FRAME_RATE)
    return f"00:{seconds:02}:{part:02}   {frame + 1:03} / {film.frames:03}"


def time_font(film: Film) -> Font:
    return font(_unit(film) * 6 // 5)


def _unit(film: Film) -> int:
    return min(film.width, film.height) // 40


def _plate(width: int, height: int, radius: int, opacity: int) -> Image.Image:
    width, height = width + width % 2, height + height % 2
    image = Image.new("RGBA", (width, height), (*PLATE, 0))
    shape = (0, 0, width - 1, height - 1)
    ImageDraw.Draw(image).rounded_rectangle(shape, radius, fill=(*PLATE, opacity))
    return image
