"""What the engine needs from the floors below, as small protocols. They fit without knowing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sora_nb.core.task import Film, Report, TaskRecord, VideoRequest


class Fetch(Protocol):
    """Opens a result URL from byte ``start`` on; raises LinkExpired or DownloadError."""

    def __call__(
        self, url: str, *, start: int = 0, if_range: str | None = None
    ) -> AbstractAsyncContextManager[Any]: ...


class Service(Protocol):
    """The remote service. What ``submit`` raises decides about money (docs/design/charges.md):
    ServiceUnreachable and RateLimited are surely not charged, SubmitUnsure may be, every other
    SoraError is a refusal."""

    @property
    def fetch(self) -> Fetch: ...
    async def submit(self, request: VideoRequest) -> str: ...
    async def check(self, model: str, task_id: str) -> Report: ...
    async def balance(self) -> float: ...
    async def close(self) -> None: ...


class Journal(Protocol):
    """What is remembered. Every method may raise JournalError."""

    def create(self, record: TaskRecord, *, reuse: bool) -> TaskRecord: ...
    def replace(self, old: TaskRecord, new: TaskRecord, *, durable: bool) -> bool: ...
    def replace_all(
        self, pairs: Sequence[tuple[TaskRecord, TaskRecord]], *, durable: bool
    ) -> frozenset[str]: ...
    def get(self, key: str) -> TaskRecord | None: ...
    def all(self) -> list[TaskRecord]: ...
    def close(self) -> None: ...


class Media(Protocol):
    """Where films are kept."""

    def existing(self, record: TaskRecord) -> Film | None: ...
    async def save(
        self,
        record: TaskRecord,
        fetch: Fetch,
        *,
        url: str,
        on_progress: Callable[[int, int | None], None],
    ) -> Film: ...
