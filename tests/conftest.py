"""Which tests may run at the same time (with xdist), and which with old packages."""

from __future__ import annotations

from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "todays_packages: not for packages as old as Colab's")


def group_of(test: str) -> str:
    """A file's tests stay together, for what they share."""
    return test.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out tests by ``group_of``. (xdist 3.8's own groups need a private name of pytest that
    9.2 no longer has: ``--dist=loadgroup`` groups nothing there, and says nothing.)"""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships none

    class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # the same
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByGroup(config, log)
