"""What happens behind the Studio's form, on the private loop: films are asked for, their tasks are
followed, questions of the page are answered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sora_nb.catalog.models import MODELS
from sora_nb.core.errors import InvalidRequest, SoraError
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import VideoRequest
from sora_nb.display.card.cards import Cards
from sora_nb.display.card.commands import CardCommands
from sora_nb.display.host.paths import server_root_of_kernel
from sora_nb.display.studio import snapshot
from sora_nb.display.studio.fields import Fields, field_at_fault, read_fields
from sora_nb.display.studio.ports import StudioClient
from sora_nb.display.studio.task_list import StudioTasks
from sora_nb.engine.job_times import TELLING

if TYPE_CHECKING:
    from sora_nb.display.kit.widget import LiveWidget
    from sora_nb.display.studio.saved import SavedStudio
    from sora_nb.handles.task import Task

Json = dict[str, Any]
Command = dict[str, Any]

LOOK = 2.0
"""Seconds between looks at tasks that other cells and other kernels made."""

SPARING = 50
"""A look may take a fiftieth of the time until the next one."""


class StudioController:
    """Serves one Studio. ``owner_of`` gives the client of the moment: ``configure`` changes it.

    ``held`` gives the kernel's own fields; ``asked`` holds the keys of what was asked for here, in
    that order; ``picked`` the keys of films that a person picked. ``silent``: the host plays films
    without their sound.
    But for ``hand_over`` and ``open`` all of it runs on the private loop of that client.
    """

    def __init__(
        self,
        page: LiveWidget,
        client_of: Callable[[], StudioClient],
        held: Callable[[], Fields],
        *,
        silent: bool,
    ) -> None:
        self._page = page
        self._client_of = client_of
        self._held = held
        self._cards = Cards(page, server_root_of_kernel(), silent=silent)
        self._tasks: StudioTasks | None = None
        self.asked: dict[str, None] = {}
        self.picked: set[str] = set()
        self._saved: list[SavedStudio] = []
        self._answered: Json | None = None
        self._clicks: deque[int] = deque(maxlen=256)
        self._closed = False

    def on_command(self, command: Command) -> None:
        """Have a command of the page obeyed. Called on any thread."""
        try:
            client = self._client_of()
        except SoraError as error:  # no client can be made: nobody else tells the page anything
            if command["kind"] == "generate":
                said = snapshot.trouble(error, None)
                answer = snapshot.answered(_number(command) or 0, [], [], said)
                self._page.change({"answered": answer}, [])
            return
        client.later(self._on_command(client, command))

    def open(self) -> None:
        """Begin to follow the tasks. Called on any thread."""
        with suppress(SoraError):  # the first click says what is wrong
            client = self._client_of()
            client.later(self._on_command(client, {"kind": "open"}))

    def attach(self, saved: SavedStudio) -> None:
        """Have that page say what became of what was asked for here. Called on any thread."""
        self._saved.append(saved)
        self.open()

    def close(self) -> None:
        self._closed = True

    async def _on_command(self, client: StudioClient, command: Command) -> None:
        tasks = self._following(client)
        match command["kind"]:
            case "generate":
                self._generate(tasks, command)
            case "preview":
                self._preview(client, command)
            case "balance":
                await self._balance(client)
            case "open":
                self._keep(tasks)
            case _:
                if (task := tasks.get(command.get("key"))) is not None:
                    await self._commands(tasks).on_command(task, command)

    def _following(self, client: StudioClient) -> StudioTasks:
        tasks = self._tasks
        if tasks is None or tasks.client is not client:
            if tasks is not None:
                tasks.end()
            self._tasks = tasks = StudioTasks(
                client, self.asked, lambda keys: self._changed(client, keys), self._page
            )
            with suppress(SoraError):  # a journal that cannot be read: the first click says so
                tasks.look_again()
            self._show(tasks)
            client.later(self._look_out(tasks))
        return tasks

    async def _look_out(self, tasks: StudioTasks) -> None:
        """Notice what other cells and kernels do, and a client that took the place of this one."""
        loop = asyncio.get_running_loop()
        took = 0.0
        while True:
            await asyncio.sleep(max(LOOK, SPARING * took))
            if self._closed or self._tasks is not tasks:
                tasks.end()
                return
            with suppress(SoraError):
                if (client := self._client_of()) is not tasks.client:
                    client.later(self._on_command(client, {"kind": "open"}))
                    return
                began = loop.time()
                if tasks.poll():
                    self._show(tasks)
                took = loop.time() - began

    def _show(self, tasks: StudioTasks) -> None:
        self._page.show(self._head(tasks.client), tasks.rows(self.picked))

    def _changed(self, client: StudioClient, keys: frozenset[str]) -> None:
        if self._tasks is not None and self._tasks.client is client:
            self._page.change(self._head(client), self._tasks.moved(keys))
            self._cards.changed(keys)
            if not keys.isdisjoint(self.asked):
                self._keep(self._tasks)

    def _keep(self, tasks: StudioTasks) -> None:
        """Bring the pages that the notebook saves to what was asked for here, newest first."""
        asked = [task for key in reversed(self.asked) if (task := tasks.get(key)) is not None]
        for saved in self._saved:
            tasks.client.later(saved.save(asked, self.picked))

    def _head(self, client: StudioClient) -> Json:
        left: dict[str, float] = {}
        with suppress(SoraError):
            left = client.budget_left()
        return {**snapshot.head(client.settings, left), "answered": self._answered}

    def _generate(self, tasks: StudioTasks, command: Command) -> None:
        """Ask for all takes of one click or for none; a click that comes twice is the same one."""
        click = _number(command)
        if click is None or click in self._clicks:
            return
        self._clicks.append(click)
        made: list[Task] = []
        asked: Fields | None = None
        error: SoraError | None = None
        try:
            asked = read_fields(command.get("fields"), self._held())
            asked.request()
            made = _ask(tasks.client, asked)
        except SoraError as trouble:
            error = trouble
        said = None if error is None else _said(error, asked)
        keys = [task.key for task in made]
        reused = [task.key for task in made if task.reused]
        self._answered = snapshot.answered(click, keys, reused, said)
        for key in keys:
            self.asked.pop(key, None)  # asked for again: it is the newest
            self.asked[key] = None
        tasks.take_in(made)
        self._show(tasks)
        self._keep(tasks)

    def _preview(self, client: StudioClient, command: Command) -> None:
        """What one click would do now. Sends nothing."""
        answer: Json = {"kind": "preview", "request": _number(command), "problem": None}
        asked: Fields | None = None
        try:
            asked = read_fields(command.get("fields"), self._held())
            takes = range(1, asked.takes + 1)
            settings = asked.settings()
            answer["reuses"] = [
                client.preview(asked.prompt, take=take, **settings).reuses for take in takes
            ]
            answer["estimate"] = _estimate(client, asked.request())
        except SoraError as error:
            answer["problem"] = _said(error, asked)
        self._page.send(answer)

    async def _balance(self, client: StudioClient) -> None:
        try:
            answer: Json = {"usd": round(await asyncio.to_thread(client.balance), 2)}
        except SoraError as error:
            answer = {"error": error.message}
        self._page.send({"kind": "balance", **answer})

    def _pick(self, tasks: StudioTasks, task: Task, yes: bool) -> None:
        (self.picked.add if yes else self.picked.discard)(task.key)
        self._show(tasks)
        self._keep(tasks)

    async def _replaced(self, tasks: StudioTasks, old: Task, new: Task) -> None:
        if old.key in self.asked:
            del self.asked[old.key]
            self.asked[new.key] = None
        tasks.take_in([new])
        self._show(tasks)
        self._page.send({"kind": "instead", "key": old.key, "by": new.key})

    def _refused(self, task: Task, _error: SoraError) -> None:
        self._cards.open(task)  # the card's own state says what is so

    def _commands(self, tasks: StudioTasks) -> CardCommands:
        return CardCommands(
            tasks.client,
            tasks.films,
            replaced=partial(self._replaced, tasks),
            refused=self._refused,
            cards=self._cards,
            picked=partial(self._pick, tasks),
        )


def _ask(client: StudioClient, asked: Fields) -> list[Task]:
    """The takes: several are a sweep, for which the budget is reserved as one."""
    settings = {**asked.settings(), "new": asked.new}
    if asked.takes == 1:
        return [client.generate(asked.prompt, **settings)]
    rows = client.sweep([asked.prompt], takes=asked.takes, **settings).rows
    return [row.task for row in rows if row.task is not None]


def _number(command: Command) -> int | None:
    """The page's own number of a click or question."""
    number = command.get("request")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _said(error: SoraError, asked: Fields | None) -> Json:
    field = (
        field_at_fault(asked) if asked is not None and isinstance(error, InvalidRequest) else None
    )
    return snapshot.trouble(error, field)


def _estimate(client: StudioClient, request: VideoRequest) -> Json | None:
    record = new_record("", request, service=client.service, now=0.0)
    ends = client.board.job_times.of(record)
    known = request.model in MODELS or ends.seen >= TELLING
    return snapshot.estimate(ends) if known else None
