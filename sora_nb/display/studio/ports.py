"""What the Studio needs from a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sora_nb.handles.ports import TaskClient

if TYPE_CHECKING:
    from sora_nb.handles.sweep import Sweep
    from sora_nb.handles.task import Task
    from sora_nb.handles.tasks import Tasks
    from sora_nb.planning.pricing import Preview
    from sora_nb.settings.settings import Settings


class StudioClient(TaskClient, Protocol):
    """What the Studio needs from a client."""

    @property
    def settings(self) -> Settings: ...
    @property
    def service(self) -> str: ...
    @property
    def generate(self) -> Callable[..., Task]: ...
    @property
    def sweep(self) -> Callable[..., Sweep]: ...
    @property
    def preview(self) -> Callable[..., Preview]: ...
    def budget_left(self) -> dict[str, float]: ...
    def balance(self) -> float: ...
    def tasks(self) -> Tasks: ...
    def get(self, key: str) -> Task: ...
    def keys(self) -> list[str]: ...
