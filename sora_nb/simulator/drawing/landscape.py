"""The still parts of a film: sky, sun, hills and water, painted once."""

from __future__ import annotations

import math
import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from .palette import Colour, Palette, tinted

Floats = NDArray[np.float32]


def backdrop(palette: Palette, width: int, height: int, dice: random.Random) -> Image.Image:
    """Sky with its light, over water that mirrors it. `horizon` tells where they meet."""
    line = horizon(height)
    pixels = np.empty((height, width, 3), np.float32)
    top, middle, low = (tinted(colour, dice) for colour in palette.sky)
    pixels[:line] = _gradient((top, middle, low), line)[:, None]
    pixels[line:] = _gradient(palette.water, height - line)[:, None]
    if palette.stars:
        _stars(pixels[:line], dice)
    centre = width * dice.uniform(0.25, 0.75)
    rise = line * dice.uniform(0.42, 0.72)
    radius = min(width, height) * dice.uniform(0.055, 0.085)
    rows, columns = np.mgrid[0:line, 0:width].astype(np.float32)
    distance = np.hypot(columns - centre, rows - rise)
    glow = np.exp(-distance / (radius * 3.2)) * 0.75
    disc = np.clip(radius - distance + 0.5, 0, 1)
    light = np.maximum(glow, disc)[:, :, None]
    pixels[:line] += (np.array(palette.sun, np.float32) - pixels[:line]) * light
    _mirror(pixels[line:], palette.sun, centre, radius)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def horizon(height: int) -> int:
    return int(height * 0.62) // 2 * 2


def hills(
    colour: Colour, haze: Colour, width: int, height: int, rough: float, dice: random.Random
) -> Image.Image:
    """A soft-edged ridge on clear ground that fades into `haze` at its foot."""
    x = np.arange(width, dtype=np.float32)
    ridge = np.zeros(width, np.float32)
    for wave, weight in ((1, 0.5), (2.3, 0.3), (5.1, 0.13), (11.7, 0.07 * rough)):
        phase, stretch = dice.uniform(0, math.tau), dice.uniform(0.8, 1.2)
        ridge += weight * np.sin(x * (wave * stretch * math.tau / (height * 7)) + phase)
    edge = height * (0.5 - 0.45 * ridge)
    rows = np.arange(height, dtype=np.float32)[:, None]
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[:, :, :3] = _gradient((colour, colour, haze), height).astype(np.uint8)[:, None]
    pixels[:, :, 3] = (np.clip(rows - edge + 0.5, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(pixels)


def clouds(colour: Colour, width: int, height: int, dice: random.Random) -> Image.Image:
    """Long soft clouds on clear ground."""
    # Painted small: a blur's result has nothing finer, and a small blur is a cheap one.
    small = Image.new("L", (max(8, width // 6), max(8, height // 6)))
    draw = ImageDraw.Draw(small)
    for _ in range(max(3, width // 260)):
        x, y = dice.uniform(0, small.width), dice.uniform(0.15, 0.85) * small.height
        span = dice.uniform(0.12, 0.3) * small.height * 4
        for _ in range(6):
            left = x + dice.uniform(-0.6, 0.4) * span
            thick = dice.uniform(0.06, 0.13) * small.height
            top = y + dice.uniform(-1, 1) * thick
            tone = dice.randint(70, 130)
            draw.ellipse((left, top, left + span * 0.7, top + thick), fill=tone)
    mask = small.filter(ImageFilter.GaussianBlur(small.height / 28))
    fade = np.clip(np.linspace(5, 0, small.height), 0, 1)[:, None]
    mask = Image.fromarray((np.asarray(mask) * fade).astype(np.uint8))
    image = Image.new("RGBA", (width, height), (*colour, 0))
    image.putalpha(mask.resize((width, height), Image.Resampling.BICUBIC))
    return image


def ripples(
    colour: Colour, width: int, height: int, near: bool, dice: random.Random
) -> Image.Image:
    """Thin bright strokes on clear ground: longer and further apart when near."""
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    count = width * height // (4200 if near else 2400)
    for _ in range(count):
        depth = dice.random()
        y = depth * height
        span = (8 + 46 * depth) * (1.5 if near else 0.8) * dice.uniform(0.5, 1.4)
        x = dice.uniform(-span, width)
        thick = 1 + (2 * depth if near else 0)
        draw.ellipse((x, y, x + span, y + thick), fill=dice.randint(24, 96))
    image = Image.new("RGBA", (width, height), (*colour, 0))
    image.putalpha(mask)
    return image


def _gradient(colours: tuple[Colour, ...], height: int) -> Floats:
    stops = np.linspace(0, 1, len(colours))
    at = np.linspace(0, 1, height)
    channels = [np.interp(at, stops, [colour[i] for colour in colours]) for i in range(3)]
    return np.stack(channels, axis=1).astype(np.float32)


def _stars(sky: Floats, dice: random.Random) -> None:
    height, width = sky.shape[:2]
    for _ in range(width * height // 3500):
        y = int(height * dice.random() ** 1.7 * 0.9)
        x = dice.randrange(width - 1)
        size = 2 if dice.random() < 0.12 else 1
        sky[y : y + size, x : x + size] += dice.uniform(40, 190)


def _mirror(water: Floats, sun: Colour, centre: float, radius: float) -> None:
    height, width = water.shape[:2]
    depth = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    spread = radius * (0.9 + 2.6 * depth)
    columns = np.arange(width, dtype=np.float32)[None, :]
    light = np.exp(-(((columns - centre) / spread) ** 2)) * (0.65 - 0.45 * depth)
    bands = 0.72 + 0.28 * np.sin(np.arange(height, dtype=np.float32) * 0.55)[:, None]
    water += (np.array(sun, np.float32) - water) * (light * bands)[:, :, None]
