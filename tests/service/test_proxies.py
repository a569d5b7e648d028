"""Which proxy the environment asks for."""

from __future__ import annotations

import pytest

from sora_nb.core.secret import Secret
from sora_nb.service import transport
from sora_nb.service.proxies import find_proxy, proxy_for
from sora_nb.service.transport import Transport
from tests.support.raw_server import RawServer, envelope

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_setting_there_is_none() -> None:
    assert proxy_for("https://api.example/") is None


def test_each_scheme_has_its_own_and_all_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://user:word@proxy.example:3128")
    monkeypatch.setenv("all_proxy", "other.example:80")
    assert proxy_for("https://api.example/") == "http://user:word@proxy.example:3128"
    assert proxy_for("http://api.example/") == "http://other.example:80"


def test_no_proxy_names_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "api.example")
    assert proxy_for("https://api.example/") is None
    assert proxy_for("https://cdn.example/") is not None


def test_a_socks_proxy_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example:1080")
    assert proxy_for("https://api.example/") is None


async def test_this_machine_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert await find_proxy("http://127.0.0.1:8000/api/v1") is None
    assert proxy_for("http://localhost:8000/") is None
    assert await find_proxy("http://api.example/") == "http://proxy.example:3128"


async def test_questions_look_for_the_proxy_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    now = 1000.0

    async def look(url: str) -> None:
        looked.append(url)

    monkeypatch.setattr(transport, "find_proxy", look)
    async with RawServer([envelope({"taskId": "t", "state": "pending"})]) as server:

        async def endpoint() -> str:
            return server.base

        asking = Transport(
            endpoint,
            api_key=Secret("key-0123456789"),
            submit_timeout=20.0,
            allow_loopback=True,
            clock=lambda: now,
        )
        for _ in range(3):
            await asking.check("sora-2", "t")
        assert len(looked) == 1
        now += 61
        await asking.check("sora-2", "t")
        assert len(looked) == 2
        now -= 500  # a clock that was set back
        await asking.check("sora-2", "t")
        assert len(looked) == 3
        await asking.close()
