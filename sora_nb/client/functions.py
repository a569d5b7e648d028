"""The module-level functions: what ``Client`` offers, on the default client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sora_nb.client.default import default_client
from sora_nb.handles.sweep import Sweep
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks


def generate(
    prompt: str,
    *,
    duration: int = 4,
    aspect_ratio: str = "landscape",
    image: str | None = None,
    model: str = "sora-2",
    remove_watermark: bool = True,
    new: bool = False,
    take: int = 1,
    extra: Mapping[str, Any] | None = None,
) -> Task:
    """Ask for a film; see ``Client.generate``."""
    return default_client().generate(
        prompt,
        duration=duration,
        aspect_ratio=aspect_ratio,
        image=image,
        model=model,
        remove_watermark=remove_watermark,
        new=new,
        take=take,
        extra=extra,
    )


def sweep(
    prompts: Any,
    *,
    template: str | None = None,
    duration: Any = 4,
    aspect_ratio: Any = "landscape",
    image: Any = None,
    model: Any = "sora-2",
    remove_watermark: Any = True,
    takes: int = 1,
    extra: Any = None,
    columns: Mapping[str, str | None] | None = None,
    concurrency: int | None = None,
    new: bool = False,
    on_invalid: str = "raise",
    start: bool = True,
) -> Sweep:
    """Ask for many films at once, from prompts, a grid or a table; see ``Client.sweep``."""
    return default_client().sweep(
        prompts,
        template=template,
        duration=duration,
        aspect_ratio=aspect_ratio,
        image=image,
        model=model,
        remove_watermark=remove_watermark,
        takes=takes,
        extra=extra,
        columns=columns,
        concurrency=concurrency,
        new=new,
        on_invalid=on_invalid,
        start=start,
    )


def tasks() -> Tasks:
    """Every task of the journal, newest first."""
    return default_client().tasks()


def get(key: str) -> Task:
    """The task of that key. Raises InvalidRequest when the journal has none."""
    return default_client().get(key)


def resume() -> Tasks:
    """Take up every unfinished task again; see ``Client.resume``."""
    return default_client().resume()


def balance() -> float:
    """What is left at the service, in USD. Raises SoraError."""
    return default_client().balance()
