"""The real Client against a server of the test: a key to look for, one small film, much speed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sora_nb.client.client import Client

from .server import HostileService
from .simulator import RunningSimulator

KEY = "sk-canary-7Qx0vB"
SPEED = 200.0
"""Service seconds in one second: the ten minutes for which a success is asked again are three."""

MakeClient = Callable[..., Client]
Simulate = Callable[..., RunningSimulator]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP4 of one second that can be played, some kilobytes long."""
    import av
    import numpy as np

    path = tmp_path_factory.mktemp("film") / "film.mp4"
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 128, 72, "yuv420p"
        for _ in range(8):
            picture = noise.integers(0, 255, (72, 128, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("APIXO_", "SORA_NB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def service(film: bytes) -> Iterator[HostileService]:
    with HostileService(film) as service:
        yield service


@pytest.fixture
def simulate(tmp_path: Path, film: bytes) -> Iterator[Simulate]:
    """Starts a simulator with the given fault rules."""
    running: list[RunningSimulator] = []

    def start(*rules: dict[str, Any]) -> RunningSimulator:
        simulator = RunningSimulator(tmp_path / "account", film, speed=SPEED, rules=list(rules))
        running.append(simulator.__enter__())
        return simulator

    yield start
    for simulator in running:
        simulator.__exit__()


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Makes clients of one home and one media folder. The fixed poll is 2 service seconds."""
    made: list[Client] = []

    def make(base: str, **settings: Any) -> Client:
        given: dict[str, Any] = {
            "api_key": KEY,
            "home": tmp_path / "home",
            "media": tmp_path / "media",
        }
        given |= {"base_url": base, "simulator_speed": SPEED, "poll": 2.0, **settings}
        made.append(Client(**given))
        return made[-1]

    yield make
    for client in made:
        client.close()


def until(condition: Callable[[], object], what: str) -> None:
    """Return as soon as it holds; fail when it never does."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.005)


def notes(client: Client, key: str) -> list[str]:
    """Every note that the task ever had, oldest first, as the journal remembers it."""
    history = client._lifetime.on_loop(lambda runtime: runtime.journal.queries.history(key))
    return [entry.note for entry in history if entry.note]
