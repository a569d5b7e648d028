"""Which tests may run at the same time (`--dist loadgroup`), and which with old packages."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
STARTS_KERNELS = ("browser", "notebooks", "benchmarks", "cli", "faults/hostile/test_secrets_in_n")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "todays_packages: not for packages as old as Colab's")


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests stay together, for what they share. Jupyter kernels are started by one
    worker only: their ports are picked free and bound later, so two starters can pick the same."""
    for item in items:
        file = item.path.relative_to(HERE).as_posix()
        group = "kernels" if file.startswith(STARTS_KERNELS) else file
        item.add_marker(pytest.mark.xdist_group(group))
