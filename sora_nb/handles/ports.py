"""What handles need from the client that made them. These ports speak in records, never in handles:
so a handle may name its port, and the port names no handle."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sora_nb.core.task import Submission, TaskRecord, VideoRequest
from sora_nb.engine.batch import Batch
from sora_nb.engine.board import Board
from sora_nb.planning.outlook import Outlook

T = TypeVar("T")


class Presenter(Protocol):
    """Shows handles. A handle knows no view: it asks its client's presenter, which looks at what
    the handle is."""

    def show(self, handle: object, *, wait: bool = False) -> None:
        """Show it in the running cell, once a cell; with ``wait`` block until it rests."""

    def view(self, handle: object) -> object:
        """What a host without display ids (marimo) shows as the value of a cell."""

    def gallery(self, handle: object, *, comparing: bool = False) -> None:
        """Show its films in a live list; ``comparing`` opens all of them side by side."""


class TaskClient(Protocol):
    """What a task needs from the client that made it."""

    @property
    def board(self) -> Board: ...
    @property
    def notebook_folder(self) -> Path: ...
    @property
    def embed(self) -> bool: ...
    @property
    def chosen_frames(self) -> dict[str, float]: ...
    @property
    def presenter(self) -> Presenter: ...
    def now(self) -> float: ...
    def finished(self, key: str) -> concurrent.futures.Future[TaskRecord]: ...
    def run(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]: ...
    def later(self, work: Coroutine[Any, Any, Any]) -> None: ...
    def watch(self, key: str) -> None: ...
    def retry(self, key: str) -> Submission: ...
    def adopt(self, key: str, task_id: str) -> None: ...
    def forget(self, key: str) -> None: ...
    async def stop(self, key: str) -> None: ...


class SweepClient(TaskClient, Protocol):
    """What a sweep needs from the client that made it."""

    def begin(
        self, requests: Sequence[VideoRequest], batch: Batch, *, new: bool
    ) -> list[Submission]: ...
    def begin_again(self, keys: Sequence[str], batch: Batch, *, new: bool) -> list[Submission]: ...
    def batch(self, concurrency: int) -> Batch: ...
    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Outlook: ...
    def call(self, act: Callable[[], T]) -> T: ...
