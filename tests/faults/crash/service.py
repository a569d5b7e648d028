"""The simulator as a process of its own, and what it says it was asked and has accepted."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPEED = 1000.0
"""Service seconds per second: a task of two to four minutes takes a quarter of a second."""

PATIENCE = 30.0
"""Seconds after which something that does not come counts as never coming."""

_FILM = "plain-1280x720-4.mp4"


@dataclass(frozen=True)
class Service:
    """A running simulator. ``url`` is the base URL that a client is given."""

    url: str
    speed: float

    def accepted(self) -> list[dict[str, Any]]:
        """Every task that was accepted, and so charged, oldest first."""
        found: list[dict[str, Any]] = self._json("/simulator/tasks")
        return found

    def ids(self, prompt: str) -> list[str]:
        """The ids of the tasks accepted for that prompt."""
        return [task["id"] for task in self.accepted() if task["prompt"] == prompt]

    def requests(self, part: str) -> list[dict[str, Any]]:
        """The requests whose path holds ``part``, oldest first."""
        return [entry for entry in self._json("/simulator/log") if part in entry["path"]]

    def posts(self) -> list[dict[str, Any]]:
        """Every POST of a new task, refused ones included."""
        return self.requests("/generateTask/")

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Put these rules in the place of all others."""
        self._json("/simulator/faults", json.dumps(list(rules)).encode())

    def _json(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(
            self.url.removesuffix("/api/v1") + path,
            data=body,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@contextmanager
def simulator(state: Path, film: bytes, *options: str, speed: float = SPEED) -> Iterator[Service]:
    """Run one until the block ends; ``film`` is what every task brings."""
    (state / "films").mkdir(parents=True)
    (state / "films" / _FILM).write_bytes(film)
    command = [sys.executable, "-m", "sora_nb.simulator", "--films", "plain"]
    command += ["--port", "0", "--speed", str(speed), "--state", str(state)]
    process = subprocess.Popen(
        [*command, "--exit-with-parent", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Service(url=json.loads(process.stdout.readline())["url"], speed=speed)
        process.stdin.close()
        assert process.wait(PATIENCE) == 0
