"""Jupyter as a child process: with folders of its own, quiet, and ended with its starter.

The person's settings and kernels neither change nor get in the way.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

START_LIMIT = 60.0
"""Seconds in which JupyterLab must answer: it took 6 s on 2 cores (docs/design/jupyter.md)."""
EXECUTE_LIMIT = 600.0
"""Seconds in which the notebook must have run."""
STOP_LIMIT = 15.0
"""Seconds that JupyterLab has for ending its kernels."""


class DemoTrouble(Exception):
    """The demo cannot go on. The message says what to do."""


def environment_of(environ: Mapping[str, str], own: Path, speed: float) -> dict[str, str]:
    """The environment of Jupyter: its own folders, and a kernel that is this interpreter."""
    kernel = own / "share" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3 (sora_nb)", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    settings = own / "config" / "lab" / "user-settings" / "@jupyterlab"
    for name, values in _QUIET.items():
        file = settings / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    path = environ.get("JUPYTER_PATH")
    return {
        **environ,
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTER_PATH": os.pathsep.join([str(own / "share"), *([path] if path else [])]),
        "SORA_NB_SIMULATOR_SPEED": f"{speed:g}",
        "NODE_DISABLE_COMPILE_CACHE": "1",  # it would be left behind in the temporary folder
    }


_QUIET: Mapping[str, Mapping[str, object]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
"""JupyterLab without its news question, and without writing to the notebook by itself."""


def execute(notebook: Path, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    command += [f"--ExecutePreprocessor.timeout={EXECUTE_LIMIT:.0f}", "--log-level=ERROR"]
    process = subprocess.Popen(
        [*command, str(notebook)],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with ended(process):
        try:
            said = process.communicate(timeout=EXECUTE_LIMIT)[1]
        except subprocess.TimeoutExpired:
            raise DemoTrouble(f"{notebook.name} did not end within {EXECUTE_LIMIT:g} s") from None
    if process.returncode:
        raise DemoTrouble(f"{last_lines(said)}\n{notebook.name} did not run to its end")


def lab_command(folder: Path, port: int) -> list[str]:
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--log-level=WARN"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += [f"--ServerApp.root_dir={folder}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command


def until_ready(
    process: subprocess.Popen[bytes],
    url: str,
    token: str,
    log: Path,
    sleep: Callable[[float], None],
) -> None:
    # No proxy stands between this process and its own child on loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (our own http URL)
    beat = 0.2
    for _ in range(int(START_LIMIT / beat)):
        if process.poll() is not None:
            raise DemoTrouble(f"{last_lines(read_log(log))}\nJupyterLab did not start")
        try:
            with opener.open(request, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            sleep(beat)
    raise DemoTrouble(f"JupyterLab did not answer within {START_LIMIT:g} s")


@contextmanager
def ended(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> Iterator[None]:
    """However the block is left, the process has ended after it."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_log(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-15:])
