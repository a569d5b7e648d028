"""A real Jupyter server on loopback, with folders and kernels of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server_process import environment, free_port, running

KERNELS = Path(sys.prefix) / "kernels"
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/completer-extension:manager": {"autoCompletion": False},
}


@dataclass(frozen=True)
class Server:
    url: str
    token: str
    root: Path

    def page(self, notebook: str, *, app: str = "lab") -> str:
        """The address of a notebook in that app: lab, notebook or voila."""
        road = {"lab": "lab/tree", "notebook": "notebooks", "voila": "voila/render"}[app]
        return f"{self.url}{road}/{notebook}?token={self.token}&reset"


def _write_kernels(data: Path) -> None:
    """One kernel of the environment's ipykernel, one for each older one laid over it."""
    overlays = {path.name: str(path) for path in KERNELS.iterdir()}
    if not {"ipykernel-6", "ipykernel-7.3"} <= set(overlays):
        raise RuntimeError(f"{KERNELS} lacks the older ipykernels: run `python3 dev.py setup`")
    for name, overlay in {"ipykernel-7.4": "", **overlays}.items():
        spec = {
            "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": name,
            "language": "python",
            "env": {"PYTHONPATH": overlay} if overlay else {},
        }
        folder = data / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps(spec))


HOME_OF_A_NOTEBOOK = """import os
os.environ["SORA_NB_HOME"] = os.path.join(os.getcwd(), ".sora_nb")
"""


def _write_startup(ipython: Path) -> None:
    """Each folder of notebooks has a journal of its own: no test meets the tasks of another."""
    folder = ipython / "profile_default" / "startup"
    folder.mkdir(parents=True)
    (folder / "00_home.py").write_text(HOME_OF_A_NOTEBOOK)


@contextmanager
def _runtime() -> Iterator[str]:
    """Kernels are reached by sockets in this folder, whose paths may have 107 characters at most.
    (Ports are picked free by the server and bound later by the kernel: another test's connection
    may have one by then.)"""
    with tempfile.TemporaryDirectory(prefix="snb-", ignore_cleanup_errors=True) as folder:
        yield folder


@contextmanager
def running_server(folder: Path, **environ: str) -> Iterator[Server]:
    """JupyterLab, Notebook 7 and Voila on one server, ended by its process id."""
    root = folder / "root"
    config = folder / "config"
    root.mkdir()
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    _write_kernels(folder / "data")
    _write_startup(folder / "ipython")
    port, token = free_port(), "test-token"
    url = f"http://127.0.0.1:{port}/"
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
        *("--JupyterNotebookApp.expose_app_in_browser=True", "--KernelManager.transport=ipc"),
    ]
    log = folder / "server.log"
    with _runtime() as runtime:
        own = environment(
            folder,
            JUPYTER_CONFIG_DIR=str(config),
            JUPYTER_DATA_DIR=str(folder / "data"),
            JUPYTER_RUNTIME_DIR=runtime,
            **environ,
        )
        with running(command, environ=own, cwd=root, log=log, health=f"{url}api"):
            yield Server(url, token, root)
