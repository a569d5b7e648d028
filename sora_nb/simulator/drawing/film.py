"""What a film is ordered by: everything that decides its bytes."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

FRAME_RATE = 24


@dataclass(frozen=True, slots=True)
class Film:
    """One film to be rendered. `duration` in seconds, `width` and `height` in pixels (even).

    `picture` holds the start picture's file (JPG, PNG or WebP). `variant` above 0 is another
    film under the same name, for the fault of changed content.
    """

    prompt: str
    duration: int
    width: int
    height: int
    model: str = "sora-2"
    seed: int = 0
    take: int = 1
    watermark: bool = False
    picture: bytes | None = None
    variant: int = 0

    @property
    def frames(self) -> int:
        return self.duration * FRAME_RATE

    def dice(self, purpose: str) -> random.Random:
        """A source of randomness that is this film's own, one for each purpose."""
        parts = [self.prompt, self.duration, self.width, self.height, self.model]
        parts += [self.seed, self.take, self.variant, purpose]
        digest = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()
        return random.Random(int.from_bytes(digest))
