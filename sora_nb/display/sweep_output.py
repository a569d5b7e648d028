"""Showing a sweep in the running cell: its plan, then one gallery for all of its films."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.display.gallery_output import show_gallery
from sora_nb.display.host import Host, host_here, shell_here
from sora_nb.display.saved_page import new_display_id, publish

if TYPE_CHECKING:
    from sora_nb.display.sweep import Sweep


def show_sweep(sweep: Sweep, *, wait: bool = False) -> None:
    """Show the sweep, once a cell; with ``wait`` block until all of its films rest.

    In a notebook that is executed without a person all films rest when this returns, with or
    without ``wait``: what comes after a cell is lost there.
    """
    shell = shell_here()
    stamp = None if shell is None else (id(shell), shell.execution_count)
    if stamp is None or sweep.shown_in != stamp:
        sweep.shown_in = stamp
        if sweep.started:
            show_gallery(sweep)
        elif host_here().has_page:
            publish({"text/plain": str(sweep.plan)}, new_display_id(), update=False)
        else:
            print(sweep.plan, flush=True)
    if wait:
        sweep.wait()
        if host_here() in (Host.TERMINAL, Host.SCRIPT):
            show_gallery(sweep)  # text does not change by itself
