"""A stand-in for what a Colab runtime has loaded: as much of ``google.colab`` as is asked.

Its shapes are those of googlecolab/colabtools: the package imports its submodule ``output``, but
not ``userdata``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType

import pytest

MANAGER = "https://colab.example/manager.min.js"


class SecretNotFoundError(Exception):
    pass


def in_colab(patch: pytest.MonkeyPatch, secrets: Mapping[str, object] | None = None) -> None:
    """Make this process look like a Colab kernel. A secret that is an exception is raised."""
    known = dict(secrets or {})

    def get(name: str) -> object:
        found = known.get(name, SecretNotFoundError(f"Secret {name} does not exist."))
        if isinstance(found, Exception):
            raise found
        return found

    package, google = ModuleType("google.colab"), ModuleType("google")
    userdata, output = ModuleType("google.colab.userdata"), ModuleType("google.colab.output")
    widgets = ModuleType("google.colab.output._widgets")
    package.__path__ = []
    google.__path__ = []
    userdata.__dict__["get"] = get
    widgets.__dict__["_installed_url"] = None

    def enable_custom_widget_manager() -> None:
        widgets.__dict__["_installed_url"] = MANAGER

    output.__dict__.update(
        _widgets=widgets, enable_custom_widget_manager=enable_custom_widget_manager
    )
    package.__dict__["output"] = output
    google.__dict__["colab"] = package
    for module in (google, package, userdata, output, widgets):
        patch.setitem(sys.modules, module.__name__, module)
