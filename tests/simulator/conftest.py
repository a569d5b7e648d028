"""A simulator on a clock that moves only when told, with films that need no rendering."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from sora_nb.simulator.config import Config
from sora_nb.simulator.server import make_app
from sora_nb.simulator.service import Simulator
from sora_nb.simulator.tasks import SimulatedTask, TaskShelf

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
KEY = "a-key"
BEARER = {"Authorization": f"Bearer {KEY}"}
ORIGIN = "http://127.0.0.1:1"
FILM = bytes(range(256)) * 8

Client = TestClient[Request, Application]
Serve = Callable[..., Awaitable[Client]]


class Clock:
    """Unix seconds that move only when told; `sleep` moves them and remembers by how much."""

    def __init__(self) -> None:
        self.now = NOON
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class ReadyFilms:
    """Films that are there as soon as `there` says so."""

    def __init__(self) -> None:
        self.there = True
        self.wanted: list[str] = []

    def ready(self, task: SimulatedTask) -> Path | None:
        return Path("film.mp4") if self.there else None

    def want(self, task: SimulatedTask) -> None:
        self.wanted.append(task.id)


def body(prompt: str = "a paper boat", **fields: Any) -> dict[str, Any]:
    """The submit body of docs/design/contract.md; a field given as None is left out."""
    fields = {
        "mode": "text-to-video",
        "prompt": prompt,
        "duration": 4,
        "aspect_ratio": "landscape",
        "remove_watermark": True,
        **fields,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return {"request_type": "async", "provider": "official", "input": kept}


def raw(prompt: str = "a paper boat", **fields: Any) -> bytes:
    return json.dumps(body(prompt, **fields)).encode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def films() -> ReadyFilms:
    return ReadyFilms()


@pytest.fixture
def make(clock: Clock, films: ReadyFilms) -> Callable[..., Simulator]:
    """Makes a simulator without sockets; takes Config's fields."""

    def build(**fields: Any) -> Simulator:
        config = Config(**fields)
        shelf = TaskShelf(config.state)
        return Simulator(config, clock=clock, films=films, shelf=shelf)

    return build


@pytest.fixture
async def serve(clock: Clock, tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts a simulator over HTTP whose 4 s landscape film is there already, as FILM."""
    async with AsyncExitStack() as stack:

        async def start(config: Config | None = None, **doors: Any) -> Client:
            config = replace(config or Config(), films="plain", state=tmp_path / "state")
            app = make_app(config, clock=clock, sleep=clock.sleep, **doors)
            (tmp_path / "state" / "films" / "plain-1280x720-4.mp4").write_bytes(FILM)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield start


async def submitted(client: Client, prompt: str = "a paper boat", **fields: Any) -> str:
    """The id of a task that was accepted."""
    url = "/api/v1/generateTask/sora-2"
    async with client.post(url, json=body(prompt, **fields), headers=BEARER) as answer:
        assert answer.status == 200
        task_id = (await answer.json())["data"]["taskId"]
    assert isinstance(task_id, str)
    return task_id


async def status(client: Client, task_id: str) -> dict[str, Any]:
    """A status reply's data."""
    url = "/api/v1/statusTask/sora-2"
    async with client.get(url, params={"taskId": task_id}, headers=BEARER) as answer:
        assert answer.status == 200
        data = (await answer.json())["data"]
    assert isinstance(data, dict)
    return data


async def link(client: Client, clock: Clock) -> str:
    """The path and query of a finished film's URL."""
    task_id = await submitted(client)
    clock.now += 240
    url: str = json.loads((await status(client, task_id))["resultJson"])["resultUrls"][0]
    return url.removeprefix(str(client.make_url("/")).rstrip("/"))


async def set_faults(client: Client, *rules: dict[str, Any]) -> None:
    async with client.post("/simulator/faults", json=list(rules)) as answer:
        assert answer.status == 200, await answer.text()
