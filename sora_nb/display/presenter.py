"""Shows handles in the running cell: one panel or gallery in a notebook, lines of text elsewhere.

Handles know no view: they hand themselves over (``handles.ports.Presenter``), and what they are
decides how they are shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sora_nb.core.errors import SoraError, WaitTimeout
from sora_nb.core.task import State
from sora_nb.display.gallery.gallery import Gallery
from sora_nb.display.host.host import Host, host_here, running_cell
from sora_nb.display.host.paths import beside, server_root_of_kernel
from sora_nb.display.kit.cell import new_display_id, publish
from sora_nb.display.panel.panel import Panel
from sora_nb.display.panel.saved import page_on_its_way, saved_page
from sora_nb.display.rows.saved import gallery_page
from sora_nb.display.rows.source import TaskSource
from sora_nb.display.text.terminal import terminal_text
from sora_nb.handles.sweep import Sweep
from sora_nb.handles.sweep_rows import progress_of
from sora_nb.handles.sweep_table import text_of
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.waiting import wait_for

if TYPE_CHECKING:
    from sora_nb.display.rows.source import Source

GRACE = 20.0
"""Seconds that the unused buttons of a failed, unsure or stopped task stay where the plain page
takes their place."""

SETTLE = 30.0

BEAT = 0.3
"""Seconds between two looks at a task that a terminal waits for."""


_shown_in: WeakKeyDictionary[object, object] = WeakKeyDictionary()
"""The cell that showed a handle last: running one cell shows it once."""


def show(handle: object, *, wait: bool = False) -> None:
    """Show a task, tasks or a sweep in the running cell, once a cell.

    With ``wait`` block until it rests. In a notebook that is executed without a person all is
    complete when this returns, with or without ``wait``: what comes after a cell is lost there.
    """
    if isinstance(handle, Task):
        show_tasks([handle], wait=wait)
    elif isinstance(handle, Tasks):
        _show_table(handle)
    elif isinstance(handle, Sweep):
        show_sweep(handle, wait=wait)


def view(handle: object) -> object:
    """What marimo shows as the value of a cell: the live widget itself.

    marimo runs cells without IPython: nothing can be published there, and nothing rewritten later.
    """
    if isinstance(handle, Sweep) and not handle.started:
        return str(handle.plan)
    if isinstance(handle, Sweep):
        return Gallery(handle, Host.MARIMO).open()
    assert isinstance(handle, Task)
    return Panel([handle], handle.client, grace=GRACE).open()


def gallery(handle: object, *, comparing: bool = False) -> None:
    """Show all films of a sweep or of tasks in one list that stays live."""
    source = TaskSource(handle) if isinstance(handle, Tasks) else handle
    assert isinstance(source, Sweep | TaskSource)
    _show_gallery(source, live=True, comparing=comparing)


def _show_table(tasks: Tasks) -> None:
    """The table, unless this cell has a panel of just these tasks: one output is enough."""
    if not _shown_here(tasks):
        bundle = {"text/plain": repr(tasks), "text/html": tasks._repr_html_()}
        publish(bundle, new_display_id(), update=False)


def show_sweep(sweep: Sweep, *, wait: bool = False) -> None:
    """Show the sweep's plan before its start, then one gallery for all of its films."""
    if not _shown_here([sweep]):
        _mark_shown([sweep])
        if sweep.started:
            _show_gallery(sweep)
        elif host_here().has_page:
            publish({"text/plain": str(sweep.plan)}, new_display_id(), update=False)
        else:
            print(sweep.plan, flush=True)
    if wait:
        sweep.wait()
        if host_here() in (Host.TERMINAL, Host.SCRIPT):
            _show_gallery(sweep)  # text does not change by itself


def _show_gallery(source: Source, *, live: bool = False, comparing: bool = False) -> None:
    """With ``live`` it stays a live widget, beside plain HTML for whoever cannot draw it; otherwise
    it becomes plain HTML once all its tasks rest and nobody has used it for ten minutes.
    ``comparing`` opens all films side by side."""
    host = host_here()
    if host in (Host.TERMINAL, Host.SCRIPT):
        sys.stdout.write(text_of(source.rows, progress_of(source.rows)) + "\n")
    elif host is Host.EXECUTED:
        for row in source.rows:
            if row.task is not None:
                with suppress(SoraError):  # held back in an outage, which the page says
                    row.task.rest()
        page = gallery_page(source, server_root_of_kernel(), host)
        publish(page.bundle, new_display_id(), update=False)
    else:
        Gallery(source, host, live=live, comparing=comparing).open()


def show_tasks(tasks: Sequence[Task], *, wait: bool = False, player: bool = False) -> None:
    """Show one panel for ``tasks`` in the running cell; with ``wait`` block until all rest.

    With ``player`` films that are ready already keep the live player instead of plain HTML.

    A task that this cell shows already is not shown twice. With ``wait`` the first failed task's
    error is raised. In a notebook that is executed without a person the saved output is complete
    when this returns, with or without ``wait``: what comes after a cell is lost there.
    """
    tasks = list(tasks)
    if not tasks or (_shown_here(tasks) and not wait):
        return
    _mark_shown(tasks)
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
    output = Panel(tasks, tasks[0].client, grace=0.0 if wait else GRACE, player=player)
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
    page = saved_page(tasks, tasks[0].client, server_root_of_kernel(), attended=False)
    publish(page.bundle, display_id, update=True)
    return failures


def _shown_here(handles: Sequence[object]) -> bool:
    """Whether the running cell shows all of these already."""
    cell = running_cell()
    return bool(handles) and cell is not None and all(_shown_in.get(one) == cell for one in handles)


def _mark_shown(handles: Sequence[object]) -> None:
    cell = running_cell()
    for handle in handles:
        _shown_in[handle] = cell


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
        shown_path=beside(path, task.client.notebook_folder) if path else None,
        reused=task.reused,
        hint=hint,
    )
    print(text, flush=True)
    return record.state


def _rests(task: Task) -> bool:
    """Whether nothing happens to the task by itself any more. Waits for that one BEAT at most, so
    that the other tasks are looked at in between."""
    try:
        task.rest(BEAT)
    except WaitTimeout:
        return False
    return True
