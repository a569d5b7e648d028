"""Which films were never saved and soon cannot be: the warning of ``%load_ext``."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sora_nb._version import __version__
from sora_nb.core.service_facts import RESULT_LIFETIME
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.unsaved import Unsaved, unsaved

SOON = 3 * 86_400.0


def expiring(settings: Settings, now: float) -> list[tuple[str, float]]:
    """(key, seconds left) of each unsaved film of this service that expires within 3 days."""
    found = [(task.key, _end(task) - now) for task in unsaved(settings.journal, settings.service)]
    return sorted((pair for pair in found if 0 < pair[1] <= SOON), key=lambda pair: pair[1])


def _end(task: Unsaved) -> float:
    """When the link dies; where none is known yet, at the earliest."""
    if task.expires_at is not None:
        return task.expires_at
    return task.since + RESULT_LIFETIME / task.speed


def warning(found: Sequence[tuple[str, float]]) -> str | None:
    """One line, or None when nothing expires."""
    if not found:
        return None
    key, left = found[0]
    many = "1 film is" if len(found) == 1 else f"{len(found)} films are"
    span = f"{left / 86_400:.1f} days" if left >= 86_400 else f"{left / 3600:.1f} hours"
    return f"{many} not saved yet; {key} expires in {span}: %sora rescue saves them"


def service_line(version: str, settings: Settings, *, elsewhere: Sequence[str] = ()) -> str:
    """The one line of ``%load_ext``. ``elsewhere``: where a key may lie that was not looked at."""
    if settings.simulated and elsewhere:
        words = (
            f"no APIXO_API_KEY: a key from the {' or '.join(elsewhere)} is used if there is one "
            "(films are then charged), else the simulator"
        )
    elif settings.simulated:
        words = "simulator (no APIXO_API_KEY): films are drawn on this machine, nothing is charged"
    else:
        parts = urlsplit(settings.service_url)
        source = settings.origins.get("api_key", "the settings")
        key = f"key from {source}" if settings.api_key else "no key: set APIXO_API_KEY"
        words = f"{parts.scheme}://{parts.netloc} ({key})"
    return f"sora_nb {version} · {words}"


def _greeting(environ: Mapping[str, str]) -> str:
    """Which service is in use, and what is about to be lost."""
    from sora_nb.client.default import configured
    from sora_nb.core.errors import InvalidRequest
    from sora_nb.magic.greeting import expiring, service_line, warning
    from sora_nb.settings.key_sources import key_sources
    from sora_nb.settings.resolve import resolve

    elsewhere = [name for name, _ in key_sources()]
    try:
        settings = resolve({}, environ=environ, notebook_folder=Path.cwd(), configured=configured())
    except InvalidRequest as trouble:
        return f"sora_nb {__version__} · {trouble}"
    line = service_line(__version__, settings, elsewhere=elsewhere)
    loss = warning(expiring(settings, time.time()))
    return f"{line}\n{loss}" if loss else line
