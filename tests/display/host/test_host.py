"""Each place is told by what only that place sets; nothing else is asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from sora_nb.display.host.host import Host, host


def shell(*, allow_stdin: bool = True, variables: Mapping[str, str] | None = None) -> Any:
    """What a kernel's IPython shell looks like to the question."""
    parent = {"content": {"allow_stdin": allow_stdin}}
    kernel = SimpleNamespace(get_parent=lambda _channel: parent)
    return SimpleNamespace(kernel=kernel, user_ns=variables or {})


def marimo(running: bool) -> dict[str, Any]:
    return {"marimo": SimpleNamespace(running_in_notebook=lambda: running)}


COLAB = {"google.colab": object()}
VSCODE_NOTEBOOK = {"__vsc_ipynb_file__": "/films/boats.ipynb"}
SERVER = {"JPY_SESSION_NAME": "/films/boats.ipynb", "JPY_PARENT_PID": "7"}


@pytest.mark.parametrize(
    ("expected", "environ", "modules", "where"),
    [
        (Host.SCRIPT, {}, {}, None),
        (Host.SCRIPT, {"VSCODE_PID": "7"}, {}, None),
        (Host.TERMINAL, {}, {}, SimpleNamespace(user_ns={})),
        (Host.TERMINAL, {"VSCODE_PID": "7"}, {}, SimpleNamespace(user_ns={})),
        (Host.JUPYTER, SERVER, {}, shell()),
        (Host.JUPYTER, {}, {}, shell()),
        (Host.JUPYTER, {**SERVER, "VSCODE_PID": "7"}, {}, shell()),
        (Host.VSCODE, {"VSCODE_PID": "7"}, {}, shell()),
        (Host.VSCODE, SERVER, {}, shell(variables=VSCODE_NOTEBOOK)),
        (Host.COLAB, SERVER, COLAB, shell()),
        (Host.VOILA, {"SERVER_SOFTWARE": "voila/0.5.13"}, {}, shell(allow_stdin=False)),
        (Host.EXECUTED, {}, {}, shell(allow_stdin=False)),
        (Host.EXECUTED, {"VSCODE_PID": "7"}, COLAB, shell(allow_stdin=False)),
        (Host.MARIMO, {}, marimo(True), None),
        (Host.SCRIPT, {}, marimo(False), None),
        (Host.SCRIPT, {}, {"marimo": SimpleNamespace()}, None),
        (Host.JUPYTER, SERVER, marimo(False), shell()),
    ],
)
def test_the_host_is_told_by_what_only_that_place_sets(
    expected: Host, environ: dict[str, str], modules: dict[str, Any], where: Any
) -> None:
    assert host(environ, modules, where) is expected


def test_only_pages_draw_and_only_servers_give_files() -> None:
    drawn = {place for place in Host if place.has_page}
    assert drawn == {Host.JUPYTER, Host.VSCODE, Host.COLAB, Host.VOILA, Host.MARIMO}
    assert {place for place in Host if place.gives_files} == {Host.JUPYTER, Host.VOILA}
    assert [place for place in Host if place.silent] == [Host.VSCODE]
    assert {place for place in drawn if not place.rewrites} == {Host.VOILA, Host.MARIMO}


def test_a_plain_process_and_a_terminals_ipython_know_where_they_are() -> None:
    ask = "from sora_nb.display.host.host import host_here; print(host_here().name)"
    plain = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert plain.stdout.strip() == "SCRIPT"
    ipython = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", ask]
    terminal = subprocess.run(ipython, capture_output=True, text=True, check=True)
    assert terminal.stdout.strip().endswith("TERMINAL")
