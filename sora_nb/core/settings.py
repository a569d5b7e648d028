"""One frozen Settings, and where each of its values came from. Imports nothing heavy."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sora_nb.core.errors import InvalidRequest, shorten

if TYPE_CHECKING:
    from sora_nb.core.budget import Budget

DEFAULT_BASE_URL = "https://api.apixo.ai/api/v1"
SIMULATOR = "simulator"
"""The embedded simulator as a service: no key, no base URL."""

RESULT_LIFETIME = 15 * 86400.0
"""Seconds that a result URL lives, from the model's page (contract.md)."""

POLL_WORDS: Mapping[str, float] = MappingProxyType({"live": 0.02, "normal": 0.1, "thrifty": 0.5})
"""The price c of one request in seconds of lag, for each word (performance.md, section 1)."""

KeySource = tuple[str, Callable[[], str | None]]
"""Where a key may come from: a name to show, and a function that gives the key or None."""


class Secret:
    """A key that shows itself nowhere: ``reveal()`` is for the Authorization header alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(set)"

    def __reduce__(self) -> Any:
        raise TypeError("a key is not pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


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


_ENVIRONMENT: Mapping[str, str] = {
    "api_key": "APIXO_API_KEY",
    "base_url": "APIXO_BASE_URL",
    "home": "SORA_NB_HOME",
    "media": "SORA_NB_MEDIA",
    "simulator_speed": "SORA_NB_SIMULATOR_SPEED",
    "poll": "SORA_NB_POLL",
}


def sealed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same settings, by name or by variable, with a key in them as a Secret.

    A traceback may show every variable of its frames (IPython's Verbose does): so none holds it.
    """
    named = ("api_key", _ENVIRONMENT["api_key"])
    return {
        name: Secret(value) if name in named and isinstance(value, str) else value
        for name, value in settings.items()
    }


def resolve(
    arguments: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    notebook_folder: Path,
    key_sources: Sequence[KeySource] = (),
    configured: Mapping[str, Any] | None = None,
) -> Settings:
    """Settings from arguments, then ``configure``, then the environment, then defaults.

    Raises InvalidRequest for a name or value that cannot be used.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    environ = sealed(
        {name: text for name in _ENVIRONMENT.values() if (text := environ.get(name, "").strip())}
    )
    arguments, configured = sealed(arguments), sealed(configured or {})
    layers = (("argument", arguments), ("configure", configured))
    known = {f.name for f in fields(Settings)} - {"origins"}
    for source, layer in layers:
        for name, value in layer.items():
            if name not in known:
                raise InvalidRequest(
                    f"{shorten(name, 60)!r} is not a setting.",
                    advice=f"Settings: {', '.join(sorted(known))}.",
                )
            if value is not None and name not in values:
                values[name], origins[name] = value, source
    for name, variable in _ENVIRONMENT.items():
        if name not in values and variable in environ:
            values[name], origins[name] = environ[variable], variable
    if "api_key" not in values:
        for source, read in key_sources:
            found = Secret((read() or "").strip())
            if found.reveal():
                values["api_key"], origins["api_key"] = found, source
                break
    values.setdefault("home", default_home())
    values.setdefault("media", notebook_folder / "sora_videos")
    return Settings(
        **{name: _READ[name](name, value) for name, value in values.items()},
        origins=MappingProxyType(origins),
    )


def default_home() -> Path:
    """The user's data folder for sora_nb on this system."""
    import platformdirs

    return Path(platformdirs.user_data_dir("sora_nb", appauthor=False))


def _key(_name: str, value: Any) -> Secret:
    key = value.reveal() if isinstance(value, Secret) else str(value)
    if not key:
        raise InvalidRequest(
            "the API key is empty.",
            advice="Set APIXO_API_KEY; leave api_key out to work with the simulator.",
        )
    if not key.isascii() or not key.isprintable() or any(c.isspace() for c in key):
        raise InvalidRequest(
            "the API key holds characters that no key has (a space or a line break?).",
            advice="Set APIXO_API_KEY again, without quotes or blanks.",
        )
    return Secret(key)


def _url(name: str, value: Any) -> str:
    """The base URL with ``/api/v1`` at its end: others' settings come with and without it."""
    url = str(value).rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and not parts.query and not parts.fragment and url.isprintable()
        usable = usable and " " not in url
        usable = usable and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequest(f"{name} {shorten(url, 80)!r} is not an http(s) URL.")
    return url if url.endswith("/api/v1") else f"{url}/api/v1"


def _path(name: str, value: Any) -> Path:
    try:
        return Path(os.path.abspath(Path(value).expanduser()))
    except (TypeError, ValueError, RuntimeError):
        raise InvalidRequest(f"{name} {shorten(str(value), 80)!r} is not a folder.") from None


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidRequest(f"{name} {shorten(str(value), 60)!r} is not True or False.")
    return value


def _positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0 < number < float("inf") or isinstance(value, bool):
        raise InvalidRequest(f"{name} {shorten(str(value), 60)!r} is not a number above 0.")
    return number


def _count(name: str, value: Any) -> int:
    number = _positive(name, value)
    if number != int(number):
        raise InvalidRequest(f"{name} {value!r} is not a whole number.")
    return int(number)


def _budget(_name: str, value: Any) -> Budget:
    from sora_nb.core.budget import read_budget

    return read_budget(value)


def _poll(name: str, value: Any) -> str | float:
    if isinstance(value, str) and value in POLL_WORDS:
        return value
    try:
        return _positive(name, value)
    except InvalidRequest:
        raise InvalidRequest(
            f"poll {shorten(str(value), 60)!r} is not a way to poll.",
            advice=f"Use {', '.join(POLL_WORDS)}, or a number of seconds.",
        ) from None


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "api_key": _key,
    "base_url": _url,
    "home": _path,
    "media": _path,
    "budget": _budget,
    "price_per_second": _positive,
    "rate": _positive,
    "concurrency": _count,
    "poll": _poll,
    "submit_timeout": _positive,
    "embed": _switch,
    "simulator_speed": _positive,
}
