"""The project's own simulator in a thread: an account that says what it charged."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from sora_nb.simulator import faults
from sora_nb.simulator.config import Config
from sora_nb.simulator.server import make_app

from .loop_thread import LoopThread


class RunningSimulator:
    """``rules`` are those of a fault file. ``film`` stands for every film: nothing is rendered."""

    def __init__(
        self, state: Path, film: bytes, *, speed: float, rules: list[dict[str, Any]]
    ) -> None:
        (state / "films").mkdir(parents=True)
        (state / "films" / "plain-1280x720-4.mp4").write_bytes(film)
        self._config = Config(
            speed=speed, state=state, rules=faults.parse(rules), films="plain", balance=100.0
        )
        self._origin = ""

    @property
    def base(self) -> str:
        return f"{self._origin}/api/v1"

    def posts(self) -> list[dict[str, Any]]:
        """Every submit that reached it, with its ``time`` in Unix seconds."""
        return [entry for entry in self._ask("log") if entry["method"] == "POST"]

    def accepted(self) -> list[str]:
        """The ids of the tasks that it took and charged."""
        return [task["id"] for task in self._ask("tasks")]

    def _ask(self, what: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self._origin}/simulator/{what}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._thread.run(self._start())
        return self

    async def _start(self) -> None:
        self._runner = web.AppRunner(make_app(self._config), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def __exit__(self, *_error: object) -> None:
        self._thread.run(self._runner.cleanup())
        self._thread.close()
