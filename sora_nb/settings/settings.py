"""One frozen Settings, and where each of its values came from. Imports nothing heavy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sora_nb.core.secret import Secret
from sora_nb.core.service_facts import DEFAULT_BASE_URL, SIMULATOR

if TYPE_CHECKING:
    from sora_nb.core.budget import Budget


POLL_WORDS: Mapping[str, float] = MappingProxyType({"live": 0.02, "normal": 0.1, "thrifty": 0.5})
"""The price c of one request in seconds of lag, by word (docs/design/polling.md, "The price c")."""

KeySource = tuple[str, Callable[[], str | None]]
"""Where a key may come from: a name to show, and a function that gives the key or None."""


@dataclass(frozen=True)
class Settings:
    """What a client works with. ``origins`` names the source of each value, for ``%sora config``.

    ``home`` holds the journal, ``media`` the films; seconds and USD throughout; ``budget`` is
    given as a dict, e.g. ``{"tasks": 20, "usd": 5, "per": "day"}``; ``rate`` is requests a minute,
    ``concurrency`` tasks at once; ``poll`` is a word of POLL_WORDS or a fixed interval in seconds.
    Without a key and a base URL the embedded simulator is used.
    """

    api_key: Secret | None = None
    base_url: str | None = None
    home: Path = field(default_factory=Path)
    media: Path = field(default_factory=Path)
    budget: Budget | None = None
    price_per_second: float | None = None
    rate: float = 10_000.0
    concurrency: int = 1_000
    poll: str | float = "normal"
    submit_timeout: float = 60.0
    embed: bool = False
    simulator_speed: float = 1.0
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def simulated(self) -> bool:
        """Whether the embedded simulator is the service."""
        return self.api_key is None and self.base_url is None

    @property
    def service(self) -> str:
        """The name under which the journal keeps this service's tasks."""
        return SIMULATOR if self.simulated else self.service_url

    @property
    def service_url(self) -> str:
        """Base URL of the real service, with ``/api/v1``."""
        return self.base_url or DEFAULT_BASE_URL

    @property
    def speed(self) -> float:
        """How much faster than the real service this one runs (a simulator on this machine)."""
        return self.simulator_speed if self.simulated or self.on_loopback else 1.0

    @property
    def journal(self) -> Path:
        """The file that remembers every task."""
        return self.home / "journal.sqlite3"

    @property
    def on_loopback(self) -> bool:
        """Whether the service is on this machine, as a simulator started by hand is."""
        host = urlsplit(self.service_url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False  # a name, even one that begins with 127.
