"""The simulator as a process: its one line, what it refuses, and how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COMMAND = (sys.executable, "-m", "sora_nb.simulator")
PATIENCE = 20  # seconds before a process that does not end counts as one that never will


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    made = subprocess.Popen(
        [*COMMAND, "--speed", "50", "--exit-with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with made:
        yield made
        made.kill()


def ready(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_one_line_says_where_it_listens(process: subprocess.Popen[str]) -> None:
    said = ready(process)
    url = f"http://127.0.0.1:{said['port']}/api/v1"
    assert said == {"url": url, "port": said["port"], "pid": process.pid, "speed": 50.0}
    request = urllib.request.Request(
        f"{url}/apikeys/current-balance", headers={"Authorization": "Bearer k"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert json.load(answer)["data"] == 1000.0


def test_it_ends_with_its_parent(process: subprocess.Popen[str]) -> None:
    ready(process)
    assert process.poll() is None
    out, err = process.communicate(timeout=PATIENCE)
    assert (out, err, process.returncode) == ("", "", 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_on_a_signal(process: subprocess.Popen[str], number: int) -> None:
    ready(process)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--host", "192.0.2.1"], "--host"),
        (["--speed", "0"], "speed"),
        (["--faults", "nowhere.json"], "nowhere.json"),
        (["--films", "epic"], "--films"),
    ],
)
def test_a_wrong_option_is_refused_with_its_name(options: list[str], word: str) -> None:
    done = run(*options)
    assert done.returncode == 2
    assert word in done.stderr


def test_a_bad_fault_file_is_refused_with_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"do": {"explode": 1}}]')
    done = run("--faults", str(path))
    assert done.returncode == 2
    assert "explode" in done.stderr


def test_a_port_that_is_taken_is_said(process: subprocess.Popen[str]) -> None:
    done = run("--port", str(ready(process)["port"]))
    assert done.returncode == 1
    assert "could not start" in done.stderr


def test_help_tells_how_to_see_a_failure() -> None:
    done = run("--help")
    assert "[fail:CODE]" in done.stdout


def test_nothing_heavy_is_imported_before_the_first_film() -> None:
    code = (
        "import sys, sora_nb.simulator.server, sora_nb.simulator.__main__;"
        "print(sorted({'av', 'PIL', 'numpy', 'IPython', 'ipywidgets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.strip() == "[]"


def test_it_shares_no_code_with_the_client() -> None:
    code = (
        "import sys, pkgutil, importlib, sora_nb.simulator as s;"
        "names = [m.name for m in pkgutil.iter_modules(s.__path__)];"
        "[importlib.import_module(f'{s.__name__}.{name}') for name in names];"
        "print(sorted(n for n in sys.modules if n.startswith('sora_nb.')"
        " and not n.startswith('sora_nb.simulator')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.strip() == "[]"
