"""What marimo shows as the value of a cell: the live widget itself.

marimo runs cells without IPython: nothing can be published there, and nothing rewritten later. It
shows an object by what its ``_display_`` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.display.gallery_output import GalleryOutput
from sora_nb.display.host import Host
from sora_nb.display.output import Output
from sora_nb.display.show import GRACE

if TYPE_CHECKING:
    from sora_nb.display.handle import Task
    from sora_nb.display.sweep import Sweep
    from sora_nb.display.widget import LiveWidget


def task_view(task: Task) -> LiveWidget:
    """The task's panel, which becomes its player."""
    output = Output([task], task.owner, grace=GRACE)
    output.open()
    return output.widget


def sweep_view(sweep: Sweep) -> LiveWidget | str:
    """The sweep's gallery; before it is started, its plan."""
    if not sweep.started:
        return str(sweep.plan)
    output = GalleryOutput(sweep, Host.MARIMO)
    output.open()
    return output.widget
