"""Asking for a state or the balance: safe to repeat, and never a word too much."""

from __future__ import annotations

import json

import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    ModelUnavailable,
    PermissionDenied,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SoraError,
)
from tests.support.client_side import KEY, assert_keyless, patience, transport_to
from tests.support.raw_server import Answer, RawServer, envelope, http, named, never, reset

PENDING = envelope({"taskId": "t", "state": "pending"})


async def test_a_check_sends_the_escaped_id_with_the_key_and_gives_the_report() -> None:
    async with RawServer([PENDING]) as server, transport_to(server.base) as transport:
        report = await transport.check("sora-2", "a/b &?")
    assert report.state == "pending"
    (get,) = server.requests
    assert (get.method, get.target) == ("GET", "/api/v1/statusTask/sora-2?taskId=a%2Fb%20%26%3F")
    assert get.headers["authorization"] == f"Bearer {KEY}"


async def test_checks_share_a_connection() -> None:
    async with (
        RawServer([PENDING], keep_alive=True) as server,
        transport_to(server.base) as transport,
    ):
        for _ in range(3):
            await transport.check("sora-2", "t")
    assert server.connections == 1


async def test_the_balance_is_given_in_usd() -> None:
    async with RawServer([envelope(12.34)]) as server, transport_to(server.base) as transport:
        assert await transport.balance() == 12.34
    assert server.requests[0].target == "/api/v1/apikeys/current-balance"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http(400), ServiceError),
        (http(401), AuthenticationError),
        (http(402), InsufficientCredits),
        (http(403), PermissionDenied),
        (http(404), ModelUnavailable),
        (envelope(None, code=404, message="no such task"), ModelUnavailable),
        (http(429, Retry_After="3"), RateLimited),
        (http(302, Location="http://127.0.0.1:1/"), ServiceError),
        (http(503, b"<html>"), ServiceError),
        (http(200, b"<html>"), ServiceError),
        (http(200, b'{"code":200', length=99), ServiceError),
        (http(200, b'{"code":200,"x":"' + b"y" * (1 << 20) + b'"}'), ServiceError),
        (envelope({}), ServiceError),
        (b"", ServiceError),
        (b"garbage\r\n\r\n", ServiceError),
        (reset, ServiceError),
        (never, ServiceError),
    ],
    ids=named,
)
async def test_trouble_with_a_check_has_its_own_error(
    answer: Answer, kind: type[SoraError]
) -> None:
    async with (
        RawServer([answer]) as server,
        transport_to(server.base, within=patience(answer)) as transport,
    ):
        with pytest.raises(SoraError) as caught:
            await transport.check("sora-2", "t")
    assert type(caught.value) is kind
    assert_keyless(caught.value)


async def test_a_service_that_is_away_is_unreachable() -> None:
    async with RawServer([PENDING]) as server:
        base = server.base
    async with transport_to(base) as transport:
        for question in (transport.check("sora-2", "t"), transport.balance()):
            with pytest.raises(ServiceUnreachable):
                await question


async def test_a_redirect_never_carries_the_key_away() -> None:
    async with (
        RawServer([PENDING]) as other,
        RawServer([http(302, Location=other.base)]) as server,
        transport_to(server.base) as transport,
    ):
        with pytest.raises(ServiceError):
            await transport.check("sora-2", "t")
    assert other.connections == 0


async def test_a_key_echoed_in_a_tasks_failure_is_in_no_report() -> None:
    failed = envelope({"state": "failed", "failCode": KEY, "failMsg": f"bad key {KEY}"})
    async with RawServer([failed]) as server, transport_to(server.base) as transport:
        report = await transport.check("sora-2", "t")
    assert (report.fail_code, report.fail_message) == ("***", "bad key ***")


async def test_a_key_echoed_in_an_unreadable_answer_is_in_no_error() -> None:
    answer = http(200, json.dumps({"code": 200, "data": {"echo": KEY}}).encode())
    async with (
        RawServer([answer], keep_alive=True) as server,
        transport_to(server.base) as transport,
    ):
        for question in (transport.check("sora-2", "t"), transport.balance()):
            with pytest.raises(ServiceError) as caught:
                await question
            assert_keyless(caught.value)
            assert "***" in caught.value.body


async def test_a_cookie_of_the_service_is_not_sent_back() -> None:
    answer = http(200, b'{"code":200,"data":1}', Set_Cookie="session=1")
    async with (
        RawServer([answer], keep_alive=True) as server,
        transport_to(server.base) as transport,
    ):
        await transport.balance()
        await transport.balance()
    assert all("cookie" not in request.headers for request in server.requests)
