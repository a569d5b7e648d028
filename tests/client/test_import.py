"""What ``import sora_nb`` costs and what it shows."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import sora_nb

HEAVY = (
    "aiohttp",
    "msgspec",
    "ipywidgets",
    "anywidget",
    "av",
    "sqlite3",
    "numpy",
    "PIL",
    "IPython",
)


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_import_loads_nothing_heavy_and_starts_nothing() -> None:
    assert (
        run(
            "import sys, threading, sora_nb\n"
            "dir(sora_nb), sora_nb.__version__\n"
            f"print([name for name in {HEAVY!r} if name in sys.modules], threading.active_count())"
        )
        == "[] 1"
    )


def test_a_client_that_is_only_made_loads_no_network_and_starts_nothing() -> None:
    assert (
        run(
            "import sys, threading, sora_nb\n"
            "sora_nb.Client(), sora_nb.configure(poll='live')\n"
            "print([n for n in ('aiohttp', 'av', 'sqlite3', 'ipywidgets') if n in sys.modules],"
            " threading.active_count())"
        )
        == "[] 1"
    )


def test_every_public_name_is_there_and_no_other() -> None:
    for name in sora_nb.__all__:
        assert getattr(sora_nb, name) is not None
        assert name in dir(sora_nb)
    assert sorted(sora_nb.__all__) == list(sora_nb.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        sora_nb.no_such_name  # noqa: B018


def test_a_kernel_that_ends_without_closing_leaves_no_simulator() -> None:
    pid = run(
        "import tempfile, sora_nb\n"
        "folder = tempfile.mkdtemp()\n"
        "client = sora_nb.Client(home=folder, media=folder, simulator_speed=500)\n"
        "client.balance()\n"
        "print(client._lifetime.runtime.simulator.pid)"
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
