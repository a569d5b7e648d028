"""What a card of one task asks, in every view that shows cards: its buttons, its player, its
questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sora_nb.core.errors import SoraError
from sora_nb.core.task import State
from sora_nb.display.player import film_requests
from sora_nb.handles.task import task_of

if TYPE_CHECKING:
    from sora_nb.display.card.cards import Cards
    from sora_nb.handles.ports import TaskClient
    from sora_nb.handles.task import Task


class CardCommands:
    """Obeys on the private loop of ``client``; the page of ``films`` gets the answers.

    ``replaced`` is given the old task and the new one of another try; ``refused`` the task and the
    error of what could not be done. A view whose cards open and close has ``cards``; ``picked``
    hears which film a person picked or put back, ``playing`` the seconds for which a film plays.
    """

    def __init__(
        self,
        client: TaskClient,
        films: film_requests.FilmRequests,
        *,
        replaced: Callable[[Task, Task], Awaitable[None]],
        refused: Callable[[Task, SoraError], None],
        cards: Cards | None = None,
        picked: Callable[[Task, bool], None] | None = None,
        playing: Callable[[float], None] | None = None,
    ) -> None:
        self._client = client
        self._films = films
        self._replaced = replaced
        self._refused = refused
        self._cards = cards
        self._picked = picked
        self._playing = playing

    async def on_command(self, task: Task, command: dict[str, Any]) -> None:
        """Do what the card of ``task`` asks; what this view does not have is passed over."""
        try:
            match command["kind"]:
                case "stop":
                    await self._client.stop(task.key)
                case "watch":
                    self._client.watch(task.key)
                case "retry" | "resend":
                    # A second click of two finds a task that moves again, or a film.
                    if task.record.finished and task.record.state is not State.READY:
                        new = task_of(self._client, self._client.retry(task.key))
                        await self._replaced(task, new)
                case "card" if self._cards is not None:
                    self._cards.open(task)
                case "pick" if self._picked is not None:
                    self._picked(task, command.get("picked") is True)
                case "playing" if self._playing is not None:
                    self._playing(film_requests.seconds_of(command.get("seconds")))
                case kind if kind in film_requests.KINDS:
                    await self._films.answer(task.record, command)
        except SoraError as error:
            self._refused(task, error)
