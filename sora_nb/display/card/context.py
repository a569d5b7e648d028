"""What a card is made of beside the record itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sora_nb.core.task import TaskRecord
from sora_nb.display.player.film_source import film_source_of
from sora_nb.engine.board import Progress
from sora_nb.engine.polling import EndAges

if TYPE_CHECKING:
    from sora_nb.handles.task import Task


class CardContext(NamedTuple):
    """One card's ingredients beside the record itself.

    ``ends`` is what is known of such jobs beyond the service's documented times.
    ``shown_path`` is the film's path as a person would write it, ``server_path`` the one below the
    Jupyter server's root, or None where there is no such server. ``silent``: the host plays films
    without their sound.
    """

    record: TaskRecord
    progress: Progress | None = None
    ends: EndAges | None = None
    reused: bool = False
    shown_path: str | None = None
    server_path: str | None = None
    silent: bool = False


def context_of(task: Task, root: Path | None, *, silent: bool) -> CardContext:
    """All that the card of a task is made of."""
    record, client = task.record, task.client
    source = film_source_of(record, client, root)
    return CardContext(
        record,
        progress=client.board.progress(task.key),
        ends=client.board.job_times.of(record),
        reused=task.reused,
        shown_path=source and source.shown,
        server_path=source and source.server_path,
        silent=silent,
    )
