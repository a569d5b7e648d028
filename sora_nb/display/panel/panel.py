"""One panel in one output: live while its tasks move or somebody uses it, then plain HTML.

The panel is told on the private thread alone. The rewriting goes by display id, which works from a
thread at once and is what the notebook saves (docs/design/jupyter.md, "What survives"). Where the
plain page is an output of its own, it is right from a task's end on, and the player stays until
nobody uses it. Elsewhere the page takes the panel's place at the end: what the notebook holds by
then is saved.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sora_nb.core.errors import SoraError
from sora_nb.core.task import UNFINISHED, State, TaskRecord
from sora_nb.display.card.commands import CardCommands
from sora_nb.display.card.context import CardContext, context_of
from sora_nb.display.card.snapshot import Json, card
from sora_nb.display.host import paths
from sora_nb.display.host.host import host_here
from sora_nb.display.kit.cell import IDLE, CellOutput, SavedPage
from sora_nb.display.panel.saved import page_on_its_way, saved_page
from sora_nb.display.player.film_requests import FilmRequests

if TYPE_CHECKING:
    from sora_nb.display.kit.widget import LiveWidget
    from sora_nb.handles.ports import TaskClient
    from sora_nb.handles.task import Task


log = logging.getLogger(__name__)


class Panel:
    """Shows ``tasks`` in the cell that runs now.

    ``grace``: seconds that a task which rests without a film keeps its buttons, unused, where the
    plain page would take their place at once. ``player``: films that are ready keep the live
    player, beside the plain HTML. ``clock`` gives seconds for how long nobody used it.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        client: TaskClient,
        *,
        grace: float,
        player: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from sora_nb.display.kit.feed import Feed
        from sora_nb.display.kit.widget import LiveWidget

        self._tasks = list(tasks)
        self._client = client
        self._player = player
        self._clock = clock
        self._host = host_here()
        self._root = paths.server_root_of_kernel()
        feed = Feed("cards", by="key")
        head, cards = self._state()
        feed.replace(head, cards)
        self._shown = [card["key"] for card in cards]
        self._panel = LiveWidget(feed, client.now)
        self._place = CellOutput(self._panel.model_id, self._host)
        self._commands = CardCommands(
            client,
            FilmRequests(client, self._panel),
            replaced=self._replaced,
            refused=self._refused,
            playing=self._playing,
        )
        self._patience = IDLE if self._place.apart else grace
        self._used_until = 0.0
        self._used_no_more = asyncio.Event()
        self._rewriting: asyncio.Task[None] | None = None
        self.settled: concurrent.futures.Future[None] = concurrent.futures.Future()

    def open(self) -> LiveWidget:
        """Put the panel into the running cell, then follow the tasks on the private thread. Gives
        the widget, for a host that shows it as the value of a cell."""
        self._panel.on_command(lambda command: self._client.later(self.on_command(command)))
        if self._player and {record.state for record in self._records()} == {State.READY}:
            # Complete at once: what comes later by display id is lost by a page that is reloaded.
            page = saved_page(self._tasks, self._client, self._root, attended=True)
            self._place.live(page.bundle)
            self.settled.set_result(None)
            return self._panel
        self._place.live(page_on_its_way(self._records()))
        self._client.later(self._follow())
        return self._panel

    async def _follow(self) -> None:
        keys = [task.key for task in self._tasks]
        self._unfollow = self._client.board.listen(keys, self._changed)
        self._changed()

    def _changed(self, _keys: frozenset[str] = frozenset()) -> None:
        """On the private thread, after each burst of changes."""
        rests = not {record.state for record in self._records()} & UNFINISHED
        # Where the end rewrites the output, films appear once: with the rewriting.
        if not self._ends_at_once or self._used_until > self._clock():
            self.send_changes()
        if not rests and self._rewriting is not None:
            self._rewriting.cancel()
            self._rewriting = None
        elif rests and self._rewriting is None:
            self._rewriting = asyncio.create_task(self._rewrite())
            self._rewriting.add_done_callback(_report)

    async def _rewrite(self) -> None:
        """Make the output outlive kernel and page."""
        try:
            if self._place.apart:
                self._place.stand_in((await self._page()).bundle)
                self._settle()
            if not self._ends_at_once:
                self._used_until = max(self._used_until, self._clock() + self._patience)
            await self._unused()
            if self._host.rewrites:
                page = await self._page()
                if page.plays:
                    self._place.plain(page.bundle)
                elif not self._place.apart:
                    self._place.live(page.bundle)
        finally:
            self.send_changes()
            self._settle()

    @property
    def _ends_at_once(self) -> bool:
        """Whether the plain page takes the panel's place as soon as nobody watches a film in it."""
        states = {record.state for record in self._records()}
        return states == {State.READY} and self._host.rewrites and not self._place.apart

    async def _page(self) -> SavedPage:
        return await asyncio.to_thread(
            saved_page, self._tasks, self._client, self._root, attended=True
        )

    async def _unused(self) -> None:
        """Return when nobody uses the panel: rewriting it would take it out of their hands."""
        while (left := self._used_until - self._clock()) > 0:
            self._used_no_more.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._used_no_more.wait(), left)

    def _settle(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)

    async def on_command(self, command: dict[str, Any]) -> None:
        """Do what a button asks. Runs on the private loop; the click's own thread is free again."""
        self._used_until = max(self._used_until, self._clock() + self._patience)
        task = next((task for task in self._tasks if task.key == command.get("key")), None)
        if task is None:
            return
        await self._commands.on_command(task, command)

    async def _replaced(self, task: Task, new: Task) -> None:
        self._tasks[self._tasks.index(task)] = new
        self._unfollow()
        await self._follow()

    def _refused(self, _task: Task, _error: SoraError) -> None:
        self._changed()  # the card's own state says what is so; the click changes nothing

    def _playing(self, seconds: float) -> None:
        self._used_until = self._clock() + seconds + self._patience
        self._used_no_more.set()

    def send_changes(self) -> None:
        """A message for each task that changed: several of them in one would be a large one."""
        head, cards = self._state()
        if [card["key"] for card in cards] != self._shown:
            self._shown = [card["key"] for card in cards]
            self._panel.show(head, cards)
            return
        for one in cards:
            self._panel.change(head, [one])

    def _records(self) -> list[TaskRecord]:
        return [task.record for task in self._tasks]

    def _state(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The head and the cards of what the panel shows now."""
        silent = self._host.silent
        views = [context_of(task, self._root, silent=silent) for task in self._tasks]
        return panel_state(views, self._client.now())


def _report(done: asyncio.Task[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("an output could not be rewritten", exc_info=error)


def panel_state(views: Sequence[CardContext], now: float) -> tuple[Json, list[Json]]:
    """What one panel shows: its head, and a card for each task. ``now`` is in Unix seconds."""
    return {"version": 1, "view": "panel"}, [card(view, now) for view in views]
