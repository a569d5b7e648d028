"""Pictures in the three planes of H.264: composed there, a frame needs no colour conversion.

Colours are BT.709, limited range; chroma has half the width and height (4:2:0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture with soft edges; sides are even. `mask` and `half` are its opacity."""

    y: Image.Image
    u: Image.Image
    v: Image.Image
    mask: Image.Image
    half: Image.Image

    @classmethod
    def from_rgba(cls, image: Image.Image) -> Sprite:
        width, height = image.width + image.width % 2, image.height + image.height % 2
        if (width, height) != image.size:
            image = image.crop((0, 0, width, height))
        pixels = np.asarray(image)
        y, u, v = _planes(pixels)
        alpha = pixels[:, :, 3]
        return cls(
            Image.fromarray(y),
            Image.fromarray(u),
            Image.fromarray(v),
            Image.fromarray(alpha),
            Image.fromarray(_halve(alpha.astype(np.float32)).astype(np.uint8)),
        )


@dataclass(frozen=True, slots=True)
class Canvas:
    """One frame in the making."""

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @classmethod
    def from_rgb(cls, image: Image.Image) -> Canvas:
        y, u, v = _planes(np.asarray(image))
        return cls(Image.fromarray(y), Image.fromarray(u), Image.fromarray(v))

    def copy(self) -> Canvas:
        return Canvas(self.y.copy(), self.u.copy(), self.v.copy())

    def zoomed(self, factor: float, width: int, height: int) -> Canvas:
        """The middle of this picture, magnified by `factor`, as a canvas of the given size."""
        full = self.y.size
        span = (full[0] / factor, full[1] / factor)
        left, top = (full[0] - span[0]) / 2, (full[1] - span[1]) / 2
        box = (left, top, left + span[0], top + span[1])
        half = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        way = Image.Resampling.BILINEAR
        return Canvas(
            self.y.resize((width, height), way, box),
            self.u.resize((width // 2, height // 2), way, half),
            self.v.resize((width // 2, height // 2), way, half),
        )

    def paste(self, sprite: Sprite, x: int, y: int) -> None:
        """Lay a sprite over; what hangs over an edge is cut. Chroma asks for even places."""
        x, y = x - x % 2, y - y % 2
        self.y.paste(sprite.y, (x, y), sprite.mask)
        self.u.paste(sprite.u, (x // 2, y // 2), sprite.half)
        self.v.paste(sprite.v, (x // 2, y // 2), sprite.half)

    def pixels(self) -> Pixels:
        """The frame as PyAV takes yuv420p: uint8, shape (height * 3 / 2, width)."""
        parts = [np.asarray(plane).reshape(-1) for plane in (self.y, self.u, self.v)]
        return np.concatenate(parts).reshape(-1, self.y.width)


def _planes(pixels: Pixels) -> tuple[Pixels, Pixels, Pixels]:
    red, green, blue = (pixels[:, :, i].astype(np.float32) for i in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    y = 16.5 + luma * (219 / 255)
    u = 128.5 + _halve(blue - luma) * (224 / 255 / 1.8556)
    v = 128.5 + _halve(red - luma) * (224 / 255 / 1.5748)
    return y.astype(np.uint8), u.astype(np.uint8), v.astype(np.uint8)


def _halve(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    total = plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]
    return (total * 0.25).astype(np.float32, copy=False)
