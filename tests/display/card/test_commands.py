"""What a card asks is done once for all views; each view says what follows from it."""

from typing import Any, cast

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import SoraError
from sora_nb.core.task import TaskRecord
from sora_nb.display.card.commands import CardCommands
from tests.support.records import PROCESSING, SENT, boat

MOVING = boat(9, *SENT, PROCESSING)
RESTS = boat(9, *SENT, PROCESSING, move.Stopped())


class View:
    """A client that fails if told to, films that answer nothing, and all that was heard."""

    def __init__(self, record: TaskRecord, error: SoraError | None = None) -> None:
        self.heard: list[Any] = []
        self.error = error
        self.task = cast(Any, type("One", (), {"key": record.key, "record": record}))

    async def stop(self, key: str) -> None:
        self.heard.append(("stop", key))
        if self.error is not None:
            raise self.error

    def retry(self, key: str) -> None:
        self.heard.append(("retry", key))
        raise SoraError("no budget")

    async def answer(self, record: TaskRecord, command: dict[str, Any]) -> None:
        self.heard.append((command["kind"], record.key))

    async def replaced(self, old: object, new: object) -> None:
        self.heard.append("replaced")

    async def ask(self, kind: str, **command: Any) -> list[Any]:
        commands = CardCommands(
            cast(Any, self),
            cast(Any, self),
            replaced=self.replaced,
            refused=lambda _, error: self.heard.append(error.message),
            playing=self.heard.append,
        )
        await commands.on_command(self.task, {"kind": kind, **command})
        return self.heard


async def test_what_cannot_be_done_is_told_to_the_view() -> None:
    view = View(MOVING, SoraError("the journal is full"))
    assert await view.ask("stop") == [("stop", MOVING.key), "the journal is full"]


@pytest.mark.parametrize("kind", ["retry", "resend"])
async def test_another_try_is_for_what_rests_without_a_film(kind: str) -> None:
    assert await View(MOVING).ask(kind) == []
    assert await View(RESTS).ask(kind) == [("retry", RESTS.key), "no budget"]


async def test_questions_about_the_film_go_to_who_answers_them() -> None:
    assert await View(MOVING).ask("poster") == [("poster", MOVING.key)]


async def test_a_view_hears_what_it_has_and_nothing_else() -> None:
    assert await View(MOVING).ask("playing", seconds=4) == [4.0]
    assert await View(MOVING).ask("card") == []
    assert await View(MOVING).ask("pick", picked=True) == []
    assert await View(MOVING).ask("used") == []
