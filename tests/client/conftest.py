"""Clients on the real simulator: real HTTP, real films, 500 times faster than the real service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client import Client

SPEED = 500
PATIENT = 60.0
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the person who runs the tests counts, and nothing of theirs is touched."""
    for name in list(os.environ):
        if name.startswith(("APIXO_", "SORA_NB_", "JPY_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SORA_NB_HOME", str(tmp_path / "default-home"))
    monkeypatch.setenv("SORA_NB_MEDIA", str(tmp_path / "default-media"))
    monkeypatch.setenv("SORA_NB_SIMULATOR_SPEED", str(SPEED))


@dataclass
class Simulator:
    """A simulator of the test's own."""

    url: str

    def ask(self, path: str, body: object = None) -> Any:
        root = self.url.removesuffix("/api/v1")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            root + path, data=data, headers={"Content-Type": "application/json"}
        )
        with NO_PROXY.open(request, timeout=PATIENT) as got:
            return json.load(got) if body is None else None

    def hold(self) -> None:
        """No task ends until ``let_go``."""
        self.ask(
            "/simulator/faults", [{"match": {"path": "status"}, "do": {"state": "processing"}}]
        )

    def let_go(self) -> None:
        """No faults any more."""
        self.ask("/simulator/faults", [])

    def accepted(self) -> list[Any]:
        """The tasks that it charged for."""
        return list(self.ask("/simulator/tasks"))

    def requests(self) -> list[Any]:
        """The requests that it saw."""
        return list(self.ask("/simulator/log"))


@pytest.fixture
def start_simulator() -> Iterator[Callable[..., Simulator]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> Simulator:
        command = [sys.executable, "-m", "sora_nb.simulator", "--port", "0"]
        command += ["--speed", str(SPEED), "--films", "plain", "--exit-with-parent", *options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None
        return Simulator(json.loads(process.stdout.readline())["url"])

    yield start
    for process in running:
        with process:
            process.terminate()


def private_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("sora_nb")]


def children() -> list[int]:
    """The process ids of this process's children that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(**settings: Any) -> Client:
        settings = {"home": tmp_path / "home", "media": tmp_path / "films", **settings}
        client = Client(**settings)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
