"""A server as a child process on loopback: started, waited for, and ended by its id."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

OURS = ("APIXO_", "SORA_NB_", "VSCODE_", "JPY_")
BEATS, BEAT = 600, 0.1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(home: Path, **environ: str) -> dict[str, str]:
    """That of a person who has nothing of ours set, with ``home`` for all that is written."""
    own = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    return {
        **own,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "SORA_NB_HOME": str(home / "home"),
        **environ,
    }


@contextmanager
def running(
    command: list[str], *, environ: Mapping[str, str], cwd: Path, log: Path, health: str
) -> Iterator[None]:
    """The server while the block lasts; it is there once ``health`` answers."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=cwd
        )
        try:
            _wait_until_up(health, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(BEATS):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(BEAT)
        else:
            return
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")
