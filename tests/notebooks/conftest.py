from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient

from tests.notebooks.lesson import NOTEBOOKS, Lesson, read

SPEED = "200"


@pytest.fixture(scope="session")
def lessons() -> dict[str, Lesson]:
    """The notebooks that were executed so far: each runs once."""
    return {}


@pytest.fixture
def lesson(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    lessons: dict[str, Lesson],
) -> Lesson:
    """The notebook of that name, run top to bottom without a person in a folder of its own."""
    name = str(request.param)
    if name not in lessons:
        lessons[name] = _execute(name, tmp_path_factory.mktemp("jupyter"))
    return lessons[name]


def _execute(name: str, own: Path) -> Lesson:
    folder = own / "notebooks"
    folder.mkdir()
    shutil.copy(NOTEBOOKS / name, folder)
    book = read(folder / name)
    with pytest.MonkeyPatch.context() as patch:
        # The kernel is found by this process and inherits its environment.
        for variable in [name for name in os.environ if name.startswith(("APIXO_", "SORA_NB_"))]:
            patch.delenv(variable)
        patch.delenv("JPY_SESSION_NAME", raising=False)
        for kind in ("CONFIG", "DATA", "RUNTIME"):
            patch.setenv(f"JUPYTER_{kind}_DIR", str(own / kind.lower()))
        patch.setenv("IPYTHONDIR", str(own / "ipython"))
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        patch.setenv("SORA_NB_HOME", str(own / "home"))
        patch.setenv("SORA_NB_SIMULATOR_SPEED", SPEED)
        _write_kernel(own / "data" / "kernels" / "python3")
        # A cell that raises ends the run, and its own words are the test's.
        NotebookClient(book, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return Lesson(book, folder)


def _write_kernel(folder: Path) -> None:
    """A kernel that is this interpreter, whatever else is installed."""
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
