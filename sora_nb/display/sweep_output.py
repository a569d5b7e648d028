"""Showing a sweep in the running cell: its plan, then one panel for all of its films."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sora_nb.display.host import Host, host_here, shell_here
from sora_nb.display.saved_page import new_display_id, publish

if TYPE_CHECKING:
    from sora_nb.display.sweep import Sweep


def show_sweep(sweep: Sweep, *, wait: bool = False) -> None:
    """Show the sweep, once a cell; with ``wait`` block until all of its films rest.

    In a notebook that is executed without a person all films rest when this returns, with or
    without ``wait``: what comes after a cell is lost there.
    """
    host = host_here()
    if not sweep.started:
        _print(str(sweep.plan), host)
        return
    if host is Host.EXECUTED:
        sweep.wait()
    shell = shell_here()
    stamp = None if shell is None else (id(shell), shell.execution_count)
    if stamp is None or sweep.shown_in != stamp:
        sweep.shown_in = stamp
        _print(repr(sweep), host)
    if wait:
        sweep.wait()
        if host in (Host.TERMINAL, Host.SCRIPT):
            _print(repr(sweep), host)


def _print(text: str, host: Host) -> None:
    if host in (Host.TERMINAL, Host.SCRIPT):
        print(text, flush=True)
    else:
        publish({"text/plain": text}, new_display_id(), update=False)
