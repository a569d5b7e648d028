"""Showing tasks in the running cell: one panel in a notebook, one line elsewhere."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sora_nb.display.places import runs_without_a_person, server_root_of_kernel
from sora_nb.display.saved_page import new_display_id, page_on_its_way, publish, saved_page
from sora_nb.display.static_html import plain_text
from sora_nb.display.waiting import wait_for

if TYPE_CHECKING:
    from sora_nb.core.errors import SoraError
    from sora_nb.display.handle import Task

GRACE = 20.0
"""Seconds that the buttons of a failed, unsure or stopped task stay before it is rewritten."""

SETTLE = 30.0


def show_tasks(tasks: Sequence[Task], *, wait: bool = False, player: bool = False) -> None:
    """Show one panel for ``tasks`` in the running cell; with ``wait`` block until all rest.

    With ``player`` films that are ready already keep the live player instead of plain HTML.

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
    if runs_without_a_person(shell, os.environ):
        failures = _show_executed(tasks)
    else:
        failures = _show_live(tasks, wait=wait, player=player)
    if wait and failures:
        raise failures[0]


def _show_live(tasks: Sequence[Task], *, wait: bool, player: bool) -> list[SoraError]:
    """A panel that moves while its tasks do; with ``wait`` until all rest."""
    from sora_nb.display.output import Output

    output = Output(tasks, tasks[0].owner, grace=0.0 if wait else GRACE, player=player)
    output.open()
    if not wait:
        return []
    try:
        return _rest_all(tasks)
    finally:
        if all(task.record.finished for task in tasks):
            with suppress(TimeoutError):  # what the wait itself says matters more
                wait_for(output.settled, SETTLE)


def _show_executed(tasks: Sequence[Task]) -> list[SoraError]:
    """Nobody looks on: no widget, whose state would only be stored with the notebook."""
    display_id = new_display_id()
    publish(page_on_its_way([task.record for task in tasks]), display_id, update=False)
    failures = _rest_all(tasks)
    page = saved_page(tasks, tasks[0].owner, server_root_of_kernel(), attended=False)
    publish(page.bundle, display_id, update=True)
    return failures


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
