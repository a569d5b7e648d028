"""Which URLs may be asked for a film."""

from __future__ import annotations

import pytest

from sora_nb.service.urls import host_of, is_local, is_loopback, unusable


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example/a.mp4?signature=a%2Fb&x=1",
        "https://cdn.example:8443/",
        "https://93.184.216.34/f.mp4",
        "https://[2606:4700::1111]/f.mp4",
        "HTTPS://cdn.example/f.mp4",
    ],
)
def test_a_public_https_url_is_usable(url: str) -> None:
    assert unusable(url, allow_loopback=False) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/f",
        "https://LOCALHOST./f",
        "https://films.localhost/f",
        "https://127.0.0.1/f",
        "https://127.1/f",
        "https://0x7f000001/f",
        "https://2130706433/f",
        "https://0177.0.0.1/f",
        "https://0.0.0.0/f",
        "https://10.0.0.1/f",
        "https://192.168.1.1/f",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/f",
        "https://[::ffff:127.0.0.1]/f",
        "https://[fe80::1%25eth0]/f",
        "https://[fd00::1]/f",
        "http://cdn.example/f",
    ],
)
def test_what_points_inside_or_is_not_encrypted_needs_a_service_on_loopback(url: str) -> None:
    assert unusable(url, allow_loopback=False) is not None
    assert unusable(url, allow_loopback=True) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "film.mp4",
        "ftp://cdn.example/f",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///f",
        "https://user@cdn.example/f",
        "https://user:word@cdn.example/f",
        "https://cdn.example:notaport/f",
        "https://[::1/f",
        "https://cdn.example/a b",
        "https://cdn.example/\r\nX: y",
        "https://cdn.example\\@evil.example/f",
        "https://cdn.example/" + "x" * 4096,
    ],
)
def test_what_is_no_plain_web_url_is_never_usable(url: str) -> None:
    assert unusable(url, allow_loopback=False) is not None
    assert unusable(url, allow_loopback=True) is not None


def test_a_reason_never_repeats_the_url() -> None:
    assert "secret" not in str(unusable("ftp://cdn.example/?token=secret", allow_loopback=False))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/api/v1", True),
        ("http://localhost/api/v1", True),
        ("http://[::1]:80/", True),
        ("http://10.0.0.1/", False),
        ("https://api.apixo.ai/api/v1", False),
        ("http://[::1", False),
    ],
)
def test_this_machine_is_recognised(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_ordinary_names_are_not_local() -> None:
    assert not is_local("cdn.example")
    assert not is_local("localhost.example")
    assert not is_local("1.2.3.4.5.example")


def test_a_host_for_messages_is_never_an_exception() -> None:
    assert host_of("https://cdn.example/secret?x") == "cdn.example"
    assert host_of("https://[::1") == "?"
