"""Whether the film of a finished task is still there, and whether it can be had again."""

from __future__ import annotations

from collections.abc import Callable

from sora_nb.core.errors import LinkExpired
from sora_nb.core.lifecycle import Vanished
from sora_nb.core.task import State, TaskRecord
from sora_nb.engine import outcome
from sora_nb.engine.ports import Media
from sora_nb.engine.store import TaskStore


class Recovery:
    """``now`` gives Unix seconds. Called on the private loop only."""

    def __init__(self, media: Media, store: TaskStore, *, now: Callable[[], float]) -> None:
        self._media = media
        self._store = store
        self._now = now

    def lost(self, record: TaskRecord) -> LinkExpired | None:
        """Why the film of a finished task cannot be had any more: file and link have both gone."""
        if not self._is_gone(record):
            return None
        has_link = record.urls and (record.expires_at or 0.0) > self._now()
        return None if has_link else outcome.gone(record)

    def recover(self, record: TaskRecord) -> TaskRecord:
        """A task that is given again; it is about to fetch its film where that has gone.

        Raises LinkExpired when the film is lost.
        """
        if not self._is_gone(record):
            return record
        lost = self.lost(record)
        if lost is not None:
            raise lost
        return self._store.apply(record.key, Vanished())

    def _is_gone(self, record: TaskRecord) -> bool:
        return record.state is State.READY and self._media.existing(record) is None
