"""Showing tasks in the running cell: one panel in a notebook, one line elsewhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sora_nb.display.places import runs_without_a_person
from sora_nb.display.static_html import plain_text
from sora_nb.display.waiting import wait_for

if TYPE_CHECKING:
    from sora_nb.core.errors import SoraError
    from sora_nb.display.handle import Task

SETTLE = 30.0


def show_tasks(tasks: Sequence[Task], *, wait: bool = False) -> None:
    """Show one panel for ``tasks`` in the running cell; with ``wait`` block until all rest.

    A task that this cell shows already is not shown twice. With ``wait`` the first failed task's
    error is raised. In a notebook that is executed without a person the saved output is complete
    when this returns, with or without ``wait``: what comes after a cell is lost there.
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

    attended = not (wait or runs_without_a_person(shell, os.environ))
    output = Output(tasks, tasks[0].owner, attended=attended)
    output.open()
    if not attended:
        try:
            failures = _rest_all(tasks)
        finally:
            if all(task.record.finished for task in tasks):
                with suppress(TimeoutError):  # what the wait itself says matters more
                    wait_for(output.settled, SETTLE)
        if wait and failures:
            raise failures[0]


def shown_here(tasks: Sequence[Task]) -> bool:
    """Whether the running cell shows all of these tasks already."""
    stamp = _stamp(_shell())
    return stamp is not None and all(task.shown_in == stamp for task in tasks)


def _stamp(shell: Any) -> object:
    return None if shell is None else (id(shell), shell.execution_count)


def _rest_all(tasks: Sequence[Task]) -> list[SoraError]:
    """Every task to its end; the errors of those that failed, in order."""
    for task in tasks:
        task.rest()
    return [task.error for task in tasks if task.error is not None]


def _show_text(tasks: Sequence[Task], *, wait: bool) -> None:
    for task in tasks:
        print(plain_text(task.record))
    if wait:
        failures = _rest_all(tasks)
        for task in tasks:
            print(plain_text(task.record))
        if failures:
            raise failures[0]


def _shell() -> Any:
    """The running IPython shell, or None in a plain interpreter."""
    import sys

    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
