"""Where this kernel runs: the notebook's folder and the Jupyter server's root."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

VSCODE_FILE = "__vsc_ipynb_file__"
"""The variable in which VS Code tells a notebook its own path."""


def notebook_folder(
    environ: Mapping[str, str], cwd: Path, variables: Mapping[str, object] | None = None
) -> Path:
    """The folder of the open notebook: what its host says, else the working folder.

    ``JPY_SESSION_NAME`` is set by jupyter_server for each kernel of a notebook. ``variables`` are
    the notebook's own: VS Code's working folder is the workspace's where a person wants it so.
    """
    file = str((variables or {}).get(VSCODE_FILE) or environ.get("JPY_SESSION_NAME", ""))
    folder = Path(file).parent if file else cwd
    return folder if folder.is_absolute() and folder.is_dir() else cwd


def server_root(environ: Mapping[str, str], runtime_dir: Path) -> Path | None:
    """The root folder of the Jupyter server that started this kernel, or None.

    The server writes ``jpserver-PID.json`` into the runtime folder and its PID into each kernel's
    ``JPY_PARENT_PID``.
    """
    parent = environ.get("JPY_PARENT_PID", "")
    if not parent.isdigit():
        return None
    try:
        info = json.loads((runtime_dir / f"jpserver-{parent}.json").read_text("utf-8"))
        root = Path(info["root_dir"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return root if root.is_absolute() and root.is_dir() else None


def server_root_of_kernel() -> Path | None:
    """``server_root`` of this process, looked up where jupyter_core keeps running servers."""
    from jupyter_core.paths import jupyter_runtime_dir

    return server_root(os.environ, Path(jupyter_runtime_dir()))


def below(path: Path, root: Path | None) -> str | None:
    """``path`` relative to ``root`` with forward slashes; None when outside or in a hidden folder
    (a Jupyter server refuses hidden files by default)."""
    if root is None:
        return None
    try:
        relative = Path(os.path.realpath(path)).relative_to(os.path.realpath(root))
    except ValueError:
        return None
    if any(part.startswith(".") for part in relative.parts):
        return None
    return relative.as_posix()


def beside(path: Path, folder: Path) -> str:
    """``path`` as a person in ``folder`` would write it: relative where that is short."""
    try:
        relative = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return str(path)
    return str(path) if relative.startswith("../../..") else relative


def runs_without_a_person(shell: object, environ: Mapping[str, str]) -> bool:
    """Whether nobody can answer: the request's ``allow_stdin`` is false (nbconvert, papermill).

    Voila says so too, but has a page that goes on after the last cell.
    """
    if environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return False
    get_parent = getattr(getattr(shell, "kernel", None), "get_parent", None)
    if get_parent is None:
        return False
    parent = get_parent("shell")
    content = parent.get("content") if isinstance(parent, Mapping) else None
    return isinstance(content, Mapping) and content.get("allow_stdin") is False
