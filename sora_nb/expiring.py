"""Which films were never saved and soon cannot be: the warning of ``%load_ext``."""

from __future__ import annotations

from collections.abc import Sequence

from sora_nb.core.settings import RESULT_LIFETIME, Settings
from sora_nb.storage.glance import Unsaved, unsaved

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
