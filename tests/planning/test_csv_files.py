"""A sweep from a CSV file: however its cells are separated; lines that are wrong are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_nb.planning.plan import plan_rows

from .test_plan import refusal, settings_of


def test_a_csv_file_is_read_with_its_numbers_and_words_for_yes_and_no(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text(
        "\ufeffprompt,duration,remove_watermark,takes,extra,scene\n"
        '"a boat, in the rain",8,FALSE,2,"{""seed"": 5}",one\n'
        '"two\nlines",,yes,,,\n',
        encoding="utf-8",
    )
    for source in (path, str(path)):
        rows = plan_rows(source, duration=12)
        assert settings_of(rows, "prompt", "duration", "remove_watermark", "take", "extra") == [
            ("a boat, in the rain", 8, False, 1, {"seed": 5}),
            ("a boat, in the rain", 8, False, 2, {"seed": 5}),
            ("two\nlines", 12, True, 1, {}),
        ]
        assert [row.labels["scene"] for row in rows] == ["one", "one", None]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("prompt, duration ,scene\na boat, 8, one\n", "a boat"),
        ('duration, prompt\n8, "a boat, red"\n', "a boat, red"),
        ("prompt;duration;scene\na boat, red;8;one\n", "a boat, red"),
        ('"prompt"\t"duration"\na boat; red\t8\n', "a boat; red"),
        ('prompt;duration;"a, b"\na boat;8;one\n', "a boat"),
        ("duration,prompt\n8, a boat\n", " a boat"),
    ],
)
def test_blanks_and_other_separators_of_a_csv_file_change_no_setting(
    tmp_path: Path, text: str, prompt: str
) -> None:
    path = tmp_path / "films.csv"
    path.write_text(text, encoding="utf-8")
    rows = plan_rows(path)
    assert settings_of(rows, "prompt", "duration") == [(prompt, 8)]


def test_a_csv_file_of_one_column_keeps_the_semicolons_of_its_prompts(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text("prompt\na boat; at dusk\n", encoding="utf-8")
    assert settings_of(plan_rows(path), "prompt") == [("a boat; at dusk",)]


def test_a_bad_row_of_a_csv_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_text('prompt,duration\n"two\nlines",4\n\n"a\nkoi",7\n', encoding="utf-8")
    error = refusal(path)
    assert "\nrow 1 (line 5, 'a koi'): duration 7" in error.message
    assert error.rows == (1,)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"prompt\n\xff\xfe", "can't decode"),
        (b"prompt,duration\na,4,5\n", "more cells in row 0 (line 2)"),
        (b"prompt;duration\n\na;4;5\n", "more cells in row 0 (line 3)"),
        (b"prompt,prompt\na,b\n", "two columns of one name"),
        (b'prompt\n"a boat\n', "unexpected end of data"),
        (b"", "nothing to make"),
    ],
)
def test_a_csv_file_that_cannot_be_read_is_said(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "films.csv"
    if content is not None:
        path.write_bytes(content)
    assert words in str(refusal(str(path)))


def test_text_that_holds_the_separator_of_its_file_is_told_to_stand_in_quotes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "films.csv"
    path.write_text("prompt;duration\na boat; at dusk;4\n", encoding="utf-8")
    assert refusal(path).advice == "Text that holds a semicolon stands in double quotes."
