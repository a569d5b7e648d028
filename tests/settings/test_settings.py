"""One frozen Settings, where each value came from, and a key that shows itself nowhere."""

from __future__ import annotations

import copy
import dataclasses
import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sora_nb.core.errors import InvalidRequest
from sora_nb.core.secret import Secret
from sora_nb.core.service_facts import DEFAULT_BASE_URL
from sora_nb.settings.resolve import default_home, resolve
from sora_nb.settings.settings import KeySource, Settings

KEY = "sk-canary-0123456789"
HERE = Path("/notebooks/boats")


def settings(
    environ: Mapping[str, str] | None = None,
    *,
    configured: Mapping[str, Any] | None = None,
    key_sources: tuple[KeySource, ...] = (),
    **arguments: Any,
) -> Settings:
    return resolve(
        arguments,
        environ=environ or {},
        notebook_folder=HERE,
        configured=configured,
        key_sources=key_sources,
    )


def test_without_anything_the_simulator_is_the_service_and_films_lie_beside_the_notebook() -> None:
    plain = settings()
    assert plain.simulated
    assert (plain.home, plain.media) == (default_home(), HERE / "sora_videos")
    assert dict(plain.origins) == {}
    assert plain == Settings(home=default_home(), media=HERE / "sora_videos")


LAYERS: dict[str, tuple[Any, str, Any]] = {
    "base_url": ("https://env.example/api/v1", "APIXO_BASE_URL", "https://env.example/api/v1"),
    "home": ("/env", "SORA_NB_HOME", Path("/env")),
    "media": ("/env", "SORA_NB_MEDIA", Path("/env")),
    "simulator_speed": ("7", "SORA_NB_SIMULATOR_SPEED", 7.0),
    "poll": ("thrifty", "SORA_NB_POLL", "thrifty"),
    "api_key": (KEY, "APIXO_API_KEY", Secret(KEY)),
}
OTHERS: dict[str, tuple[Any, Any, Any, Any]] = {
    "base_url": ("https://a", "https://a/api/v1", "https://c", "https://c/api/v1"),
    "home": ("/a", Path("/a"), "/c", Path("/c")),
    "media": ("/a", Path("/a"), "/c", Path("/c")),
    "simulator_speed": (2, 2.0, 3, 3.0),
    "poll": ("live", "live", 1, 1.0),
    "api_key": ("argument", Secret("argument"), "configured", Secret("configured")),
}


@pytest.mark.parametrize("name", LAYERS)
def test_an_argument_beats_configure_beats_the_environment(name: str) -> None:
    given, variable, from_environ = LAYERS[name]
    argument, from_argument, configured, from_configured = OTHERS[name]
    environ = {variable: f" {given} "}
    keyring = (("keyring", lambda: "from-keyring"),)

    found = settings(environ, key_sources=keyring)
    assert (getattr(found, name), found.origins[name]) == (from_environ, variable)
    found = settings(environ, configured={name: configured}, key_sources=keyring)
    assert (getattr(found, name), found.origins[name]) == (from_configured, "configure")
    found = settings(
        environ, configured={name: configured}, key_sources=keyring, **{name: argument}
    )
    assert (getattr(found, name), found.origins[name]) == (from_argument, "argument")
    nothing: dict[str, Any] = {name: None}
    found = settings(environ, configured=nothing, **nothing)
    assert found.origins[name] == variable


def test_further_sources_of_a_key_are_asked_in_order_and_only_without_one() -> None:
    asked: list[str] = []

    def source(name: str, value: str | None) -> KeySource:
        def read() -> str | None:
            asked.append(name)
            return value

        return name, read

    sources = (source("Colab secret", None), source("keyring", KEY), source("last", "other"))
    found = settings(key_sources=sources)
    assert (found.api_key, found.origins["api_key"]) == (Secret(KEY), "keyring")
    assert asked == ["Colab secret", "keyring"]
    settings({"APIXO_API_KEY": KEY}, key_sources=sources)
    assert asked == ["Colab secret", "keyring"]


