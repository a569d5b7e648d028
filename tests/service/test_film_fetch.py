"""Fetching a film: Range, redirects and expiry, and never the key."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from sora_nb.core.errors import DownloadError, LinkExpired
from sora_nb.service.film_fetch import PIECE, Response
from sora_nb.service.transport import Transport
from tests.support.client_side import KEY, patience, transport_to
from tests.support.raw_server import Answer, RawServer, http, named, never, then_nothing

FILM = b"0123456789"
UNUSED = "http://127.0.0.1:9/api/v1"


async def read(transport: Transport, url: str, **how: Any) -> tuple[Response, bytes]:
    async with transport.fetch(url, **how) as response:
        return response, b"".join([piece async for piece in response.chunks()])


async def test_a_whole_film_comes_with_its_size_and_validator() -> None:
    answer = http(200, FILM, ETag='"v1"', Content_Type="Video/MP4; x=y")
    async with RawServer([answer]) as server, transport_to(UNUSED) as transport:
        response, body = await read(transport, f"{server.url}/f.mp4?sig=a%2Fb%7E&x=%41")
    assert (response.status, response.start, response.total) == (200, 0, 10)
    assert (response.etag, response.content_type) == ('"v1"', "video/mp4")
    assert body == FILM
    (get,) = server.requests
    assert get.target == "/f.mp4?sig=a%2Fb%7E&x=%41"
    assert get.headers["accept-encoding"] == "identity"
    assert not {"authorization", "cookie", "range", "if-range", "referer"} & get.headers.keys()


async def test_pieces_are_bounded_also_for_a_reader_that_is_slow() -> None:
    async with (
        RawServer([http(200, b"x" * (16 * PIECE))]) as server,
        transport_to(UNUSED) as transport,
        transport.fetch(server.url) as response,
    ):
        sizes = []
        async for piece in response.chunks():
            sizes.append(len(piece))
            for _ in range(10):  # meanwhile more comes
                await asyncio.sleep(0)
    assert sum(sizes) == 16 * PIECE
    assert PIECE // 4 < max(sizes) <= 2 * PIECE


async def test_a_film_is_continued_from_a_byte_on() -> None:
    answer = http(206, FILM[4:], ETag='"v1"', Content_Range="bytes 4-9/10")
    async with RawServer([answer]) as server, transport_to(UNUSED) as transport:
        response, body = await read(transport, server.url, start=4, if_range='"v1"')
    assert (response.status, response.start, response.total, body) == (206, 4, 10, FILM[4:])
    assert server.requests[0].headers["range"] == "bytes=4-"
    assert server.requests[0].headers["if-range"] == '"v1"'


async def test_the_size_may_be_unknown() -> None:
    answer = http(206, FILM[4:], Content_Range="bytes 4-9/*")
    async with RawServer([answer]) as server, transport_to(UNUSED) as transport:
        response, _ = await read(transport, server.url, start=4)
    assert (response.start, response.total) == (4, None)


async def test_nothing_more_to_fetch_is_an_answer_with_the_size() -> None:
    answer = http(416, Content_Range="bytes */10")
    async with RawServer([answer]) as server, transport_to(UNUSED) as transport:
        response, _ = await read(transport, server.url, start=10)
    assert (response.status, response.total) == (416, 10)


@pytest.mark.parametrize("etag", ['W/"v1"', "v1", '"v1', ""])
async def test_a_weak_or_broken_validator_is_none(etag: str) -> None:
    async with RawServer([http(200, FILM, ETag=etag)]) as server, transport_to(UNUSED) as transport:
        response, _ = await read(transport, server.url)
    assert response.etag is None


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_link_that_no_longer_answers_has_expired(status: int) -> None:
    async with RawServer([http(status)]) as server, transport_to(UNUSED) as transport:
        with pytest.raises(LinkExpired, match=str(status)):
            await read(transport, server.url)


@pytest.mark.parametrize(
    "answer",
    [
        http(500),
        http(429),
        http(204),
        http(302),
        http(206, FILM),
        http(206, FILM, Content_Range="bytes */10"),
        http(206, FILM, Content_Range="bytes nine to ten"),
        http(200, FILM, Content_Encoding="gzip"),
        http(200, FILM, length=99),
        then_nothing(http(200, FILM, length=99)),
        b"",
        b"garbage\r\n\r\n",
        never,
    ],
    ids=named,
)
async def test_a_film_that_does_not_come_is_a_download_error(answer: Answer) -> None:
    async with (
        RawServer([answer]) as server,
        transport_to(UNUSED, within=patience(answer)) as transport,
    ):
        with pytest.raises(DownloadError) as caught:
            await read(transport, f"{server.url}/f.mp4?signature=secret", start=1)
    assert type(caught.value) is DownloadError
    assert "secret" not in str(caught.value)


async def test_what_arrived_before_a_cut_is_given() -> None:
    async with (
        RawServer([http(200, FILM, length=99)]) as server,
        transport_to(UNUSED) as transport,
        transport.fetch(server.url) as response,
    ):
        pieces = response.chunks()
        assert await anext(pieces) == FILM
        with pytest.raises(DownloadError):
            await anext(pieces)


async def test_the_callers_own_trouble_passes_through_unchanged() -> None:
    async with RawServer([http(200, FILM)]) as server, transport_to(UNUSED) as transport:
        with pytest.raises(OSError, match="disk full"):
            async with transport.fetch(server.url):
                raise OSError("disk full")


async def test_redirects_are_followed_without_key_or_cookie_and_with_the_range() -> None:
    film = http(206, FILM[4:], Content_Range="bytes 4-9/10")
    async with RawServer([film]) as other:
        moved = http(302, Location=f"{other.url}/b", Set_Cookie="a=b")
        answers: list[Answer] = [http(307, Location="/c?d"), moved]
        async with RawServer(answers, keep_alive=True) as server, transport_to(UNUSED) as transport:
            _, body = await read(transport, f"{server.url}/a", start=4)
    assert body == FILM[4:]
    assert [request.target for request in server.requests] == ["/a", "/c?d"]
    assert other.requests[0].headers["range"] == "bytes=4-"
    assert not {"authorization", "cookie"} & other.requests[0].headers.keys()


async def test_redirects_in_a_circle_end() -> None:
    async with (
        RawServer([http(302, Location="/again")], keep_alive=True) as server,
        transport_to(UNUSED) as transport,
    ):
        with pytest.raises(DownloadError, match="more than 5 times"):
            await read(transport, server.url)
    assert len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user@a.example/", "http://[::1"])
async def test_a_redirect_to_an_unusable_url_is_not_followed(target: str) -> None:
    async with RawServer([http(302, Location=target)]) as server, transport_to(UNUSED) as transport:
        with pytest.raises(DownloadError):
            await read(transport, server.url)


async def test_a_film_of_a_real_service_is_never_fetched_from_this_machine() -> None:
    async with (
        RawServer([http(200, FILM)]) as server,
        transport_to(UNUSED, allow_loopback=False) as transport,
    ):
        for host in ("127.0.0.1", "localhost", "127.1"):
            for scheme in ("http", "https"):
                with pytest.raises(DownloadError):
                    await read(transport, f"{scheme}://{host}:{server.port}/f")
    assert server.connections == 0


async def test_a_name_that_stands_for_this_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def here(_host: str, port: int, *_args: object, **_kwargs: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async with RawServer([], at_once=b"") as server:
        monkeypatch.setattr(socket, "getaddrinfo", here)
        url = f"https://films.example:{server.port}/f"
        async with transport_to(UNUSED, allow_loopback=False) as transport:
            with pytest.raises(DownloadError, match="stands for this machine"):
                await read(transport, url)
        assert server.connections == 0
        async with transport_to(UNUSED, allow_loopback=True) as transport:
            with pytest.raises(DownloadError):
                await read(transport, url)
        assert server.connections == 1


async def test_a_proxy_on_this_machine_is_used_for_a_real_services_film(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with RawServer([http(403)]) as proxy:
        monkeypatch.setenv("https_proxy", f"http://localhost:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with transport_to(UNUSED, allow_loopback=False) as transport:
            with pytest.raises(DownloadError, match="the proxy refused"):
                await read(transport, "https://films.example/f")
    assert [request.target for request in proxy.requests] == ["films.example:443"]


async def test_a_netrc_file_sends_no_password_to_a_films_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"default login somebody password {KEY}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with RawServer([http(200, FILM)]) as server, transport_to(UNUSED) as transport:
        await read(transport, server.url)
    assert "authorization" not in server.requests[0].headers


async def test_after_closing_no_film_is_fetched() -> None:
    async with RawServer([http(200, FILM)]) as server, transport_to(UNUSED) as transport:
        await transport.close()
        with pytest.raises(DownloadError, match="closed"):
            await read(transport, server.url)
    assert server.connections == 0
