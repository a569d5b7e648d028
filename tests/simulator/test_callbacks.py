"""The webhook: when it is posted, what it says, and how often it is tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sora_nb.simulator.callbacks import deliver, post_json
from sora_nb.simulator.config import Config

from .conftest import BEARER, Clock, Serve, body, status

URL = "https://hooks.example/sora"


class Receiver:
    """Answers with each status in turn; a status of 0 is no answer at all."""

    def __init__(self, *answers: int) -> None:
        self._answers = list(answers)
        self.got: list[tuple[str, Any]] = []
        self.told = asyncio.Event()

    async def __call__(self, url: str, envelope: Any) -> int:
        self.got.append((url, envelope))
        self.told.set()
        code = self._answers.pop(0)
        if code == 0:
            raise TimeoutError
        return code


@pytest.mark.parametrize(
    ("answers", "slept", "arrived"),
    [
        ([200], [], True),
        ([500, 200], [3], True),
        ([0, 302, 200], [3, 12], True),
        ([500, 404, 0, 201], [3, 12, 60], False),
    ],
)
async def test_a_callback_is_tried_four_times_at_the_documented_times(
    clock: Clock, answers: list[int], slept: list[float], arrived: bool
) -> None:
    post = Receiver(*answers)
    found = await deliver(URL, {"code": 200}, post=post, sleep=clock.sleep, speed=10)
    assert found is arrived
    assert clock.slept == slept
    assert len(post.got) == len(answers)


@pytest.mark.parametrize(
    ("prompt", "state"), [("a boat", "success"), ("[fail:GENERATION_FAILED]", "failed")]
)
async def test_a_finished_task_is_told_as_its_status_reply(
    serve: Serve, prompt: str, state: str
) -> None:
    post = Receiver(200)
    client = await serve(Config(speed=50), post=post)
    asked = {**body(prompt), "request_type": "callback", "callback_url": URL}
    async with client.post("/api/v1/generateTask/sora-2", json=asked, headers=BEARER) as answer:
        task_id = (await answer.json())["data"]["taskId"]
    await asyncio.wait_for(post.told.wait(), 20)
    ((url, envelope),) = post.got
    assert url == URL
    assert envelope["code"] == 200
    assert envelope["data"]["state"] == state
    assert envelope["data"] == await status(client, task_id)


async def test_a_real_post_carries_the_envelope_as_json() -> None:
    got: list[Any] = []

    async def hook(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/hook", hook)
    async with TestServer(app) as server:
        assert await post_json(str(server.make_url("/hook")), {"code": 200}) == 202
    assert got == [{"code": 200}]


async def test_a_receiver_that_is_not_there_is_an_error_that_is_tried_again(
    clock: Clock, unused_tcp_port_factory: Callable[[], int]
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port_factory()}/"
    with pytest.raises(aiohttp.ClientConnectionError):
        await post_json(url, {})
    assert not await deliver(url, {}, post=post_json, sleep=clock.sleep, speed=1)
    assert clock.slept == [30, 120, 600]
