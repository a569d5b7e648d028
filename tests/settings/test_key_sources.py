"""Where a key may lie beside arguments and environment, and that looking is never fatal."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from sora_nb.settings.key_sources import key_sources
from tests.support.colab import in_colab

KEY = "made-up-key"


def keys() -> dict[str, str | None]:
    return {name: read() for name, read in key_sources()}


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)


def test_elsewhere_there_are_no_colab_secrets(no_keyring: None) -> None:
    assert keys() == {}


def test_colabs_secret_is_the_key(no_keyring: None, monkeypatch: pytest.MonkeyPatch) -> None:
    in_colab(monkeypatch, {"APIXO_API_KEY": KEY})
    assert keys() == {"Colab secret": KEY}


@pytest.mark.parametrize("refusal", [None, PermissionError("no access"), TimeoutError("no page")])
def test_a_secret_that_cannot_be_had_is_no_key(
    no_keyring: None, monkeypatch: pytest.MonkeyPatch, refusal: Exception | None
) -> None:
    in_colab(monkeypatch, {} if refusal is None else {"APIXO_API_KEY": refusal})
    assert keys() == {"Colab secret": None}


def test_a_colab_without_secrets_at_all_is_no_hindrance(
    no_keyring: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_colab(monkeypatch)
    monkeypatch.setitem(sys.modules, "google.colab.userdata", None)
    assert keys() == {"Colab secret": None}


def test_the_keyring_is_asked_after_colab(monkeypatch: pytest.MonkeyPatch) -> None:
    errors, keyring = ModuleType("keyring.errors"), ModuleType("keyring")
    errors.__dict__["KeyringError"] = OSError
    keyring.__dict__["get_password"] = lambda service, name: f"{service}/{name}"
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: object())
    in_colab(monkeypatch, {"APIXO_API_KEY": KEY})
    assert list(keys().items()) == [
        ("Colab secret", KEY),
        ("keyring", "sora_nb/APIXO_API_KEY"),
    ]
