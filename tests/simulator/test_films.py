"""Making films on time, once, and from a picture that may be no good."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestClient, TestServer
from PIL import Image

from sora_nb.simulator.config import Config
from sora_nb.simulator.drawing.film import Film
from sora_nb.simulator.films import FilmStore
from sora_nb.simulator.server import SIMULATOR, make_app
from sora_nb.simulator.service import Simulator
from sora_nb.simulator.tasks import LINK_LIFE, SimulatedTask, TaskShelf

from .conftest import KEY, Client, Clock, raw, status, submitted


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "navy").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
async def pictures() -> AsyncIterator[BaseTestServer]:
    """A host of pictures, good and bad."""

    async def answer(request: web.Request) -> web.Response:
        found: dict[str, tuple[int, bytes]] = {
            "good": (200, png()),
            "gone": (404, b""),
            "down": (500, b""),
            "large": (200, bytes(10 * 1024 * 1024 + 1)),
            "gif": (200, b"GIF89a"),
            "broken": (200, b"\x89PNG\r\n\x1a\nbroken"),
        }
        code, content = found[request.match_info["name"]]
        return web.Response(status=code, body=content)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with TestServer(app) as server:
        yield server


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def ended(client: Client, task_id: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (data := await status(client, task_id))["state"] not in ("success", "failed"):  # noqa: ASYNC110 (asks as a client does)
            await asyncio.sleep(0.01)
    return data


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("good", None),
        ("gone", "INVALID_IMAGE_URL"),
        ("down", "IMAGE_DOWNLOAD_FAILED"),
        ("large", "IMAGE_TOO_LARGE"),
        ("gif", "UNSUPPORTED_FORMAT"),
        ("broken", "UNSUPPORTED_FORMAT"),
    ],
)
async def test_the_start_picture_is_fetched_and_judged(
    pictures: BaseTestServer, tmp_path: Path, name: str, code: str | None
) -> None:
    url = str(pictures.make_url(f"/{name}"))
    app = make_app(Config(speed=2000, state=tmp_path))
    async with TestClient(TestServer(app)) as client:
        task_id = await submitted(client, mode="image-to-video", image_urls=[url])
        data = await ended(client, task_id)
        assert data.get("failCode") == code
        assert data["state"] == ("failed" if code else "success")
        assert Simulator.find(app[SIMULATOR], task_id).fail_code == code


async def test_a_host_that_is_not_there_fails_the_download(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/boat.png"
    async with TestClient(TestServer(make_app(Config(speed=2000)))) as client:
        task_id = await submitted(client, mode="image-to-video", image_urls=[url])
        assert (await ended(client, task_id))["failCode"] == "IMAGE_DOWNLOAD_FAILED"


def task(clock: Clock, films: FilmStore) -> SimulatedTask:
    simulator = Simulator(Config(), clock=clock, films=films, shelf=TaskShelf(None))
    return simulator.submit("sora-2", raw(), KEY)


async def test_a_film_is_rendered_once_and_kept(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def render(film: Film, path: Path, interrupted: object) -> None:
        rendered.append("render")
        path.write_bytes(b"film")

    monkeypatch.setattr("sora_nb.simulator.drawing.render.render", render)

    def failed(task: SimulatedTask, code: str, message: str) -> None:
        raise AssertionError(message)

    store = FilmStore(tmp_path, "plain", failed)
    first, second = task(clock, store), task(clock, store)
    kept = tmp_path / "plain-1280x720-4.mp4"
    assert {*await asyncio.gather(store.made(first), store.made(second))} == {kept}
    assert names(tmp_path) == [kept.name]
    other = FilmStore(tmp_path, "plain", failed)
    assert await other.made(first) == kept
    assert rendered == ["render"]
    await store.close()
    await other.close()


async def test_closing_ends_a_render_and_leaves_no_half_film(clock: Clock, tmp_path: Path) -> None:
    failures: list[str] = []
    store = FilmStore(tmp_path, "scene", lambda task, code, message: failures.append(code))
    store.want(task(clock, store))
    await asyncio.sleep(0)
    await store.close()
    assert names(tmp_path) == []
    assert failures == []


async def test_a_render_that_breaks_is_a_failed_task(
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no codec")

    monkeypatch.setattr("sora_nb.simulator.drawing.render.render", broken)
    failures: list[str] = []
    store = FilmStore(tmp_path, "scene", lambda task, code, message: failures.append(code))
    assert await store.made(task(clock, store)) is None
    await store.close()
    assert failures == ["GENERATION_FAILED"]
    assert "no codec" in capsys.readouterr().err


def test_a_simulator_that_starts_clears_the_films_of_expired_links(
    clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "films").mkdir()
    for name, age in (("old", LINK_LIFE + 1), ("new", LINK_LIFE - 1)):
        path = tmp_path / "films" / f"{name}.mp4"
        path.write_bytes(b"")
        os.utime(path, (clock.now - age, clock.now - age))
    make_app(Config(state=tmp_path), clock=clock)
    assert names(tmp_path / "films") == ["new.mp4"]
