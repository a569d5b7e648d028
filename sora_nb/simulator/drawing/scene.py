"""What a film shows at each frame: a background, things that move, and the words on top."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from . import landscape, lettering, palette, props
from .film import Film
from .picture import PictureRefused
from .planes import Canvas, Sprite

Place = Callable[[int], tuple[int, int]]
LUMA_WHITE = 235
MOST_PIXELS = 50_000_000


@dataclass(frozen=True, slots=True)
class Layer:
    """A sprite and where its top left corner is at each frame."""

    sprite: Sprite
    at: Place


class Scene:
    """All frames of one film. Raises PictureRefused when the start picture cannot be read."""

    def __init__(self, film: Film) -> None:
        self._film = film
        self._zooms = film.picture is not None
        if film.picture is None:
            self._ground, self._layers = _painted(film)
        else:
            self._ground, self._layers = _opened(film.picture, film), []
        margin = min(film.width, film.height) // 20
        self._static = [Layer(_sprite(lettering.badge(film)), _fixed(margin, margin))]
        plate = _sprite(lettering.time_plate(film))
        self._time_at = (film.width - margin - plate.y.width, margin)
        self._time_middle = margin + plate.y.height // 2
        self._static.append(Layer(plate, _fixed(*self._time_at)))
        third = _sprite(lettering.lower_third(film))
        left = (film.width - third.y.width) // 2
        top = film.height - third.y.height - margin
        self._static.append(Layer(third, _fixed(left, top)))
        if film.watermark:
            mark = _sprite(lettering.watermark(film))
            corner = (film.width - margin - mark.y.width, top - margin // 2 - mark.y.height)
            self._static.append(Layer(mark, _fixed(*corner)))

    def frame(self, index: int) -> Canvas:
        """The frame at `index`, counted from 0."""
        film = self._film
        if self._zooms:
            zoom = 1.0 + 0.14 * index / film.frames
            canvas = self._ground.zoomed(zoom, film.width, film.height)
        else:
            canvas = self._ground.copy()
        for layer in (*self._layers, *self._static):
            canvas.paste(layer.sprite, *layer.at(index))
        draw = ImageDraw.Draw(canvas.y)
        face = lettering.time_font(film)
        place = (self._time_at[0] + face.getlength("0"), self._time_middle)
        draw.text(place, lettering.time_code(film, index), LUMA_WHITE, face, anchor="lm")
        bar = film.width * (index + 1) // film.frames
        draw.rectangle((0, film.height - 6, bar, film.height), fill=LUMA_WHITE)
        return canvas


def _opened(data: bytes, film: Film) -> Canvas:
    """The start picture, cut to the frame's shape."""
    refused = PictureRefused("UNSUPPORTED_FORMAT", "The image could not be decoded.")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureRefused("IMAGE_TOO_LARGE", "The image has too many pixels.")
            image.draft("RGB", (film.width, film.height))
            picture = image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise refused from None
    scale = min(picture.width / film.width, picture.height / film.height)
    wide, high = film.width * scale, film.height * scale
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    box = (left, top, left + wide, top + high)
    size = (film.width, film.height)
    return Canvas.from_rgb(picture.resize(size, Image.Resampling.BICUBIC, box))


