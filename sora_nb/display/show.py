"""Showing tasks in the running cell: one panel in a notebook, one line elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sora_nb.display.static_html import plain_text
from sora_nb.display.waiting import wait_for

if TYPE_CHECKING:
    from sora_nb.display.handle import Task

SETTLE = 30.0


def show_tasks(tasks: Sequence[Task], *, wait: bool = False) -> None:
    """Show one panel for ``tasks`` in the running cell; with ``wait`` block until all rest.

    A task that this cell shows already is not shown twice. With ``wait`` the saved output is
    complete when this returns, and the first failed task's error is raised.
    """
    tasks = list(tasks)
    shell = _shell()
    if not tasks or (shown_here(tasks) and not wait):
        return
    for task in tasks:
        task.shown_in = _stamp(shell)
    if shell is None or not hasattr(shell, "kernel"):
        _show_text(tasks, wait=wait)
        return
    from sora_nb.display.output import Output

    output = Output(tasks, tasks[0].owner, attended=not wait)
    output.open()
    if wait:
        try:
            _wait_all(tasks)
        finally:
            if all(task.record.finished for task in tasks):
                with suppress(TimeoutError):  # what the wait itself says matters more
                    wait_for(output.settled, SETTLE)


def shown_here(tasks: Sequence[Task]) -> bool:
    """Whether the running cell shows all of these tasks already."""
    stamp = _stamp(_shell())
    return stamp is not None and all(task.shown_in == stamp for task in tasks)


def _stamp(shell: Any) -> object:
    return None if shell is None else (id(shell), shell.execution_count)


def _wait_all(tasks: Sequence[Task]) -> None:
    """Every task to its end, then the first one's error, if any."""
    errors = []
    for task in tasks:
        task.rest()
        if task.error is not None:
            errors.append(task.error)
    if errors:
        raise errors[0]


def _show_text(tasks: Sequence[Task], *, wait: bool) -> None:
    for task in tasks:
        print(plain_text(task.record))
    if wait:
        try:
            _wait_all(tasks)
        finally:
            for task in tasks:
                print(plain_text(task.record))


def _shell() -> Any:
    """The running IPython shell, or None in a plain interpreter."""
    import sys

    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
