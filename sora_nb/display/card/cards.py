"""The cards that pages look at: sent when one is opened, then what a change of its task alters.

A list's rows are small; the card of one task, with its timeline, film and advice, comes on demand.
The other side is ``js/src/card/follow_card.ts``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sora_nb.display.card import snapshot
from sora_nb.display.card.context import context_of
from sora_nb.display.kit.feed import changed

if TYPE_CHECKING:
    from sora_nb.display.player.film_requests import Page
    from sora_nb.handles.task import Task

FOLLOWED = 24
"""Cards that are kept up to date: a comparison of nine in two pages, and some more."""


class Cards:
    """Answers on the private loop. ``root`` is the Jupyter server's root, or None; ``silent``: the
    host plays films without their sound."""

    def __init__(self, page: Page, root: Path | None, *, silent: bool) -> None:
        self._page = page
        self._root = root
        self._silent = silent
        self._open: OrderedDict[str, Task] = OrderedDict()
        self._sent: dict[str, tuple[int, snapshot.Json]] = {}

    def open(self, task: Task) -> None:
        """Send the whole card of a task now, and what differs whenever it changes."""
        self._open[task.key] = task
        self._open.move_to_end(task.key)
        while len(self._open) > FOLLOWED:
            key, _ = self._open.popitem(last=False)
            self._sent.pop(key, None)
        self._sent.pop(task.key, None)
        self._send(task)

    def changed(self, keys: Iterable[str]) -> None:
        """Send what is different now of those that are open."""
        for key in self._open.keys() & set(keys):
            self._send(self._open[key])

    def _send(self, task: Task) -> None:
        """``number`` counts the messages since the whole card, so that a page misses none."""
        now = task.client.now()
        card = snapshot.card(context_of(task, self._root, silent=self._silent), now)
        number, before = self._sent.get(task.key, (0, {}))
        fields = changed(before, card)
        if not fields:
            return
        self._sent[task.key] = (number + 1, card)
        told = {"key": task.key, **fields}
        self._page.send({"kind": "card", "number": number + 1, "card": told, "at": round(now, 3)})
