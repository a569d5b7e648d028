"""The simulator over HTTP: envelopes, films, who may ask, and what it remembers."""

from __future__ import annotations

import json

import pytest

from sora_nb.simulator.config import Config
from sora_nb.simulator.tasks import LINK_LIFE

from .conftest import BEARER, FILM, Clock, Serve, body, link, status, submitted

SUBMIT = "/api/v1/generateTask/sora-2"


async def test_a_prompt_becomes_a_film_over_http(serve: Serve, clock: Clock) -> None:
    client = await serve()
    task_id = await submitted(client)
    assert (await status(client, task_id))["state"] == "pending"
    clock.now += 240
    done = await status(client, task_id)
    assert done["state"] == "success"
    (url,) = json.loads(done["resultJson"])["resultUrls"]
    assert url.startswith(f"http://127.0.0.1:{client.port}/results/")
    assert ".mp4?expires=" in url
    async with client.session.get(url) as answer:
        assert answer.headers["Content-Type"] == "video/mp4"
        assert await answer.read() == FILM


@pytest.mark.parametrize(
    ("method", "path", "headers", "code"),
    [
        ("POST", SUBMIT, {}, 401),
        ("POST", SUBMIT, BEARER, 400),
        ("POST", "/api/v1/generateTask/sora-9", BEARER, 404),
        ("GET", "/api/v1/statusTask/sora-2?taskId=x", {}, 401),
        ("GET", "/api/v1/statusTask/sora-2?taskId=x", BEARER, 404),
        ("GET", "/api/v1/statusTask/sora-2", BEARER, 400),
        ("GET", "/api/v1/apikeys/current-balance", {}, 401),
        ("GET", "/api/v1/nowhere", BEARER, 404),
        ("DELETE", SUBMIT, BEARER, 405),
        ("GET", "/results/../../secret.mp4", {}, 404),
        ("GET", "/results/" + "0" * 32 + "/x.mp4", {}, 404),
    ],
)
async def test_every_error_wears_the_envelope(
    serve: Serve, method: str, path: str, headers: dict[str, str], code: int
) -> None:
    client = await serve()
    async with client.request(method, path, headers=headers) as answer:
        assert answer.status == code
        envelope = await answer.json()
    assert envelope["code"] == code
    assert envelope["message"]
    assert "Retry-After" not in answer.headers


async def test_the_balance_is_a_bare_number(serve: Serve) -> None:
    client = await serve(Config(balance=12.34))
    async with client.get("/api/v1/apikeys/current-balance", headers=BEARER) as answer:
        assert await answer.json() == {"code": 200, "message": "success", "data": 12.34}


async def test_a_task_is_found_under_its_own_model_only(serve: Serve) -> None:
    client = await serve()
    task_id = await submitted(client)
    url = "/api/v1/statusTask/sora-2-pro"
    async with client.get(url, params={"taskId": task_id}, headers=BEARER) as answer:
        assert answer.status == 404


async def test_a_download_can_go_on_where_it_stopped(serve: Serve, clock: Clock) -> None:
    client = await serve()
    url = await link(client, clock)
    async with client.get(url, headers={"Range": "bytes=0-99"}) as answer:
        assert answer.status == 206
        etag, first = answer.headers["ETag"], await answer.read()
    rest = {"Range": "bytes=100-", "If-Range": etag}
    async with client.get(url, headers=rest) as answer:
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes 100-{len(FILM) - 1}/{len(FILM)}"
        assert first + await answer.read() == FILM
    async with client.head(url) as answer:
        assert (answer.status, answer.content_length) == (200, len(FILM))
        assert await answer.read() == b""
    async with client.get(url, headers={"Range": f"bytes={len(FILM)}-"}) as answer:
        assert answer.status == 416


async def test_a_link_is_signed_and_ends_after_15_days(serve: Serve, clock: Clock) -> None:
    client = await serve()
    url = await link(client, clock)
    altered = (url[:-1] + ("0" if url[-1] != "0" else "1"), url.replace("expires=", "expires=1"))
    for wrong in altered:
        async with client.get(wrong) as answer:
            assert answer.status == 403
    clock.now += LINK_LIFE - 300
    async with client.get(url) as answer:
        assert answer.status == 200
    clock.now += 300
    async with client.get(url) as answer:
        assert answer.status == 403


async def test_a_film_is_not_there_before_its_time(serve: Serve, clock: Clock) -> None:
    client = await serve()
    url = await link(client, clock)
    clock.now -= 240
    async with client.get(url) as answer:
        assert answer.status == 404


async def test_a_restarted_simulator_gives_links_to_itself(serve: Serve, clock: Clock) -> None:
    first, second = await serve(), await serve()
    task_id = await submitted(first)
    clock.now += 240
    (url,) = json.loads((await status(second, task_id))["resultJson"])["resultUrls"]
    assert url.startswith(f"http://127.0.0.1:{second.port}/")
    async with second.session.get(url) as answer:
        assert await answer.read() == FILM


async def test_the_log_tells_where_a_key_went_but_not_the_key(serve: Serve, clock: Clock) -> None:
    client = await serve()
    url = await link(client, clock)
    async with client.get(url):
        pass
    async with client.get(url, headers=BEARER):
        pass
    async with client.get("/simulator/log") as answer:
        text = await answer.text()
    assert BEARER["Authorization"].split()[1] not in text
    log = json.loads(text)
    assert [entry["path"].split("/")[1] for entry in log] == ["api", "api", "results", "results"]
    assert [entry["authorization"] for entry in log] == [True, True, False, True]
    assert {entry["status"] for entry in log} == {200}


async def test_the_accepted_tasks_can_be_counted(serve: Serve, clock: Clock) -> None:
    client = await serve()
    await submitted(client, "one")
    await submitted(client, "[fail:X] two")
    clock.now += 30
    async with client.get("/simulator/tasks") as answer:
        tasks = await answer.json()
    found = {task["prompt"]: (task["state"], task["take"]) for task in tasks}
    assert found == {"one": ("processing", 1), "[fail:X] two": ("failed", 1)}


async def test_a_foreign_page_gets_nothing(serve: Serve) -> None:
    client = await serve()
    async with client.get("/simulator/tasks", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    plain = {"Content-Type": "text/plain"}
    async with client.post("/simulator/faults", data=b"[]", headers=plain) as answer:
        assert answer.status == 415


async def test_a_bad_fault_list_is_refused_with_the_rule_named(serve: Serve) -> None:
    client = await serve()
    async with client.post("/simulator/faults", json=[{"do": {"explode": 1}}]) as answer:
        assert answer.status == 400
        assert "explode" in (await answer.json())["message"]


async def test_a_burst_over_the_limit_is_answered_429(serve: Serve) -> None:
    client = await serve(Config(concurrency=1))
    await submitted(client)
    async with client.post(SUBMIT, json=body(), headers=BEARER) as answer:
        assert answer.status == 429
        assert (await answer.json())["code"] == 429
