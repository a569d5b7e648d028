"""The soft chord under a film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .film import Film

SAMPLE_RATE = 48_000
CHORDS = ((0, 7, 12, 16), (0, 7, 12, 15), (0, 5, 12, 17), (0, 7, 14, 16), (0, 3, 10, 14))


def chord(film: Film) -> NDArray[np.float32]:
    """Samples from -1 to 1, float32, shape (2, duration * SAMPLE_RATE), left then right."""
    dice = film.dice("sound")
    root = 110.0 * 2 ** (dice.randrange(12) / 12)
    count = film.duration * SAMPLE_RATE
    time = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    out = np.zeros((2, count), np.float32)
    for index, step in enumerate(dice.choice(CHORDS)):
        pitch = root * 2 ** (step / 12)
        swell = 0.75 + 0.25 * np.sin(2 * np.pi * time * dice.uniform(0.1, 0.35) + index)
        tone = np.sin(2 * np.pi * np.float32(pitch) * time) * swell / (1 + index * 0.5)
        left = 0.3 + 0.4 * (index % 2)
        out[0] += tone * left
        out[1] += tone * (1 - left)
    fade = np.clip(np.minimum(time, film.duration - time) / 0.4, 0, 1)
    return (out * fade * 0.22).astype(np.float32)
