"""What the first lesson promises to a newcomer, cell by cell."""

from __future__ import annotations

import pytest

from tests.notebooks.lesson import Lesson, printed

pytestmark = pytest.mark.parametrize("lesson", ["00_quickstart.ipynb"], indirect=True)


def test_loading_says_that_the_simulator_is_used_and_nothing_is_charged(lesson: Lesson) -> None:
    (words,) = printed(lesson.only_cell_with("%load_ext sora_nb")).splitlines()
    assert "simulator" in words
    assert "nothing is charged" in words


def test_the_awaited_film_is_the_one_that_its_cell_shows(lesson: Lesson) -> None:
    film = lesson.film(lesson.only_cell_with("-o lighthouse"))
    path, shape = printed(lesson.only_cell_with("await lighthouse")).splitlines()
    assert path == str(film)
    assert shape.startswith("720 x 1280 pixels, 4 s")


def test_a_task_as_the_last_value_of_its_cell_is_saved_as_its_film(lesson: Lesson) -> None:
    cell = lesson.only_cell_with("a striped balloon")
    assert lesson.film(cell).stat().st_size > 10_000


def test_an_upright_film_gives_one_upright_frame_a_second(lesson: Lesson) -> None:
    cell = lesson.only_cell_with("video.frames")
    assert printed(cell) == "(4, 1280, 720, 3) uint8\n"
    (strip,) = [output for output in cell.outputs if output.output_type == "execute_result"]
    assert "image/png" in strip.data


def test_a_refused_prompt_tells_its_code_and_what_to_do(lesson: Lesson) -> None:
    code, *words = printed(lesson.only_cell_with("[fail:")).splitlines()
    assert code == "CONTENT_VIOLATION"
    assert any("Change the prompt" in line for line in words)
    assert any("%sora retry" in line for line in words)


def test_a_dry_run_shows_the_request_and_makes_no_task(lesson: Lesson) -> None:
    cell = lesson.only_cell_with("--dry-run")
    assert '"prompt": "a paper boat in a storm"' in printed(cell)
    assert "nothing was sent" in printed(cell)
    (table,) = lesson.only_cell_with("%sora tasks").outputs
    assert "a paper boat in a storm" not in table.data["text/plain"]


def test_the_table_knows_every_task_of_the_lesson(lesson: Lesson) -> None:
    (table,) = lesson.only_cell_with("%sora tasks").outputs
    lines = table.data["text/plain"].splitlines()
    states = [line.split()[1] for line in lines[1:]]
    assert sorted(states) == ["failed", "ready", "ready", "ready"]
