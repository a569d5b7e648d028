"""The light of a film: colours and weather, led by the prompt's words, else by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours from the top of the sky to the depth of the water, and what is in the air."""

    name: str
    words: tuple[str, ...]
    sky: tuple[Colour, Colour, Colour]
    sun: Colour
    hills: tuple[Colour, Colour, Colour]
    water: tuple[Colour, Colour]
    air: str
    stars: bool = False


PALETTES = (
    Palette(
        "golden hour",
        ("golden", "sunset", "warm", "autumn", "desert"),
        ((72, 84, 148), (240, 148, 104), (255, 214, 150)),
        (255, 236, 190),
        ((190, 118, 112), (128, 74, 92), (66, 42, 68)),
        ((244, 172, 118), (70, 60, 104)),
        "birds",
    ),
    Palette(
        "dawn",
        ("dawn", "morning", "soft", "spring", "dream"),
        ((112, 152, 204), (246, 196, 196), (255, 232, 208)),
        (255, 250, 232),
        ((172, 178, 208), (122, 138, 176), (72, 92, 130)),
        ((240, 208, 204), (92, 126, 164)),
        "birds",
    ),
    Palette(
        "rain",
        ("rain", "storm", "tense", "grey", "street"),
        ((58, 70, 88), (112, 130, 146), (168, 182, 188)),
        (206, 214, 214),
        ((110, 126, 138), (74, 92, 106), (42, 56, 70)),
        ((136, 152, 160), (36, 52, 68)),
        "rain",
    ),
    Palette(
        "night",
        ("night", "moon", "star", "dark", "space"),
        ((8, 12, 38), (26, 34, 82), (70, 74, 132)),
        (240, 240, 222),
        ((44, 48, 96), (28, 32, 70), (14, 16, 42)),
        ((58, 64, 122), (8, 12, 34)),
        "fireflies",
        stars=True,
    ),
    Palette(
        "winter",
        ("snow", "winter", "ice", "cold", "mountain"),
        ((126, 156, 190), (190, 208, 224), (236, 238, 240)),
        (255, 252, 240),
        ((198, 210, 224), (150, 170, 194), (92, 116, 146)),
        ((206, 220, 230), (74, 106, 140)),
        "snow",
    ),
    Palette(
        "noon",
        ("summer", "sea", "ocean", "beach", "aerial"),
        ((38, 118, 196), (110, 184, 226), (206, 236, 240)),
        (255, 252, 226),
        ((124, 176, 176), (74, 138, 122), (34, 92, 84)),
        ((132, 206, 216), (14, 88, 128)),
        "birds",
    ),
    Palette(
        "dusk",
        ("dusk", "neon", "city", "epic", "dramatic"),
        ((30, 20, 66), (142, 56, 122), (255, 142, 118)),
        (255, 206, 160),
        ((134, 62, 116), (84, 38, 92), (38, 20, 58)),
        ((220, 112, 122), (36, 22, 66)),
        "fireflies",
        stars=True,
    ),
    Palette(
        "forest",
        ("forest", "green", "leaf", "leaves", "garden"),
        ((90, 150, 150), (178, 208, 172), (240, 236, 190)),
        (255, 250, 210),
        ((128, 168, 138), (76, 122, 96), (34, 70, 60)),
        ((182, 206, 168), (30, 78, 80)),
        "fireflies",
    ),
)


def choose(prompt: str, dice: random.Random) -> Palette:
    """The palette with the most of its words in the prompt; of equals, any."""
    text = prompt[:2000].lower()
    scores = [sum(word in text for word in palette.words) for palette in PALETTES]
    best = max(scores)
    equals = zip(PALETTES, scores, strict=True)
    return dice.choice([palette for palette, score in equals if score == best])


def tinted(colour: Colour, dice: random.Random, by: int = 10) -> Colour:
    """The colour a little off, so that two takes of one light differ."""
    red, green, blue = (max(0, min(255, part + dice.randint(-by, by))) for part in colour)
    return red, green, blue
