from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from nbclient import NotebookClient

from tests.notebooks.lesson import NOTEBOOKS, Lesson, read
from tests.notebooks.own_jupyter import own_environment


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
        environment = own_environment(own)
        for name in set(os.environ) - set(environment):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        # A cell that raises ends the run, and its own words are the test's.
        NotebookClient(book, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return Lesson(book, folder)
