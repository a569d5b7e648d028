"""sora_nb: a notebook cell as a video studio.

    %load_ext sora_nb
    %sora a paper boat in the rain

Public names load at first use; importing this package starts nothing and loads nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from sora_nb._version import __version__ as __version__
    from sora_nb.client.client import Client
    from sora_nb.client.default import configure
    from sora_nb.client.functions import balance, generate, get, resume, sweep, tasks
    from sora_nb.client.studio import Studio
    from sora_nb.core.errors import (
        AuthenticationError,
        BudgetExceeded,
        DownloadError,
        InsufficientCredits,
        InvalidRequest,
        JournalError,
        LinkExpired,
        ModelUnavailable,
        PermissionDenied,
        RateLimited,
        ServiceError,
        ServiceUnreachable,
        SoraError,
        SubmitUnsure,
        TaskFailed,
        WaitTimeout,
    )
    from sora_nb.handles.sweep import Sweep
    from sora_nb.handles.task import Task
    from sora_nb.handles.tasks import Tasks
    from sora_nb.handles.video import Video

__all__ = [
    "AuthenticationError",
    "BudgetExceeded",
    "Client",
    "DownloadError",
    "InsufficientCredits",
    "InvalidRequest",
    "JournalError",
    "LinkExpired",
    "ModelUnavailable",
    "PermissionDenied",
    "RateLimited",
    "ServiceError",
    "ServiceUnreachable",
    "SoraError",
    "Studio",
    "SubmitUnsure",
    "Sweep",
    "Task",
    "TaskFailed",
    "Tasks",
    "Video",
    "WaitTimeout",
    "balance",
    "configure",
    "generate",
    "get",
    "resume",
    "sweep",
    "tasks",
]

_HOMES = {
    "client.client": ("Client",),
    "client.default": ("configure",),
    "client.functions": ("balance", "generate", "get", "resume", "sweep", "tasks"),
    "client.studio": ("Studio",),
    "handles.sweep": ("Sweep",),
    "handles.task": ("Task",),
    "handles.tasks": ("Tasks",),
    "handles.video": ("Video",),
    "_version": ("__version__",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF and name not in __all__:
        raise AttributeError(f"module 'sora_nb' has no attribute {name!r}")
    from importlib import import_module

    home = _HOME_OF.get(name, "core.errors")
    return getattr(import_module(f"sora_nb.{home}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """``%load_ext sora_nb``: registers ``%sora`` and ``%%sora``."""
    from sora_nb.magic.extension import load_ipython_extension

    load_ipython_extension(ipython)


def unload_ipython_extension(ipython: InteractiveShell) -> None:
    """``%unload_ext sora_nb``: takes the magics away again; tasks go on."""
    from sora_nb.magic.extension import unload_ipython_extension

    unload_ipython_extension(ipython)
