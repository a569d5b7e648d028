"""What each setting may be: its reader makes a value of what was given, or refuses it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.secret import Secret
from sora_nb.settings.settings import POLL_WORDS

if TYPE_CHECKING:
    from sora_nb.core.budget import Budget


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
