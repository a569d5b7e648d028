"""From lists, grids and frames to requests; every bad row is named, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sora_nb.core.errors import MAX_LINES, InvalidRequest
from sora_nb.planning import plan, tables
from sora_nb.planning.plan import plan_rows
from sora_nb.planning.planned import PlannedRow

IMAGE = "https://example.com/a.png"


def settings_of(rows: list[PlannedRow], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row.request, name) for name in names) for row in rows]


def refusal(source: Any, **settings: Any) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        plan_rows(source, **settings)
    return caught.value


# Lists and grids


def test_a_list_of_prompts_is_a_row_each() -> None:
    rows = plan_rows(["a boat", "a koi"], duration=8)
    assert settings_of(rows, "prompt", "duration") == [("a boat", 8), ("a koi", 8)]
    assert [(row.index, row.row) for row in rows] == [(0, 0), (1, 1)]


def test_every_list_is_multiplied_out_in_a_stable_order_and_takes_vary_fastest() -> None:
    rows = plan_rows(["a", "b"], duration=[4, 8], aspect_ratio=["landscape", "portrait"], takes=2)
    assert len(rows) == 16
    assert settings_of(rows[:5], "prompt", "duration", "aspect_ratio", "take") == [
        ("a", 4, "landscape", 1),
        ("a", 4, "landscape", 2),
        ("a", 4, "portrait", 1),
        ("a", 4, "portrait", 2),
        ("a", 8, "landscape", 1),
    ]
    assert [row.index for row in rows] == list(range(16))
    assert [row.row for row in rows] == [0] * 8 + [1] * 8


def test_one_prompt_alone_is_a_grid_too() -> None:
    rows = plan_rows(
        "a boat",
        model=["sora-2", "sora-2-pro"],
        image=[None, IMAGE],
        remove_watermark=[True, False],
        extra=[{}, {"seed": 1}],
    )
    assert len(rows) == 16
    last = rows[-1].request
    assert last is not None
    assert (last.model, last.image, last.remove_watermark) == ("sora-2-pro", IMAGE, False)
    assert last.extra == {"seed": 1}


def test_numpy_arrays_and_series_are_lists_too() -> None:
    rows = plan_rows(pd.Series(["a", "b"]), duration=np.array([4, 12]))
    assert settings_of(rows, "prompt", "duration") == [("a", 4), ("a", 12), ("b", 4), ("b", 12)]
    assert settings_of(plan_rows(np.array(["x"])), "prompt") == [("x",)]


def test_the_values_of_a_generator_hold_for_every_row() -> None:
    rows = plan_rows(["a", "b"], duration=(seconds for seconds in (4, 8)))
    assert settings_of(rows, "prompt", "duration") == [("a", 4), ("a", 8), ("b", 4), ("b", 8)]


def test_a_generator_of_mappings_is_a_table() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield {"prompt": "a", "duration": 8, "scene": 1}
        yield {"prompt": "b", "scene": 2}

    planned = plan_rows(rows(), duration=12)
    assert settings_of(planned, "prompt", "duration") == [("a", 8), ("b", 12)]
    assert [row.labels for row in planned] == [{"scene": 1}, {"scene": 2}]


def test_takes_of_a_row_replace_those_of_all_rows() -> None:
    planned = plan_rows([{"prompt": "a", "takes": 3}, {"prompt": "b", "take": 7}, "c"], takes=2)
    assert settings_of(planned, "prompt", "take") == [
        ("a", 1), ("a", 2), ("a", 3), ("b", 7), ("c", 1), ("c", 2),
    ]  # fmt: skip


# Frames

FRAME = {
    "prompt": ["a boat", "a koi", "a fox"],
    "duration": [4, None, 12],
    "aspect_ratio": ["portrait", None, ""],
    "remove_watermark": [True, None, False],
    "scene": [1.5, None, 3.0],
}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_gap_in_a_frame_means_not_given(frame: Any) -> None:
    rows = plan_rows(frame(FRAME), duration=8, aspect_ratio="landscape")
    assert settings_of(rows, "prompt", "duration", "aspect_ratio", "remove_watermark") == [
        ("a boat", 4, "portrait", True),
        ("a koi", 8, "landscape", True),
        ("a fox", 12, "landscape", False),
    ]
    assert [row.labels["scene"] for row in rows] == [1.5, None, 3.0]


def test_pandas_odd_kinds_of_numbers_and_gaps_are_read() -> None:
    frame = pd.DataFrame(
        {
            "prompt": pd.array(["a", "b", "c"], dtype="string"),
            "duration": pd.array([8, pd.NA, 4], dtype="Int64"),
            "remove_watermark": pd.array([False, pd.NA, True], dtype="boolean"),
            "take": np.array([1, 2, 3], dtype=np.int8),
            "when": [pd.NaT, pd.Timestamp("2026-11-22"), pd.NaT],
        }
    )
    rows = plan_rows(frame)
    assert settings_of(rows, "duration", "remove_watermark", "take") == [
        (8, False, 1), (4, True, 2), (4, True, 3),
    ]  # fmt: skip
    assert [row.labels["when"] for row in rows] == [None, pd.Timestamp("2026-11-22"), None]


@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA, pd.NaT, np.float32("nan"), " \n"])
def test_a_gap_in_the_prompt_is_an_error_of_that_row(gap: Any) -> None:
    error = refusal(["a boat", gap])
    assert error.message.splitlines() == [
        "1 of 2 films cannot be made. Nothing was sent.",
        "row 1: the prompt is missing.",
    ]


def test_a_frames_own_index_names_its_rows() -> None:
    frame = pd.DataFrame({"prompt": ["a", "b", "c"], "duration": [4, 4, 7]}, index=[10, 20, 30])
    assert "\nrow 30 ('c'): duration 7 is not possible" in refusal(frame).message
    assert [row.row for row in plan_rows(frame[:2])] == [10, 20]
    assert [row.row for row in plan_rows(frame[:2].set_index(pd.Index(["x", "y"])))] == ["x", "y"]


def test_rows_of_an_index_that_repeats_are_named_by_their_positions_and_that_is_said() -> None:
    twice = pd.DataFrame({"prompt": ["a", "b"]}, index=[5, 5])
    assert [row.row for row in plan_rows(twice)] == [0, 1]
    many = pd.DataFrame({"prompt": ["a"] * 9, "duration": [4, *[7] * 8]}, index=[5] * 9)
    lines = refusal(many).message.splitlines()
    assert lines[1].startswith("position 1 (the index repeats, 'a'): duration 7")
    assert lines[-1] == "and positions 6-8"


def test_columns_of_other_names_are_mapped_and_the_others_are_labels() -> None:
    frame = pl.DataFrame({"text": ["a"], "secs": [12], "id": [7]})
    (row,) = plan_rows(frame, columns={"text": "prompt", "secs": "duration"})
    assert settings_of([row], "prompt", "duration") == [("a", 12)]
    assert row.labels == {"id": 7}


@pytest.mark.parametrize(
    ("source", "settings", "words"),
    [
        (pd.DataFrame({"text": ["a"]}), {}, "no column 'prompt'"),
        (pd.DataFrame({"text": ["a"]}), {"columns": {"txt": "prompt"}}, "no column 'txt'"),
        (pd.DataFrame({"text": ["a"]}), {"columns": {"text": "words"}}, "which is no setting"),
        (
            pd.DataFrame({"text": ["a"], "prompt": ["b"]}),
            {"columns": {"text": "prompt"}},
            "two columns give the setting 'prompt'",
        ),
        (pd.DataFrame([["a", "b"]], columns=["prompt", "prompt"]), {}, "two columns named"),
        (pl.DataFrame({"prompt": ["a"]}).lazy(), {}, "cannot be read"),
        ([], {}, "nothing to make"),
        (pd.DataFrame({"prompt": []}), {}, "nothing to make"),
        ({"prompt": ["a"]}, {}, "cannot be made from one dict"),
        (b"a boat", {}, "cannot be made from one bytes"),
        (5, {}, "cannot be made from one int"),
        (["a"], {"on_invalid": "ignore"}, "on_invalid"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused_with_advice(
    source: Any, settings: dict[str, Any], words: str
) -> None:
    assert words in str(refusal(source, **settings))


def test_a_source_without_an_end_and_a_grid_too_large_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "MOST", 10)
    monkeypatch.setattr(plan, "MOST", 10)
    assert "at most 10 rows" in str(refusal("a boat" for _ in iter(int, 1)))
    assert "more than 10 films" in str(refusal(["a"] * 4, duration=[4, 8, 12]))
    assert len(plan_rows(["a"] * 5, duration=[4, 8])) == 10


# Templates


def test_a_template_is_filled_from_each_rows_columns() -> None:
    frame = pd.DataFrame({"animal": ["koi", "fox"], "n": [2.0, 3.5], "prompt": ["x", "y"]})
    rows = plan_rows(frame, template="{n} {animal}s, not {prompt}: {}, {0}, {a.b}")
    assert settings_of(rows, "prompt") == [
        ("2 kois, not x: {}, {0}, {a.b}",),
        ("3.5 foxs, not y: {}, {0}, {a.b}",),
    ]
    assert rows[0].labels["animal"] == "koi"


def test_what_a_row_brings_into_a_template_is_not_filled_again() -> None:
    rows = plan_rows([{"a": "{b}", "b": "secret"}], template="{a}")
    assert settings_of(rows, "prompt") == [("{b}",)]


@pytest.mark.parametrize(
    ("template", "words"), [("a {colour} boat", "says {colour}"), ("a boat", "names no {column}")]
)
def test_a_template_that_would_be_sent_as_it_stands_is_refused(template: str, words: str) -> None:
    assert words in str(refusal([{"color": "red"}], template=template))


def test_a_row_without_the_words_of_a_template_is_named() -> None:
    error = refusal([{"animal": "koi"}, {"animal": None}], template="a {animal}")
    assert "row 1: its animal is missing, and the prompt needs it." in error.message


# Bad rows


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"prompt": "x" * 10_001}, "the prompt has 10001 characters"),
        ({"prompt": "a", "duration": 7}, "duration 7 is not possible with sora-2"),
        ({"prompt": "a", "duration": 4.5}, "duration 4.5 is not a whole number"),
        ({"prompt": "a", "duration": "soon"}, "duration 'soon' is not a whole number"),
        ({"prompt": "a", "duration": float("inf")}, "duration inf is not a whole number"),
        ({"prompt": "a", "duration": True}, "duration True is not a whole number"),
        ({"prompt": "a", "duration": []}, None),
        ({"prompt": "a", "aspect_ratio": "square"}, "'square' is not a frame"),
        ({"prompt": "a", "aspect_ratio": 5}, "aspect_ratio 5 is not text"),
        ({"prompt": "a", "image": "here.png"}, "is not an http(s) URL"),
        ({"prompt": "a", "remove_watermark": "maybe"}, "neither true nor false"),
        ({"prompt": "a", "takes": 0}, "takes 0 is not a number from 1 on"),
        ({"prompt": "a", "takes": "two"}, "takes 'two' is not a whole number"),
        ({"prompt": "a", "take": 1, "takes": 2}, "take and takes"),
        ({"prompt": "a", "extra": "{"}, "is not a JSON object"),
        ({"prompt": "a", "extra": [1]}, "is not a dict of input fields"),
        ({"prompt": 5}, "the prompt is 5, not text"),
        ({"prompt": "a\ud800"}, "lone surrogate"),
    ],
)
def test_a_bad_row_is_named_with_its_first_words(row: dict[str, Any], words: str | None) -> None:
    rows = [{"prompt": "fine"}, row]
    if words is None:
        assert len(plan_rows(rows)) == 2
        return
    error = refusal(rows)
    assert words in error.message
    assert "\nrow 1" in error.message
    assert error.message.startswith("1 of 2 films cannot be made. Nothing was sent.")


def test_many_bad_rows_are_one_error_of_eight_lines() -> None:
    rows = ["fine", *[{"prompt": f"film {n}", "duration": 7} for n in range(200)]]
    error = refusal(rows)
    shown = error._render_traceback_()
    assert len(shown) == MAX_LINES
    assert "200 of 201 films cannot be made" in shown[0]
    assert shown[1].startswith("row 1 ('film 0'): duration 7")
    assert shown[-2] == "and rows 6-200"
    assert 'on_invalid="skip"' in shown[-1]
    assert "--skip-invalid" in shown[-1], "what can be typed on the line of a magic"
    assert error.rows == tuple(range(1, 201))


def test_every_bad_row_is_named_in_as_few_words_as_it_takes() -> None:
    bad = {0, 1, 2, 3, 4, 8, 10, 11, 12, 13, 20, 21, 29}
    rows = [{"prompt": "a", "duration": 7 if n in bad else 4} for n in range(30)]
    error = refusal(rows)
    assert error.message.splitlines()[-1] == "and rows 8, 10-13, 20, 21, 29"
    assert error.rows == tuple(sorted(bad))
    frame = pd.DataFrame(rows, index=[f"scene {n}" for n in range(30)])
    assert refusal(frame).message.endswith("and rows scene 8, scene 10, scene 11, scene 12, "
                                           "scene 13, scene 20, scene 21, scene 29")  # fmt: skip
    below = pd.DataFrame({"prompt": [None] * 9}, index=range(-8, 1))
    assert refusal(below).message.endswith("and rows -3, -2, -1, 0")


def test_only_a_very_long_list_of_rows_is_cut_and_the_error_has_all_of_them() -> None:
    rows = [{"prompt": "a", "duration": 7 if n % 2 else 4} for n in range(2000)]
    error = refusal(rows)
    last = error.message.splitlines()[-1]
    assert last.startswith("and rows 11, 13, 15, ")
    assert last.endswith(", … (all of them: `.rows` of this error)")
    assert 900 < len(last) < 1100
    assert error.rows == tuple(range(1, 2000, 2))


def test_a_row_with_more_faults_than_are_said_is_named_once() -> None:
    error = refusal(["a boat"], duration=[5, 6, 7, 9, 10, 11, 13])
    assert error.message.endswith("\nand 2 more about the same")
    assert error.rows == (0,)


def test_a_row_that_is_multiplied_out_complains_once() -> None:
    error = refusal(["x" * 10_001, "fine"], duration=[4, 8])
    assert error.message.count("row 0") == 1


def test_the_others_can_be_made_unless_there_are_none() -> None:
    rows = plan_rows(["a", None, "b"], on_invalid="skip")
    assert [row.request is None for row in rows] == [False, True, False]
    assert rows[1].error == "the prompt is missing."
    error = refusal([None, None], on_invalid="skip")
    assert "2 of 2 films" in error.message
    assert error.advice == "Correct them."


def test_more_takes_than_a_sweep_has_room_for_are_refused_not_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plan, "MOST", 10)
    assert len(plan_rows(["a boat"], takes=10)) == 10
    for takes in (11, 10**12):
        with pytest.raises(InvalidRequest, match="more than 10 films"):
            plan_rows(["a boat"], takes=takes)
