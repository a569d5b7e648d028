"""A notebook that papermill runs with its own parameters: the job is finished before it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat

from tests.notebooks.lesson import VIEW, Lesson, read
from tests.notebooks.own_jupyter import own_environment

PARAMETERS = "subject = 'nothing yet'"
CELLS = [
    "%load_ext sora_nb",
    "%sora a {subject} in the rain --vars subject",  # nobody waits in a cell below it
]


def test_papermill_gets_the_film_of_its_parameter_and_no_widget(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    book = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    given = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]  # type: ignore[no-untyped-call]
    book.cells = [given, *cells]
    book.metadata["language_info"] = {"name": "python"}
    nbformat.write(book, folder / "in.ipynb")  # type: ignore[no-untyped-call]
    command = [
        *(sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb"),
        *("-k", "python3", "-p", "subject", "red kite", "--cwd", str(folder)),
    ]
    environment = own_environment(tmp_path)
    ended = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]

    lesson = Lesson(read(folder / "out.ipynb"), folder)
    cell = lesson.book.cells[-1]
    assert lesson.film(cell).name.split("_")[1] == "a-red-kite-in-the-rain"
    assert "widgets" not in lesson.book.metadata
    assert all(VIEW not in output.get("data", {}) for output in cell.outputs)
