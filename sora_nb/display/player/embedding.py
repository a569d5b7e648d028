"""Which films a notebook holds itself, as bytes, and how many it may."""

from __future__ import annotations

import threading

from sora_nb.core.task import Film
from sora_nb.display.host.host import Host

ASKED_LIMIT = 20 << 20
"""Bytes of the largest film that ``embed=True`` puts into the notebook."""

FILM_LIMIT = 4 << 20
"""Bytes of the largest film that Colab's notebooks hold unasked: seconds of 720p, not minutes."""

NOTEBOOK_LIMIT = 12 << 20
"""Bytes of all of them together: 16 MB as text. Colab saves no notebook above 20 MB."""


class Embedding:
    """What one kernel has put into its notebook unasked. Safe from any thread."""

    def __init__(self) -> None:
        self._held: dict[str, int] = {}  # by digest: a cell that runs again adds nothing
        self._lock = threading.Lock()

    def wanted(self, film: Film, host: Host, *, embed: bool) -> bool:
        """Whether the saved page is to hold this film: asked for, or the only way to keep it."""
        if embed and film.size <= ASKED_LIMIT:
            return True
        if host is not Host.COLAB or film.size > FILM_LIMIT:
            return False
        with self._lock:
            held = sum(self._held.values()) - self._held.get(film.sha256, 0)
            if held + film.size > NOTEBOOK_LIMIT:
                return False
            self._held[film.sha256] = film.size
        return True
