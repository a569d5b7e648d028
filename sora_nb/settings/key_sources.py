"""Where a key may lie beside arguments and environment: Colab's secrets, the system's keyring."""

from __future__ import annotations

import importlib
import importlib.util
import sys

from sora_nb.settings.settings import KeySource

NAME = "APIXO_API_KEY"


def key_sources() -> tuple[KeySource, ...]:
    """The sources that exist here, in the order in which they are asked."""
    found: list[KeySource] = []
    if "google.colab" in sys.modules:
        found.append(("Colab secret", _colab))
    if importlib.util.find_spec("keyring") is not None:
        found.append(("keyring", _keyring))
    return tuple(found)


def _colab() -> str | None:
    """The notebook's secret, if it exists and this notebook may read it.

    ``google.colab`` itself does not import ``userdata`` (googlecolab/colabtools). Without its page
    the question is given up after 10 s.
    """
    try:
        userdata = importlib.import_module("google.colab.userdata")
        return str(userdata.get(NAME))
    except Exception:  # noqa: BLE001  (its errors are private to google.colab: no secret, no key)
        return None


def _keyring() -> str | None:
    """Service ``sora_nb``, user name ``APIXO_API_KEY``."""
    keyring = importlib.import_module("keyring")
    errors = importlib.import_module("keyring.errors")
    try:
        found = keyring.get_password("sora_nb", NAME)
    except errors.KeyringError:
        return None
    return None if found is None else str(found)