def _painted(film: Film) -> tuple[Canvas, list[Layer]]:
    """A landscape in the palette that the prompt, the seed and the take choose."""
    dice = film.dice("scene")
    colours = palette.choose(film.prompt, dice)
    width, height = film.width, film.height
    line = landscape.horizon(height)
    ground = Canvas.from_rgb(landscape.backdrop(colours, width, height, dice))
    side = dice.choice([1, -1])
    layers: list[Layer] = []

    def drifting(image: Image.Image, top: int, every: int) -> None:
        """Moves 2 pixels each `every` frames, towards the film's own side."""
        slack = image.width - width
        sprite = _sprite(image)

        def at(index: int) -> tuple[int, int]:
            run = index // every * 2
            return (-run if side > 0 else run - slack), top

        layers.append(Layer(sprite, at))

    def wide(every: int) -> int:
        return width + film.frames // every * 2 + 2

    drifting(
        landscape.clouds(palette.tinted(colours.sun, dice), wide(6), line * 2 // 3, dice), 0, 6
    )
    if colours.air == "birds":
        flock = _sprite(props.birds(height // 4, colours.hills[2], dice))
        layers.append(Layer(flock, _crossing(film, flock, side, line // 3, 2, 3.0, 6)))
    who = props.traveller(film.prompt, dice)
    if who == "balloon":
        layers.append(_balloon(film, side, line))
    low = colours.sky[2]
    for index, every in enumerate((4, 2, 1)):
        tall = int(line * (0.5, 0.36, 0.22)[index]) // 2 * 2
        colour = palette.tinted(colours.hills[index], dice)
        haze = _between(colour, low, (0.7, 0.45, 0.2)[index])
        drifting(landscape.hills(colour, haze, wide(every), tall, index, dice), line - tall, every)
    depth = height - line
    drifting(landscape.ripples(colours.sky[2], wide(2), depth, False, dice), line, 2)
    if who != "balloon":
        layers += _afloat(film, who, side, line)
    drifting(landscape.ripples(colours.sun, wide(1), depth, True, dice), line, 1)
    if colours.air in ("rain", "snow", "fireflies"):
        layers += _falling(film, colours.air)
    return ground, layers


def _afloat(film: Film, who: str, side: int, line: int) -> list[Layer]:
    size = int(min(film.width, film.height) * 0.26) // 2 * 2
    image = props.boat(size) if who == "boat" else props.sail(size)
    if side < 0:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    hull = 0.8 if who == "boat" else 0.88
    top = line - int(size * (hull - 0.22))
    sprite, mirrored = _sprite(image), _sprite(props.reflection(image))
    way = _crossing(film, sprite, side, top, 4, 2.6, 4, margin=0.14)
    below = round(size * (hull - (1 - hull) * props.SQUEEZE))

    def under(index: int) -> tuple[int, int]:
        x, y = way(index)
        return x, 2 * top - y + below

    return [Layer(mirrored, under), Layer(sprite, way)]


def _balloon(film: Film, side: int, line: int) -> Layer:
    size = int(min(film.width, film.height) * 0.34) // 2 * 2
    sprite = _sprite(props.balloon(size, film.dice("balloon")))
    return Layer(sprite, _crossing(film, sprite, side, line // 5, 8, 5.0, 10, margin=0.2))


def _crossing(
    film: Film,
    sprite: Sprite,
    side: int,
    top: int,
    bob: int,
    period: float,
    speed: int,
    margin: float = 0.05,
) -> Place:
    """A way across the frame: `speed` is seconds from edge to edge, so that it is slow."""
    reach = film.width * (1 - 2 * margin) - sprite.y.width
    share = min(1.0, film.duration / (speed * 2)) * reach
    start = film.width * margin + film.dice("start").random() * (reach - share)

    def at(index: int) -> tuple[int, int]:
        run = share * index / film.frames
        x = start + run if side > 0 else film.width - sprite.y.width - start - run
        return round(x), top + props.sway(index, period, bob)

    return at


def _falling(film: Film, kind: str) -> list[Layer]:
    tile = film.height
    sprite = _sprite(props.weather(kind, film.width, tile, film.dice("air")))
    step = {"rain": 44, "snow": 4}.get(kind, -2)

    def place(offset: int) -> Place:
        def at(index: int) -> tuple[int, int]:
            return props.sway(index, 3.0, 0 if kind == "rain" else 10), (
                index * step
            ) % tile + offset

        return at

    return [Layer(sprite, place(0)), Layer(sprite, place(-tile))]


def _between(one: palette.Colour, other: palette.Colour, share: float) -> palette.Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _fixed(x: int, y: int) -> Place:
    return lambda _: (x, y)


def _sprite(image: Image.Image) -> Sprite:
    return Sprite.from_rgba(image)
