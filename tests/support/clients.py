"""Clients on the real simulator: real HTTP, real films, 500 times faster than the real service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client

SPEED = 500
PATIENT = 60.0
CANARY = "sk-canary-0123456789"
"""A key that must show up nowhere."""
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


class Simulator:
    """A simulator, as far as this test is concerned: what came before it does not count."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._accepted_before = self._requests_before = 0
        self._accepted_before = len(self.accepted())
        self._requests_before = len(self.requests())

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
        return list(self.ask("/simulator/tasks"))[self._accepted_before :]

    def requests(self) -> list[Any]:
        """The requests that it saw."""
        return list(self.ask("/simulator/log"))[self._requests_before :]


Start = Callable[..., str]


@contextmanager
def _starter() -> Iterator[Start]:
    """Starts simulators with further options; gives their base URLs."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> str:
        command = [sys.executable, "-m", "sora_nb.simulator", "--port", "0"]
        command += ["--speed", str(SPEED), "--films", "plain", "--exit-with-parent", *options]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None
        url: str = json.loads(process.stdout.readline())["url"]
        return url

    yield start
    for process in running:
        with process:
            process.terminate()


@pytest.fixture
def start_simulator() -> Iterator[Callable[..., Simulator]]:
    with _starter() as start:
        yield lambda *options: Simulator(start(*options))


@pytest.fixture(scope="session")
def shared_url() -> Iterator[str]:
    with _starter() as start:
        yield start()


@pytest.fixture
def simulator(shared_url: str) -> Iterator[Simulator]:
    """One without special options, which the tests share to save its start and its films."""
    simulator = Simulator(shared_url)
    yield simulator
    simulator.let_go()


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


@pytest.fixture
def client(make_client: Callable[..., Client], simulator: Simulator) -> Client:
    """A client with a key, on the shared simulator."""
    return make_client(base_url=simulator.url, api_key=CANARY, simulator_speed=SPEED)
