"""The client that ``sora_nb.generate`` and the magics use: made at first use, never at import."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sora_nb.client.client import Client

_lock = threading.RLock()
_configured: dict[str, Any] = {}
_client: Client | None = None
_made_from: Mapping[str, object] = {}


def default_client() -> Client:
    """The default client. Made anew when the environment's settings have changed since."""
    global _client, _made_from
    from sora_nb.client.client import Client

    with _lock:
        environment = _environment()
        if _client is not None and environment != _made_from:
            _retire()
        if _client is None:
            _client = Client(configured=_configured)
            _made_from = environment
        return _client


def configure(**settings: Any) -> None:
    """Set defaults by the names of ``Client``'s arguments; None takes one back.

    The next use makes a new default client; tasks that still run are finished by the old one.
    Raises InvalidRequest for a setting that cannot be used; then nothing changes.
    """
    from sora_nb.client.client import Client
    from sora_nb.settings.resolve import sealed

    settings = sealed(settings)
    with _lock:
        wanted = {**_configured, **settings}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        Client(configured=wanted)
        _configured.clear()
        _configured.update(wanted)
        _retire()


def configured() -> Mapping[str, Any]:
    """What ``configure`` was given so far."""
    return dict(_configured)


def existing_client() -> Client | None:
    """The default client if it was made already."""
    return _client


def close() -> None:
    """End the default client, if there is one."""
    global _client
    with _lock:
        client, _client = _client, None
    if client is not None:
        client.close()


def _retire() -> None:
    global _client
    if _client is not None:
        _client.retire()
        _client = None


def _environment() -> dict[str, object]:
    from sora_nb.settings.resolve import sealed

    ours = ("APIXO_", "SORA_NB_")
    return sealed({name: value for name, value in os.environ.items() if name.startswith(ours)})
