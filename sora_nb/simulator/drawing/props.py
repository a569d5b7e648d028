"""The moving things of a film: who travels, and what falls or flies through the air."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from .palette import Colour

FINE = 4  # drawn so many times larger, then reduced: smooth edges from a drawer that has none
SQUEEZE = 0.6  # a reflection's height, of the thing's


def traveller(prompt: str, dice: random.Random) -> str:
    """`boat`, `sail` or `balloon`: what the prompt names, else by chance."""
    text = prompt[:2000].lower()
    for word, name in (("balloon", "balloon"), ("fly", "balloon"), ("paper boat", "boat")):
        if word in text:
            return name
    if "sail" in text or "ship" in text:
        return "sail"
    return dice.choice(["boat", "boat", "sail", "balloon"])


def boat(size: int) -> Image.Image:
    """A folded paper boat."""
    image, draw, at = _sheet(size, (250, 247, 238))
    draw.polygon(at((0.24, 0.56), (0.5, 0.12), (0.76, 0.56)), fill=(252, 250, 244))
    draw.polygon(at((0.5, 0.12), (0.76, 0.56), (0.5, 0.56)), fill=(216, 214, 212))
    draw.polygon(at((0.02, 0.46), (0.98, 0.46), (0.8, 0.8), (0.2, 0.8)), fill=(246, 242, 232))
    draw.polygon(at((0.98, 0.46), (0.8, 0.8), (0.56, 0.8), (0.7, 0.54)), fill=(204, 202, 204))
    draw.polygon(at((0.02, 0.46), (0.3, 0.56), (0.2, 0.8)), fill=(226, 223, 218))
    return _reduced(image, size)


def sail(size: int) -> Image.Image:
    """A small sailing boat."""
    image, draw, at = _sheet(size, (240, 236, 226))
    draw.polygon(at((0.48, 0.04), (0.48, 0.68), (0.12, 0.68)), fill=(250, 246, 236))
    draw.polygon(at((0.53, 0.14), (0.53, 0.68), (0.84, 0.68)), fill=(222, 92, 76))
    draw.polygon(at((0.49, 0.02), (0.52, 0.02), (0.52, 0.76), (0.49, 0.76)), fill=(80, 62, 56))
    draw.polygon(at((0.06, 0.73), (0.94, 0.73), (0.8, 0.88), (0.2, 0.88)), fill=(104, 62, 54))
    draw.polygon(at((0.06, 0.73), (0.94, 0.73), (0.92, 0.76), (0.08, 0.76)), fill=(236, 220, 196))
    return _reduced(image, size)


def balloon(size: int, dice: random.Random) -> Image.Image:
    """A hot-air balloon in stripes of two chosen colours."""
    pairs = [((226, 84, 72), (250, 214, 150)), ((64, 118, 178), (244, 240, 228))]
    pairs += [((92, 150, 110), (246, 226, 160)), ((150, 84, 150), (248, 200, 178))]
    dark, light = dice.choice(pairs)
    image, draw, at = _sheet(size, dark)
    for index in range(6):
        inset = index * 0.058
        colour = dark if index % 2 == 0 else light
        left, right = 0.18 + inset, 0.82 - inset
        draw.ellipse((*at((left, 0.02))[0], *at((right, 0.66))[0]), fill=colour)
        draw.polygon(
            at((left + 0.055, 0.48), (right - 0.055, 0.48), (0.55, 0.76), (0.45, 0.76)),
            fill=colour,
        )
    for side in (0.455, 0.545):
        draw.line(at((side, 0.75), (side, 0.86)), fill=(70, 54, 48), width=FINE)
    draw.rectangle((*at((0.44, 0.85))[0], *at((0.56, 0.96))[0]), fill=(128, 88, 60))
    return _reduced(image, size)


def reflection(image: Image.Image) -> Image.Image:
    """The thing upside down, as still water shows it."""
    flipped = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    flipped = flipped.resize((image.width, round(image.height * SQUEEZE)))
    flipped.putalpha(flipped.getchannel("A").point([value // 4 for value in range(256)]))
    return flipped


def birds(size: int, colour: Colour, dice: random.Random) -> Image.Image:
    """A loose flock, drawn as the eye sees it from far."""
    image, draw, at = _sheet(size, colour)
    for _ in range(7):
        x, y, wing = dice.uniform(0.1, 0.85), dice.uniform(0.1, 0.5), dice.uniform(0.03, 0.07)
        points = at((x - wing, y - wing * 0.5), (x - wing * 0.4, y - wing * 0.55), (x, y))
        points += at((x + wing * 0.4, y - wing * 0.55), (x + wing, y - wing * 0.5))
        draw.line(points, fill=colour, width=FINE * 2, joint="curve")
    return _reduced(image, size)


def weather(kind: str, width: int, height: int, dice: random.Random) -> Image.Image:
    """One tile of rain, snow or fireflies on clear ground; its top and bottom fit together."""
    colour = {"rain": (214, 226, 234), "snow": (255, 255, 255)}.get(kind, (255, 236, 150))
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    spacing = {"rain": 6500, "snow": 7000}.get(kind, 26000)
    for _ in range(width * height // spacing):
        x, y, tone = dice.uniform(0, width), dice.uniform(0, height), dice.randint(60, 170)
        for top in (y, y - height):  # what leaves below comes in above
            if kind == "rain":
                draw.line((x, top, x - 5, top + 34), fill=tone, width=2)
            else:
                size = (2 + tone / 42) if kind == "snow" else 3 + tone / 60
                draw.ellipse((x, top, x + size, top + size), fill=tone + 60)
    image = Image.new("RGBA", (width, height), (*colour, 0))
    image.putalpha(mask)
    return image


def sway(frame: int, seconds: float, by: float) -> int:
    """A gentle offset in pixels, `by` at most, that comes round every `seconds`."""
    return round(by * math.sin(math.tau * frame / (24 * seconds)))


class _At:
    """Places on a sheet of the unit square, in drawn pixels."""

    def __init__(self, side: int) -> None:
        self._side = side

    def __call__(self, *points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * self._side, y * self._side) for x, y in points]


def _sheet(size: int, ground: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw, _At]:
    image = Image.new("RGBA", (size * FINE, size * FINE), (*ground, 0))
    return image, ImageDraw.Draw(image), _At(size * FINE)


def _reduced(image: Image.Image, size: int) -> Image.Image:
    return image.resize((size, size), Image.Resampling.LANCZOS)
