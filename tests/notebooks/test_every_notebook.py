"""Each notebook, executed as nbconvert and papermill do it: without a person, top to bottom."""

from __future__ import annotations

import subprocess
import sys

import av
import nbformat
import pytest

from tests.notebooks.lesson import NOTEBOOKS, TITLES, Lesson, read, saved_page

every_notebook = pytest.mark.parametrize("lesson", TITLES, indirect=True)
POSTER = ' poster="data:image/jpeg;base64,'


@pytest.mark.parametrize("title", TITLES)
def test_git_holds_no_outputs(title: str) -> None:
    book = read(NOTEBOOKS / title)
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count] == []
    assert "widgets" not in book.metadata


@every_notebook
def test_every_cell_runs_without_an_error(lesson: Lesson) -> None:
    counts = [cell.execution_count for cell in lesson.cells]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in lesson.cells for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@every_notebook
def test_every_prompt_waits_for_its_film_which_lies_beside_the_notebook(lesson: Lesson) -> None:
    films = [lesson.film(cell) for cell in lesson.prompts()]
    assert films
    assert len(set(films)) == len(films)
    for film in films:
        assert film.parent == lesson.folder / "sora_videos"
        with av.open(str(film)) as container:
            frame = next(container.decode(video=0))
            assert (container.duration or 0) / av.time_base >= 4
        assert {frame.width, frame.height} == {720, 1280}


@every_notebook
def test_every_saved_film_has_a_poster_and_says_that_it_is_simulated(lesson: Lesson) -> None:
    for cell in lesson.prompts():
        page = saved_page(cell)
        assert POSTER in page
        assert "Simulator" in page


@every_notebook
def test_nbconverts_page_plays_every_film(lesson: Lesson) -> None:
    executed = lesson.folder / "executed.ipynb"
    nbformat.write(lesson.book, executed)  # type: ignore[no-untyped-call]
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR"]
    subprocess.run([*command, str(executed)], check=True, cwd=lesson.folder)
    page = executed.with_suffix(".html").read_text(encoding="utf-8")
    for cell in lesson.prompts():
        assert f'src="sora_videos/{lesson.film(cell).name}"' in page
    assert page.count(POSTER) >= len(lesson.prompts())
