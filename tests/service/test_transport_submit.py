"""One POST, and what is known after it: real sockets, every way a submit can go wrong."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator

import aiohttp
import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    PermissionDenied,
    RateLimited,
    ServiceError,
    ServiceUnreachable,
    SoraError,
    SubmitUnsure,
)
from sora_nb.core.task import VideoRequest
from sora_nb.service.transport import Transport
from tests.support.client_side import KEY, assert_keyless, patience, transport_to
from tests.support.raw_server import (
    Answer,
    RawServer,
    endless,
    envelope,
    http,
    named,
    never,
    reset,
    then_nothing,
)

REQUEST = VideoRequest(prompt="a paper boat")
ACCEPTED = envelope({"taskId": "task-1"})


async def failure_of(transport: Transport) -> SoraError:
    with pytest.raises(SoraError) as caught:
        await transport.submit(REQUEST)
    assert_keyless(caught.value)
    return caught.value


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, for as long as the test runs."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def test_an_accepted_submit_gives_the_id_and_is_one_post() -> None:
    async with RawServer([ACCEPTED]) as server, transport_to(server.base) as transport:
        assert await transport.submit(REQUEST) == "task-1"
    (post,) = server.requests
    assert (post.method, post.target) == ("POST", "/api/v1/generateTask/sora-2")
    assert post.headers["authorization"] == f"Bearer {KEY}"
    assert post.headers["content-type"] == "application/json"
    assert post.headers["user-agent"].startswith("sora_nb")
    assert json.loads(post.body)["input"]["prompt"] == "a paper boat"


async def test_every_post_has_a_fresh_connection() -> None:
    async with (
        RawServer([ACCEPTED], keep_alive=True) as server,
        transport_to(server.base) as transport,
    ):
        await transport.submit(REQUEST)
        await transport.submit(REQUEST)
    assert [request.connection for request in server.requests] == [1, 2]


# -- nothing left this machine: it may be repeated


async def test_a_refused_connection_is_surely_not_sent(closed_port: int) -> None:
    async with transport_to(f"http://127.0.0.1:{closed_port}/api/v1") as transport:
        assert type(await failure_of(transport)) is ServiceUnreachable


async def test_a_name_that_does_not_resolve_is_surely_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_such_name(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    async with transport_to("http://service.invalid/api/v1") as transport:
        error = await failure_of(transport)
    assert type(error) is ServiceUnreachable
    assert "service.invalid" in error.message


async def test_a_connection_that_is_not_made_in_time_is_surely_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def slow(*_args: object, **_kwargs: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(aiohttp.TCPConnector, "_resolve_host", slow)
    async with transport_to("http://service.invalid/api/v1", within=0.05) as transport:
        assert type(await failure_of(transport)) is ServiceUnreachable


@pytest.mark.parametrize("answer", [b"", b"220 this is not TLS\r\n", reset, never], ids=named)
async def test_a_tls_handshake_that_comes_to_nothing_is_surely_not_sent(answer: Answer) -> None:
    async with RawServer([], at_once=answer) as server:
        base = f"https://127.0.0.1:{server.port}/api/v1"
        async with transport_to(base, within=patience(answer)) as transport:
            assert type(await failure_of(transport)) is ServiceUnreachable
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer", [http(407, b"who are you"), http(502), b"garbage\r\n\r\n", reset], ids=named
)
async def test_a_proxy_that_opens_no_tunnel_is_surely_not_sent(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with RawServer([answer]) as proxy:
        monkeypatch.setenv("https_proxy", f"http://user:{KEY}@127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with transport_to("https://service.invalid/api/v1") as transport:
            assert type(await failure_of(transport)) is ServiceUnreachable
    assert [request.method for request in proxy.requests] == ["CONNECT"]
    assert "proxy-authorization" in proxy.requests[0].headers
    assert "authorization" not in proxy.requests[0].headers


async def test_a_proxy_that_is_away_is_surely_not_sent(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    async with transport_to("http://service.invalid/api/v1") as transport:
        assert type(await failure_of(transport)) is ServiceUnreachable


async def test_after_closing_nothing_is_sent() -> None:
    async with RawServer([ACCEPTED]) as server, transport_to(server.base) as transport:
        await transport.close()
        await transport.close()
        assert type(await failure_of(transport)) is ServiceUnreachable
    assert server.connections == 0


# -- it left, and nobody knows: one POST, never a second one


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        reset,
        never,
        b"HTTP/1.1 2",
        b"SSH-2.0-garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n",
        http(200, b'{"code":200,"data":{"tas', length=500),
        then_nothing(http(200, b'{"code":200,"data":{"tas', length=500)),
        http(200),
        http(200, b"<html>hello</html>"),
        http(200, b'{"code":200,"message":"success","data":null}'),
        envelope({}),
        envelope({"taskId": ""}),
        envelope(None, code=500, message="busy"),
        envelope({"taskId": "task-1"}, code=500),
        http(200, b'{"code":200,"data":{"taskId":"t"},"x":"' + b"y" * (1 << 20) + b'"}'),
        http(204),
        http(301, Location="http://127.0.0.1:1/"),
        http(408),
        *(http(status) for status in (500, 502, 503, 504)),
        envelope(None, code=400, message="Insufficient credits", status=500),
    ],
    ids=named,
)
async def test_a_lost_or_unclear_answer_is_unsure_after_exactly_one_post(answer: Answer) -> None:
    async with (
        RawServer([answer, ACCEPTED]) as server,
        transport_to(server.base, within=patience(answer)) as transport,
    ):
        error = await failure_of(transport)
    assert type(error) is SubmitUnsure
    assert [request.method for request in server.requests] == ["POST"]
    assert server.connections == 1


async def test_a_connection_that_is_cut_before_the_request_is_read_is_unsure() -> None:
    async with RawServer([], at_once=b"") as server, transport_to(server.base) as transport:
        assert type(await failure_of(transport)) is SubmitUnsure
    assert server.connections == 1


async def test_an_endless_answer_is_read_to_a_bound() -> None:
    async with RawServer([endless]) as server, transport_to(server.base) as transport:
        error = await failure_of(transport)
    assert type(error) is SubmitUnsure
    assert "longer than" in error.message


async def test_a_redirect_is_never_followed_with_the_prompt_and_the_key() -> None:
    async with RawServer([ACCEPTED]) as other:
        for status in (301, 302, 303, 307, 308):
            moved = http(status, Location=f"{other.base}/generateTask/sora-2")
            async with RawServer([moved]) as server, transport_to(server.base) as transport:
                assert type(await failure_of(transport)) is SubmitUnsure
    assert other.connections == 0


async def test_an_id_that_arrived_whole_counts_even_if_the_connection_broke_after_it() -> None:
    body = b'{"code":200,"message":"success","data":{"taskId":"task-1"}}'
    async with (
        RawServer([http(200, body, length=500)]) as server,
        transport_to(server.base) as transport,
    ):
        assert await transport.submit(REQUEST) == "task-1"


async def test_a_cancelled_submit_is_cancelled_and_not_repeated() -> None:
    arrived = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    async with RawServer([hang]) as server, transport_to(server.base) as transport:
        task = asyncio.create_task(transport.submit(REQUEST))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(server.requests) == 1


async def test_an_unexpected_failure_after_connecting_is_unsure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise KeyError("a bug in a library")

    monkeypatch.setattr(aiohttp.ClientResponse, "start", broken)
    async with RawServer([ACCEPTED]) as server, transport_to(server.base) as transport:
        assert type(await failure_of(transport)) is SubmitUnsure


# -- refused: clear, not charged


@pytest.mark.parametrize("in_envelope", [False, True])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (402, InsufficientCredits),
        (403, PermissionDenied),
        (404, ModelUnavailable),
        (413, ServiceError),
        (422, ServiceError),
        (429, RateLimited),
    ],
)
async def test_a_clear_refusal_is_told_as_such(
    status: int, kind: type[SoraError], in_envelope: bool
) -> None:
    refusal = envelope(
        None, code=status, message="the reason", status=200 if in_envelope else status
    )
    async with RawServer([refusal]) as server, transport_to(server.base) as transport:
        error = await failure_of(transport)
    assert type(error) is kind
    assert "the reason" in error.message
    assert len(server.requests) == 1


async def test_a_refusal_counts_by_its_status_even_if_its_body_is_cut() -> None:
    async with (
        RawServer([http(402, b'{"co', length=900)]) as server,
        transport_to(server.base) as transport,
    ):
        assert type(await failure_of(transport)) is InsufficientCredits


async def test_a_rate_limit_tells_how_long_to_wait() -> None:
    async with (
        RawServer([http(429, Retry_After="7")]) as server,
        transport_to(server.base) as transport,
    ):
        error = await failure_of(transport)
    assert isinstance(error, RateLimited)
    assert error.retry_after == 7.0


# -- the key


@pytest.mark.parametrize(
    "echo",
    [
        lambda key: http(401, json.dumps({"code": 401, "message": f"bad key {key}"}).encode()),
        lambda key: http(422, f"Authorization: Bearer {key}".encode()),
        lambda key: http(500, f"trace: {key}".encode()),
        lambda key: envelope({"error": key}, code=400, message=key),
    ],
)
async def test_a_key_that_the_service_echoes_is_in_no_error(echo: Callable[[str], bytes]) -> None:
    async with RawServer([echo(KEY)]) as server, transport_to(server.base) as transport:
        assert "***" in (await failure_of(transport)).message


async def test_without_a_key_nothing_is_sent_to_a_real_service() -> None:
    async with transport_to("https://service.invalid/api/v1", key=None) as transport:
        error = await failure_of(transport)
    assert type(error) is AuthenticationError
    assert "APIXO_API_KEY is not set" in error.message


async def test_without_a_key_a_service_on_this_machine_gets_the_simulators() -> None:
    async with RawServer([ACCEPTED]) as server, transport_to(server.base, key=None) as transport:
        await transport.submit(REQUEST)
    assert server.requests[0].headers["authorization"] == "Bearer simulator"


async def test_a_netrc_file_takes_no_part(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login somebody password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with RawServer([ACCEPTED]) as server, transport_to(server.base) as transport:
        await transport.submit(REQUEST)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_prompt_that_is_no_text_is_refused_before_anything_is_sent() -> None:
    async with RawServer([ACCEPTED]) as server, transport_to(server.base) as transport:
        with pytest.raises(InvalidRequest):
            await transport.submit(VideoRequest(prompt="\ud800"))
    assert server.connections == 0
