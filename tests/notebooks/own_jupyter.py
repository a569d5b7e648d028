"""A Jupyter of its own: no folder, setting or kernel of the person who runs the tests."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

SPEED = "200"


def own_environment(own: Path) -> dict[str, str]:
    """The environment of this process, with Jupyter's and our folders below ``own``."""
    ours = ("APIXO_", "SORA_NB_", "JPY_SESSION_NAME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    _write_kernel(own / "data" / "kernels" / "python3")
    return {
        **kept,
        **{
            f"JUPYTER_{kind}_DIR": str(own / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")
        },
        "IPYTHONDIR": str(own / "ipython"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "SORA_NB_HOME": str(own / "home"),
        "SORA_NB_SIMULATOR_SPEED": SPEED,
    }


def _write_kernel(folder: Path) -> None:
    """A kernel that is this interpreter, whatever else is installed."""
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
