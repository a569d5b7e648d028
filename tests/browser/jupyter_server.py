"""A real Jupyter server on loopback, with folders and kernels of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        kind = f"lab/tree/{notebook}" if app == "lab" else f"notebooks/{notebook}"
        return f"{self.url}{kind}?token={self.token}&reset"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


@contextmanager
def running_server(folder: Path, **environ: str) -> Iterator[Server]:
    """JupyterLab and Notebook 7 on one server, ended by its process id."""
    root = folder / "root"
    config = folder / "config"
    root.mkdir()
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    _write_kernels(folder / "data")
    port, token = _free_port(), "test-token"
    env = {
        **os.environ,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "SORA_NB_HOME": str(folder / "home"),
        **environ,
    }
    env.pop("APIXO_API_KEY", None)
    env.pop("APIXO_BASE_URL", None)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
    ]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=root)
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_until_up(url, process, folder / "server.log")
        yield Server(url, token, root)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}api", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the Jupyter server did not start:\n{log.read_text()[-4000:]}")