def test_blank_variables_count_as_unset() -> None:
    assert settings({"APIXO_API_KEY": "  ", "APIXO_BASE_URL": "", "SORA_NB_POLL": " "}).simulated


def test_the_key_is_in_no_text_and_no_copy_of_the_settings() -> None:
    found = settings(api_key=KEY)
    assert found.api_key is not None
    assert found.api_key.reveal() == KEY
    shown = f"{found!r} {found} {found.api_key!r} {found.api_key} {found.origins!r}"
    assert KEY not in shown
    assert "Secret(set)" in repr(found)
    copiers: list[Callable[[Any], object]] = [pickle.dumps, copy.copy, copy.deepcopy]
    for attempt in copiers:
        with pytest.raises(TypeError, match="not pickled"):
            attempt(found.api_key)
    for attempt in (pickle.dumps, copy.deepcopy, dataclasses.asdict):
        with pytest.raises(TypeError):
            attempt(found)
    assert not hasattr(found.api_key, "__dict__")


@pytest.mark.parametrize("key", ["", f"{KEY} x", f"{KEY}\n", "clé", f"{KEY}\x00"])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        settings(api_key=key)
    said = "\n".join(caught.value._render_traceback_())
    assert "APIXO_API_KEY" in said
    assert KEY not in said


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example",
        "https://api.example/",
        "https://api.example/api/v1",
        "https://api.example/api/v1/",
    ],
)
def test_a_base_url_is_taken_with_and_without_its_path(url: str) -> None:
    found = settings(base_url=url)
    assert found.base_url == found.service_url == "https://api.example/api/v1"
    assert not found.simulated


@pytest.mark.parametrize(
    "url",
    [
        "api.example",
        "ftp://api.example",
        "https://",
        "https://api.example?key=1",
        "https://api.example/#x",
        "https://user:pass@api.example",
        "https://api.example:99999",
        "https://api .example",
        "https://[api.example",
        7,
    ],
)
def test_a_base_url_that_cannot_be_one_is_refused(url: object) -> None:
    with pytest.raises(InvalidRequest, match=r"base_url .* is not an http\(s\) URL"):
        settings(base_url=url)


def test_a_key_alone_means_the_real_service_and_a_loopback_address_is_known_as_one() -> None:
    assert settings(api_key=KEY).service_url == DEFAULT_BASE_URL
    assert not settings(api_key=KEY).on_loopback
    for host in ("127.0.0.1:8000", "localhost", "[::1]:80", "127.9.9.9"):
        assert settings(base_url=f"http://{host}").on_loopback
    assert not settings(base_url="http://127.example").on_loopback


BAD: dict[str, list[Any]] = {
    "poll": ["often", 0, -1, True, "nan", "inf", None],
    "rate": [0, "many", float("nan"), True],
    "concurrency": [0, 1.5, "x"],
    "submit_timeout": [0, -3],
    "price_per_second": [0, "cheap"],
    "simulator_speed": [0, "fast"],
    "embed": ["no", 1],
    "home": [7],
    "media": [b"bytes"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(n, v) for n, vs in BAD.items() for v in vs if v is not None], ids=str
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest, match=name):
        settings(**{name: value})


def test_an_unknown_setting_names_the_known_ones_and_never_its_value() -> None:
    with pytest.raises(InvalidRequest, match="'apikey' is not a setting") as caught:
        settings(apikey=KEY)
    assert "api_key" in caught.value.advice
    assert KEY not in "\n".join(caught.value._render_traceback_())
    with pytest.raises(InvalidRequest, match="'origins' is not a setting"):
        settings(origins={})


def test_folders_become_absolute_and_know_the_home() -> None:
    found = settings(media="~/films", home="here")
    assert found.media == Path.home() / "films"
    assert found.home == Path(os.path.abspath("here"))
    assert settings(poll="2.5").poll == 2.5
