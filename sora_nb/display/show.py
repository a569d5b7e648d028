"""Showing tasks in the running cell: one panel in a notebook, one line elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sora_nb.core.errors import WaitTimeout
from sora_nb.core.task import State
from sora_nb.display.host import Host, host_here, shell_here
from sora_nb.display.places import beside, server_root_of_kernel
from sora_nb.display.saved_page import new_display_id, page_on_its_way, publish, saved_page
from sora_nb.display.terminal import terminal_text
from sora_nb.display.waiting import wait_for

if TYPE_CHECKING:
    from sora_nb.core.errors import SoraError
    from sora_nb.display.handle import Task

GRACE = 20.0
"""Seconds that the unused buttons of a failed, unsure or stopped task stay where the plain page
takes their place."""

SETTLE = 30.0

BEAT = 0.3
"""Seconds between two looks at a task that a terminal waits for."""


def show_tasks(tasks: Sequence[Task], *, wait: bool = False, player: bool = False) -> None:
    """Show one panel for ``tasks`` in the running cell; with ``wait`` block until all rest.

    With ``player`` films that are ready already keep the live player instead of plain HTML.

    A task that this cell shows already is not shown twice. With ``wait`` the first failed task's
    error is raised. In a notebook that is executed without a person the saved output is complete
    when this returns, with or without ``wait``: what comes after a cell is lost there.
    """
    tasks = list(tasks)
    if not tasks or (shown_here(tasks) and not wait):
        return
    for task in tasks:
        task.shown_in = _stamp(shell_here())
    host = host_here()
    if host in (Host.TERMINAL, Host.SCRIPT):
        failures = _show_text(tasks, wait=wait)
    elif host is Host.EXECUTED:
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
    stamp = _stamp(shell_here())
    return stamp is not None and all(task.shown_in == stamp for task in tasks)


def _stamp(shell: Any) -> object:
    return None if shell is None else (id(shell), shell.execution_count)


def _rest_all(tasks: Sequence[Task]) -> list[SoraError]:
    """Every task to its end; the errors of those that failed, in order."""
    for task in tasks:
        task.rest()
    return [task.error for task in tasks if task.error is not None]


def _show_text(tasks: Sequence[Task], *, wait: bool) -> list[SoraError]:
    """A line for each task; with ``wait`` another one for each change, until all rest."""
    told = {task.key: _tell(task, hint=not wait) for task in tasks}
    while wait:
        resting = [_rests(task) for task in tasks]
        for task in tasks:
            if task.record.state is not told[task.key]:
                told[task.key] = _tell(task, hint=False)
        if all(resting):
            return _rest_all(tasks)
    return []


def _tell(task: Task, *, hint: bool) -> State:
    record = task.record
    path = Path(record.film.path) if record.film else None
    text = terminal_text(
        record,
        styled=sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
        shown_path=beside(path, task.owner.notebook_folder) if path else None,
        reused=task.reused,
        hint=hint,
    )
    print(text, flush=True)
    return record.state


def _rests(task: Task) -> bool:
    """Whether it does, after a beat at most."""
    try:
        task.rest(BEAT)
    except WaitTimeout:
        return False
    return True
