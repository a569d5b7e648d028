"""Which place a notebook runs in, told from what only that place sets.

JupyterLab and Notebook 7 talk to a kernel in the same words: both are ``JUPYTER``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from sora_nb.display.host.paths import VSCODE_FILE, notebook_folder, runs_without_a_person


class Host(Enum):
    """A place; its value is the name that a person reads."""

    JUPYTER = "Jupyter"
    VSCODE = "VS Code"
    COLAB = "Colab"
    VOILA = "Voila"
    MARIMO = "marimo"
    EXECUTED = "executed without a person"
    TERMINAL = "IPython in a terminal"
    SCRIPT = "plain Python"

    @property
    def has_page(self) -> bool:
        """Whether a browser draws widgets there, now."""
        return self not in (Host.EXECUTED, Host.TERMINAL, Host.SCRIPT)

    @property
    def rewrites(self) -> bool:
        """Whether an output can be replaced later, through its display id.

        Voila draws the page that it was given; marimo knows no display ids (both seen in the
        browser tests).
        """
        return self not in (Host.VOILA, Host.MARIMO)

    @property
    def gives_files(self) -> bool:
        """Whether the page can get a file of the kernel's machine through ``/files/``."""
        return self in (Host.JUPYTER, Host.VOILA)

    @property
    def silent(self) -> bool:
        """Whether films play without their sound: VS Code's Electron has H.264 and no AAC
        (microsoft/vscode issue 158972)."""
        return self is Host.VSCODE


def host(environ: Mapping[str, str], modules: Mapping[str, Any], shell: object) -> Host:
    """The place. ``modules`` are the loaded ones, ``shell`` is IPython's, or None.

    - marimo runs cells without IPython and answers ``running_in_notebook`` itself.
    - Voila sets ``SERVER_SOFTWARE`` for its kernels (voila/app.py).
    - Colab's kernel is a subclass out of ``google.colab``, which is therefore loaded.
    - VS Code puts ``__vsc_ipynb_file__`` into a notebook's variables; its interactive window has
      only ``VSCODE_PID``, which a Jupyter server started from its terminal inherits: such a
      server's kernels have ``JPY_SESSION_NAME`` as well.
    """
    in_marimo = getattr(modules.get("marimo"), "running_in_notebook", None)
    if in_marimo is not None and in_marimo():
        return Host.MARIMO
    if shell is None:
        return Host.SCRIPT
    if not hasattr(shell, "kernel"):
        return Host.TERMINAL
    if environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return Host.VOILA
    if runs_without_a_person(shell, environ):
        return Host.EXECUTED
    if "google.colab" in modules:
        return Host.COLAB
    if VSCODE_FILE in getattr(shell, "user_ns", {}):
        return Host.VSCODE
    if "VSCODE_PID" in environ and "JPY_SESSION_NAME" not in environ:
        return Host.VSCODE
    return Host.JUPYTER


def shell_here() -> Any:
    """The running IPython shell, or None in a plain interpreter."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def running_cell() -> object:
    """What tells the running cell from others, or None where there is none."""
    shell = shell_here()
    return None if shell is None else (id(shell), shell.execution_count)


def host_here() -> Host:
    """The place of this process; asked from the thread that runs the cell."""
    return host(os.environ, sys.modules, shell_here())


def notebook_folder_here() -> Path:
    """The folder of this process's notebook."""
    variables = getattr(shell_here(), "user_ns", None)
    return notebook_folder(os.environ, Path.cwd(), variables)
