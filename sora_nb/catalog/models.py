"""What each remote model accepts, as data. A model that is not listed is sent unchecked.

Source: the service's model pages, as docs/design/contract.md tells them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ASPECT_RATIOS = ("landscape", "portrait")


@dataclass(frozen=True)
class Model:
    """One model's rules. ``seconds``: the documented (fastest, slowest) job per film length."""

    id: str
    prompt_limit: int
    durations: tuple[int, ...]
    seconds: Mapping[int, tuple[float, float]]
    takes_aspect_ratio: bool = True
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Extra input fields and their values; the first is the default for landscape."""


_SECONDS = {4: (120.0, 240.0), 8: (180.0, 300.0), 12: (240.0, 360.0)}

MODELS: Mapping[str, Model] = {
    "sora-2": Model("sora-2", 10_000, (4, 8, 12), _SECONDS),
    "sora-2-pro": Model(
        "sora-2-pro",
        5_000,
        (4, 8, 12),
        _SECONDS,
        takes_aspect_ratio=False,
        choices={
            "size": ("1280*720", "720*1280", "1024*1792", "1792*1024"),
            "resolution": ("720p", "1080p"),
        },
    ),
}


UNKNOWN_SECONDS = (60.0, 600.0)
"""A wide guess for models whose times are not documented; only the polling schedule uses it."""


def documented_seconds(model: str, duration: int) -> tuple[float, float]:
    """(fastest, slowest) seconds of a job, from the model's page, or a wide guess."""
    rules = MODELS.get(model)
    return rules.seconds.get(duration, UNKNOWN_SECONDS) if rules else UNKNOWN_SECONDS
