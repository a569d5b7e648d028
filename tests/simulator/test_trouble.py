"""Each fault as a client meets it over HTTP."""

from __future__ import annotations

import asyncio
import json
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from .conftest import (
    BEARER,
    FILM,
    NOON,
    Client,
    Clock,
    Serve,
    body,
    link,
    set_faults,
    status,
    submitted,
)

SUBMIT = "/api/v1/generateTask/sora-2"


async def submit(client: Client) -> tuple[int, str, dict[str, str]]:
    request = client.post(SUBMIT, json=body(), headers=BEARER, allow_redirects=False)
    async with request as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def accepted(client: Client) -> int:
    async with client.get("/simulator/tasks") as answer:
        return len(await answer.json())


async def fetched(client: Client, url: str) -> tuple[int, bytes]:
    async with client.get(url) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize(("when", "charged"), [("after", 1), ("before", 0)])
async def test_a_cut_submit_was_charged_or_not(serve: Serve, when: str, charged: int) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"cut": when}})
    with pytest.raises((aiohttp.ClientConnectionError, ConnectionError)):
        await submit(client)
    assert await accepted(client) == charged


async def test_a_hanging_submit_is_charged_and_never_answered(serve: Serve) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"hang": True}})
    waiting = asyncio.create_task(submit(client))
    while not await accepted(client):
        assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    async with client.get("/simulator/log") as answer:
        (entry,) = await answer.json()
    assert (entry["path"], entry["status"]) == (SUBMIT, None)


async def test_a_late_answer_comes_after_its_delay(serve: Serve, clock: Clock) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"delay": 45}})
    assert (await submit(client))[0] == 200
    assert clock.slept == [45]


async def test_a_trickling_answer_is_whole_in_the_end(serve: Serve, clock: Clock) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"trickle": 0.5}})
    _, text, _ = await submit(client)
    assert json.loads(text)["code"] == 200
    assert clock.slept == [0.5] * len(text)


@pytest.mark.parametrize(
    ("do", "code", "text"),
    [
        ({"status": 400}, 400, '{"code": 400, "message": "Bad Request", "data": null}'),
        ({"status": 503, "body": "<html>down</html>"}, 503, "<html>down</html>"),
        ({"status": 400, "body": {"error": "Insufficient credits"}}, 400, '{"error": "Insuf'),
        ({"status": 599}, 599, '{"code": 599'),
    ],
)
async def test_a_status_is_answered_without_a_charge(
    serve: Serve, do: dict[str, Any], code: int, text: str
) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": do})
    found = await submit(client)
    assert found[0] == code
    assert found[1].startswith(text)
    assert await accepted(client) == 0


async def test_a_status_can_still_be_charged(serve: Serve) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"status": 500, "effect": True}})
    assert (await submit(client))[0] == 500
    assert await accepted(client) == 1


async def test_a_burst_of_429_ends(serve: Serve) -> None:
    client = await serve()
    rule = {"match": {"path": "submit", "times": 2}, "do": {"status": 429, "retry_after": 7}}
    await set_faults(client, rule)
    answers = [await submit(client) for _ in range(3)]
    assert [code for code, _, _ in answers] == [429, 429, 200]
    assert [headers.get("Retry-After") for _, _, headers in answers] == ["7", "7", None]


async def test_retry_after_can_be_a_date(serve: Serve) -> None:
    client = await serve()
    await set_faults(client, {"do": {"status": 429, "retry_after": "date:30"}})
    _, _, headers = await submit(client)
    assert parsedate_to_datetime(headers["Retry-After"]).timestamp() == NOON + 30


async def test_a_broken_body_hides_a_charged_task(serve: Serve) -> None:
    client = await serve()
    await set_faults(client, {"match": {"path": "submit"}, "do": {"body": '{"code": 2'}})
    assert (await submit(client))[:2] == (200, '{"code": 2')
    assert await accepted(client) == 1


async def test_a_redirect_names_its_place(serve: Serve) -> None:
    client = await serve()
    await set_faults(client, {"do": {"redirect": "http://127.0.0.1:9/steal"}})
    code, _, headers = await submit(client)
    assert (code, headers["Location"]) == (302, "http://127.0.0.1:9/steal")


async def test_a_reply_can_name_a_state_that_nobody_knows(serve: Serve) -> None:
    client = await serve()
    task_id = await submitted(client)
    rule = {"match": {"path": "status", "nth": 1}, "do": {"state": "dreaming"}}
    await set_faults(client, rule)
    states = [(await status(client, task_id))["state"] for _ in range(2)]
    assert states == ["dreaming", "pending"]


async def test_a_success_can_lack_its_url(serve: Serve, clock: Clock) -> None:
    client = await serve()
    task_id = await submitted(client)
    clock.now += 240
    await set_faults(client, {"match": {"path": "status"}, "do": {"no_url": True}})
    done = await status(client, task_id)
    assert (done["state"], done["resultJson"]) == ("success", '{"resultUrls": []}')


async def test_a_rule_can_fail_a_task(serve: Serve, clock: Clock) -> None:
    client = await serve()
    await set_faults(client, {"match": {"prompt": "ship"}, "do": {"fail": "NSFW_DETECTED"}})
    bad, good = await submitted(client, "a ship"), await submitted(client, "a boat")
    clock.now += 14
    assert (await status(client, bad))["failCode"] == "NSFW_DETECTED"
    assert (await status(client, good))["state"] == "processing"


@pytest.mark.parametrize("do", [{"cut_after": 1000}, {"wrong_length": 5}])
async def test_a_film_can_break_off(serve: Serve, clock: Clock, do: dict[str, Any]) -> None:
    client = await serve()
    url = await link(client, clock)
    await set_faults(client, {"match": {"path": "result"}, "do": do})
    got = bytearray()

    async def read(answer: aiohttp.ClientResponse) -> None:
        async for piece in answer.content.iter_any():
            got.extend(piece)

    async with client.get(url) as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await read(answer)
    assert bytes(got) == FILM[: do.get("cut_after", len(FILM))]


@pytest.mark.parametrize(
    ("do", "code", "start"),
    [
        ({"wrong_length": -48}, 200, FILM[:2000]),
        ({"html": True}, 200, b"<!doctype html>"),
        ({"expired": True}, 403, b'{"code": 403'),
        ({"status": 410}, 410, b'{"code": 410'),
    ],
)
async def test_a_film_can_be_something_else(
    serve: Serve, clock: Clock, do: dict[str, Any], code: int, start: bytes
) -> None:
    client = await serve()
    url = await link(client, clock)
    await set_faults(client, {"match": {"path": "result"}, "do": do})
    found, content = await fetched(client, url)
    assert found == code
    assert content.startswith(start)
    assert content != FILM


async def test_a_film_can_change_between_two_ranges(serve: Serve, clock: Clock) -> None:
    client = await serve()
    url = await link(client, clock)
    await set_faults(client, {"match": {"path": "result", "nth": 2}, "do": {"changed": True}})
    async with client.get(url, headers={"Range": "bytes=0-99"}) as answer:
        etag = answer.headers["ETag"]
    rest = {"Range": "bytes=100-", "If-Range": etag}
    async with client.get(url, headers=rest) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != etag
        assert (await answer.read())[4:8] == b"ftyp"
