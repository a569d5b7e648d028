"""A certificate that does not match ends the talk before the key is spoken.

``certificates`` holds an authority made for these tests alone and two hosts that it vouches for,
all valid from 2020 to 2099.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import aiohttp.connector
import pytest

from .conftest import MakeClient, notes, until
from .server import HostileService, success

FOLDER = Path(__file__).parent / "certificates"
PROMPT = "a paper boat in the rain"
PATIENT = 20.0


def speaking(name: str) -> ssl.SSLContext:
    """A server that shows the certificate of that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / f"{name}.pem")
    return context


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the authority of the tests: aiohttp keeps one context for all."""
    context = ssl.create_default_context(cafile=str(FOLDER / "authority.pem"))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", context)


def test_a_certificate_that_matches_is_talked_to(
    trusted: None, film: bytes, make_client: MakeClient
) -> None:
    with HostileService(film, tls=speaking("this_host")) as service:
        client = make_client(service.base)
        assert client.generate(PROMPT).wait(PATIENT).path.is_file()
        client.close()


@pytest.mark.parametrize("certificate", ["other_host", "this_host"])
def test_a_wrong_or_unknown_certificate_gets_no_byte_and_the_task_waits(
    certificate: str,
    film: bytes,
    make_client: MakeClient,
    request: pytest.FixtureRequest,
) -> None:
    """That of another host by a trusted authority, and that of this host by an unknown one."""
    if certificate == "other_host":
        request.getfixturevalue("trusted")
    with HostileService(film, tls=speaking(certificate)) as service:
        client = make_client(service.base)
        task = client.generate(PROMPT)
        until(lambda: notes(client, task.key), "a note")
        assert "TLS certificate is not valid" in notes(client, task.key)[0]
        assert task.state in ("queued", "submitting")
        client.close()
        assert service.requests == []


def test_a_film_of_a_host_with_a_wrong_certificate_is_not_taken(
    trusted: None, film: bytes, service: HostileService, make_client: MakeClient
) -> None:
    with HostileService(film, tls=speaking("other_host")) as films:
        service.answers("status", success(films.film_url, service.film_url))
        client = make_client(service.base)
        task = client.generate(PROMPT)
        assert task.wait(PATIENT).path.is_file()
        assert films.requests == []
    assert "TLS certificate is not valid" in notes(client, task.key)[0]
