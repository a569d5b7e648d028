"""What a saved notebook keeps of the Studio: the films that were asked for in it."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Sequence
from html import escape
from typing import TYPE_CHECKING

from sora_nb.display.host.paths import server_root_of_kernel
from sora_nb.display.kit.cell import Bundle
from sora_nb.display.kit.html import CLASS
from sora_nb.display.rows.saved import gallery_page
from sora_nb.display.rows.source import TaskSource
from sora_nb.handles.tasks import Tasks

if TYPE_CHECKING:
    from sora_nb.display.host.host import Host
    from sora_nb.display.kit.cell import CellOutput
    from sora_nb.handles.task import Task


class SavedStudio:
    """The plain page of one cell that shows the form. Used on the private loop."""

    def __init__(self, cell: CellOutput, host: Host) -> None:
        self._cell = cell
        self._host = host
        self._root = server_root_of_kernel()
        self._kept: list[tuple[str, str, bool]] = []

    async def save(self, tasks: Sequence[Task], picked: Container[str] = ()) -> None:
        """Rewrite the page once all of these rest, unless it says so already; those with ``picked``
        keys come first."""
        now = [(task.key, task.state, task.key in picked) for task in tasks]
        if not tasks or now == self._kept or not all(task.record.finished for task in tasks):
            return
        self._kept = now
        shown = Tasks(tasks)
        for task in tasks:
            shown.pick(task.key, task.key in picked)
        films = await asyncio.to_thread(gallery_page, TaskSource(shown), self._root, self._host)
        if self._kept is now:  # else a later call has more to say
            self._cell.stand_in(saved_studio(films.bundle))


TITLE = "The Studio: a form that makes films"


AGAIN = "It is drawn by the notebook's kernel: run its cell again to open it."


FILMS = "lists every film made so far, "


IN_TEXT = "sora_nb.generate('a paper boat in the rain') makes a film from here."


def saved_studio(films: Bundle | None = None) -> Bundle:
    """The form itself is no result: the films are. ``films``: the page of those asked for in it."""
    page = (
        f"<p><strong>{escape(TITLE)}</strong></p><p>{escape(AGAIN)} <code>%sora tasks</code> "
        f"{escape(FILMS)}<code>%sora show KEY</code> plays one.</p>"
    )
    html, text = f'<div class="{CLASS}">{page}</div>', saved_text()
    if films is None:
        return {"text/html": html, "text/plain": text}
    return {"text/html": html + films["text/html"], "text/plain": f"{text}\n{films['text/plain']}"}


def saved_text() -> str:
    """The same in words alone."""
    return f"{TITLE}. {AGAIN}\n`%sora tasks` {FILMS}`%sora show KEY` plays one. {IN_TEXT}"
