"""One gallery in one output: live while its tasks move or somebody uses it, then plain HTML.

The widget is told on the private thread alone, by patches whose size does not depend on the number
of rows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sora_nb.core.errors import SoraError
from sora_nb.display.card.cards import Cards
from sora_nb.display.card.commands import CardCommands
from sora_nb.display.gallery.state import GalleryState
from sora_nb.display.host import paths
from sora_nb.display.host.host import Host
from sora_nb.display.kit.cell import IDLE, CellOutput, SavedPage
from sora_nb.display.player.film_requests import FilmRequests
from sora_nb.display.rows.saved import gallery_page, on_its_way

if TYPE_CHECKING:
    from sora_nb.display.kit.widget import LiveWidget
    from sora_nb.display.rows.source import Source
    from sora_nb.handles.task import Task

BEAT = 1.0
"""Seconds between looks at what changes without a word: a start, a pause, a retry in Python."""

_TOLD_EVERY = 5
"""Beats between two estimates."""


class Gallery:
    """Shows ``source`` in the cell that runs now. ``clock`` gives seconds for how long nobody used
    it."""

    def __init__(
        self,
        source: Source,
        host: Host,
        *,
        live: bool = False,
        comparing: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from sora_nb.display.kit.feed import Feed
        from sora_nb.display.kit.widget import LiveWidget

        self._source = source
        self._client = source.client
        self._host = host
        self._live = live
        self._clock = clock
        self._root = paths.server_root_of_kernel()
        self._state = GalleryState(source, comparing=comparing)
        feed = Feed("rows", by="n")
        feed.replace(*self._state.whole())
        self.widget = LiveWidget(feed, self._client.now)
        self._cell = CellOutput(self.widget.model_id, host)
        self._cards = Cards(self.widget, self._root, silent=host.silent)
        self._commands = CardCommands(
            self._client,
            FilmRequests(self._client, self.widget),
            replaced=self._replaced,
            refused=self._refused,
            cards=self._cards,
            picked=self._pick,
            playing=self._playing,
        )
        self._unlisten: Callable[[], None] = lambda: None
        self._busy_until = clock() + IDLE
        self._beats = 0
        self._stands_in = False
        self._rewritten = False
        self._left = False

    def open(self) -> LiveWidget:
        """Put the gallery into the running cell, then follow its tasks on the private thread. Gives
        the widget, for a host that shows it as the value of a cell."""
        self.widget.on_command(lambda command: self._client.later(self.on_command(command)))
        self._cell.live(on_its_way(self._source))
        self._client.later(self._follow())
        return self.widget

    async def _follow(self) -> None:
        self._listen()
        self._changed(frozenset(self._state.keys))  # since this was made, or was left
        while True:
            if await self.poll():
                break
            await asyncio.sleep(BEAT)
        self._left = True

    def _come_back(self) -> None:
        """Follow again, once something happens to what was left."""
        if self._left:
            self._left = False
            self._client.later(self._follow())

    def _listen(self) -> None:
        self._unlisten()
        self._unlisten = self._client.board.listen(self._state.keys, self._changed)

    def _changed(self, keys: frozenset[str]) -> None:
        """On the private thread, after each burst of changes."""
        self._come_back()
        self.widget.change(*self._state.changed(keys))
        self._cards.changed(keys)

    async def poll(self) -> bool:
        """One beat: bring the page to what Python changed; whether there is nothing to follow until
        somebody uses it again."""
        if self._state.retaken():
            self._listen()
            self.widget.show(*self._state.whole())
        if self._beats % _TOLD_EVERY == 0:
            self.widget.change(self._state.head(), [])
        self._beats += 1
        if not self._state.rests:
            self._stands_in = self._rewritten = False
            return False
        if self._cell.apart and not self._stands_in:
            self._stands_in = True
            self._cell.stand_in((await self._page()).bundle)
        if self._clock() < self._busy_until:
            return False
        if self._host.rewrites and not self._rewritten:
            self._rewritten = True
            await self._rewrite()
        return self._state.rests

    async def _rewrite(self) -> None:
        """Make the output plain HTML, or put the page beside a widget that stays."""
        page = await self._page()
        if not self._state.rests:
            return
        if page.plays and not self._live:
            self._cell.plain(page.bundle)
        elif not self._cell.apart:  # else the page was rewritten, and the widget need not be
            self._cell.live(page.bundle)

    async def _page(self) -> SavedPage:
        return await asyncio.to_thread(gallery_page, self._source, self._root, self._host)

    async def on_command(self, command: dict[str, Any]) -> None:
        """Do what a page asks. Runs on the private loop; the click's own thread is free again."""
        kind = command["kind"]
        self._busy_until = max(self._busy_until, self._clock() + IDLE)
        self._come_back()
        if kind == "sweep":
            await self._act(command.get("act"))
        elif (task := self._state.task(command.get("key"))) is not None:
            await self._commands.on_command(task, command)

    async def _act(self, act: object) -> None:
        """What a button above the rows asks of all of them."""
        if self._source.concurrency is None or not isinstance(act, str):
            return
        try:
            said = await self._source.act(act)
            self._beats = 0
            await self.poll()
        except SoraError as error:
            said = _words(error)
        self.announce(said)

    async def _replaced(self, old: Task, new: Task) -> None:
        """Its rows have the new task from now on."""
        for row in self._source.rows:
            if row.task is not None and row.task.key == old.key:
                row.take(new)
        await self.poll()
        self._cards.open(new)

    def _refused(self, _task: Task, error: SoraError) -> None:
        self.announce(_words(error))

    def _pick(self, task: Task, yes: bool) -> None:
        self._source.pick(task.key, yes)
        self.widget.change({}, self._state.picked(task.key, yes))

    def _playing(self, seconds: float) -> None:
        self._busy_until = self._clock() + seconds + IDLE

    def announce(self, note: str | None) -> None:
        self._state.note = note
        self.widget.change({"note": note}, [])


def _words(error: SoraError) -> str:
    return f"{error.message} {error.advice}".strip()
