"""Stand-ins for the client of handles, with a board that the test writes on."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import Submission, TaskRecord
from sora_nb.display import presenter
from sora_nb.engine.board import Board
from sora_nb.handles.ports import Presenter
from tests.support.own_loop import run_alone
from tests.support.records import (
    NOW,
)


class Desk:
    """The owner of handles, with a board that the test writes on."""

    def __init__(self, *records: TaskRecord) -> None:
        self.board = Board(lambda _seconds, _function: None)
        self.notebook_folder = Path("/home/ada/films")
        self.embed = False
        self.chosen_frames: dict[str, float] = {}
        self.presenter: Presenter = presenter
        for record in records:
            self.board.put(record)

    def now(self) -> float:
        return NOW

    def finished(self, key: str) -> concurrent.futures.Future[TaskRecord]:
        waiter: concurrent.futures.Future[TaskRecord] = concurrent.futures.Future()
        self.board.wait_finished(key, waiter)
        return waiter

    def run(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        done.set_result(run_alone(work))
        return done

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        raise NotImplementedError

    async def stop(self, key: str) -> None:
        self.board.put(advance(self.board[key], move.Stopped(), NOW))

    def watch(self, key: str) -> None:
        self.board.put(advance(self.board[key], move.Watched(), NOW))

    def retry(self, key: str) -> Submission:
        return Submission(self.board[key])

    def adopt(self, key: str, task_id: str) -> None:
        self.board.put(advance(self.board[key], move.Accepted(task_id=task_id), NOW))

    def forget(self, key: str) -> None:
        self.board.put(advance(self.board[key], move.Forgotten(), NOW))


class LoopDesk(Desk):
    """Runs what is for later when the test says so."""

    def __init__(self, *records: Any) -> None:
        super().__init__(*records)
        self.waiting: list[Coroutine[Any, Any, Any]] = []

    def later(self, work: Coroutine[Any, Any, Any]) -> None:
        self.waiting.append(work)

    async def work(self) -> None:
        while self.waiting:
            await self.waiting.pop(0)
