"""The table of a sweep: one type a column, for pandas and polars, whatever is missing."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import polars as pl
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import BudgetExceeded, LinkExpired
from sora_nb.core.lifecycle import Event, advance
from sora_nb.core.task import Failure, VideoRequest
from sora_nb.handles.sweep_rows import SweepRow
from sora_nb.handles.sweep_table import one_type, sweep_table, text_of
from sora_nb.handles.task import Task
from tests.support.desk import Desk
from tests.support.records import BOAT_DONE, BOAT_FILM, NOW, SENT, SERVICE, Story, reported

LOST = move.Lost(failure=Failure(kind="lost", message="the answer was lost"))
REFUSED = move.Refused(failure=Failure(kind="refused", message="no credit", code="402"))
FAILED = reported("failed", fail_code="X", fail_message="no")
READY = (BOAT_DONE, move.Saved(film=BOAT_FILM))


def row(index: int, *events: Event, key: str | None = None, **story: Any) -> SweepRow:
    record = Story(key or f"k{index:05}", f"film {index}", 9, list(events), **story).record()
    task = Task(Desk(record), record.key)
    return SweepRow(index, index, record.request, task)


def bad(index: int, **given: Any) -> SweepRow:
    return SweepRow(index, index, None, None, "the prompt is missing.", given)


def test_a_row_tells_what_was_asked_and_what_became_of_it() -> None:
    request = {"duration": 8, "extra": {"seed": [1]}, "image": "https://example.com/a.png"}
    (line,) = sweep_table([row(0, *SENT, *READY, cost=0.8, request=request)])
    assert line == {
        "row": 0,
        "prompt": "film 0",
        "duration": 8,
        "aspect_ratio": "landscape",
        "image": "https://example.com/a.png",
        "model": "sora-2",
        "remove_watermark": True,
        "take": 1,
        "extra": '{"seed": [1]}',
        "key": "k00000",
        "state": "ready",
        "path": BOAT_FILM.path,
        "seconds": pytest.approx(9.0),
        "cost": 0.8,
        "error": "",
        "reused": False,
        "sha256": BOAT_FILM.sha256,
        "fingerprint": line["fingerprint"],
    }


def test_a_fingerprint_is_the_same_for_all_takes_and_for_nothing_else() -> None:
    lines = sweep_table(
        [row(0, request={"take": take, "duration": d}) for take, d in ((1, 4), (2, 4), (1, 8))]
    )
    first, take, longer = (line["fingerprint"] for line in lines)
    request = VideoRequest(prompt="film 0")
    assert first == take == request.fingerprint
    assert longer != first


@pytest.mark.parametrize(
    ("events", "cost", "error"),
    [
        ((*SENT, FAILED), 0.4, "X: no"),
        ((move.Sending(), REFUSED), 0.0, "402: no credit"),
        ((move.Sending(), LOST), 0.4, "the answer was lost"),
        ((move.Stopped(note="stopped before it was sent"),), 0.0, "stopped before it was sent"),
        ((*SENT, move.Noted(note="503")), 0.4, ""),
        ((), 0.4, ""),
    ],
)
def test_a_row_costs_what_may_have_been_charged_and_says_why_it_has_no_film(
    events: tuple[Event, ...], cost: float, error: str
) -> None:
    (line,) = sweep_table([row(0, *events, cost=0.4)])
    assert (line["cost"], line["error"], line["path"]) == (cost, error, "")


def test_rows_of_one_task_cost_once_and_an_unknown_price_is_a_gap() -> None:
    same = row(0, *SENT, *READY, cost=0.4)
    table = sweep_table([same, same, row(2, *SENT, *READY)])
    assert [line["cost"] for line in table[:2]] == [0.4, 0.0]
    assert math.isnan(table[2]["cost"])
    assert sweep_table([row(0, *SENT, service="simulator")])[0]["cost"] == 0.0


def test_a_film_that_was_lost_says_so_beside_its_state() -> None:
    gone = row(0, *SENT, *READY)
    assert gone.task is not None
    gone.take(gone.task, LinkExpired("the film is no longer there.", advice="Put it back."))
    assert gone.lost
    (line,) = sweep_table([gone])
    said = "the film is no longer there. Put it back."
    assert (line["state"], line["path"], line["error"]) == ("ready", "", said)
    assert said in text_of([gone], {"ready": 1})


def test_a_trouble_is_over_once_anything_happened_to_the_task() -> None:
    stopped = row(0, move.Stopped())
    assert stopped.task is not None
    stopped.take(stopped.task, BudgetExceeded("no budget.", advice="Raise it."))
    assert sweep_table([stopped])[0]["error"] == "no budget. Raise it."
    desk = stopped.task.client
    for event in (move.Watched(), *SENT, *READY):
        desk.board.put(advance(desk.board["k00000"], event, NOW))
    (line,) = sweep_table([stopped])
    assert (line["state"], line["path"], line["error"]) == ("ready", BOAT_FILM.path, "")
    assert not stopped.lost


def test_polars_and_pandas_take_a_table_whose_first_hundred_rows_have_gaps() -> None:
    rows = [bad(n, prompt=None) for n in range(150)]
    rows += [row(n, *SENT, *READY, cost=0.4) for n in range(150, 300)]
    rows += [row(n, *SENT, FAILED) for n in range(300, 302)]
    for n in range(200, 302):
        rows[n].labels = {"scene": "one", "n": n, "good": True, "weight": 1 if n % 2 else 0.5}
    table = sweep_table(rows)
    polars = pl.DataFrame(table)
    assert polars.height == 302
    assert dict(polars.schema) == {
        "row": pl.Int64, "prompt": pl.String, "duration": pl.Int64, "aspect_ratio": pl.String,
        "image": pl.String, "model": pl.String, "remove_watermark": pl.Boolean, "take": pl.Int64,
        "extra": pl.String, "key": pl.String, "state": pl.String, "path": pl.String,
        "seconds": pl.Float64, "cost": pl.Float64, "error": pl.String, "reused": pl.Boolean,
        "sha256": pl.String, "fingerprint": pl.String, "scene": pl.String, "n": pl.Float64,
        "good": pl.String, "weight": pl.Float64,
    }  # fmt: skip
    pandas = pd.DataFrame(table)
    assert pandas["seconds"].isna().sum() == 150
    assert list(pandas["state"].unique()) == ["", "ready", "failed"]


@pytest.mark.parametrize(
    ("values", "typed"),
    [
        ([1, 2], [1, 2]),
        ([1, 2.5], [1.0, 2.5]),
        ([True, False], [True, False]),
        ([True, None], ["True", ""]),
        ([True, 1], ["True", "1"]),
        (["a", 1], ["a", "1"]),
        ([None, None], ["", ""]),
    ],
)
def test_a_column_has_one_type(values: list[Any], typed: list[Any]) -> None:
    found = one_type(values)
    assert found == typed
    assert len({type(value) for value in found}) == 1


def test_a_label_named_like_a_column_does_not_replace_it() -> None:
    one = row(0, *SENT)
    one.labels = {"state": "given", "scene": 1}
    (line,) = sweep_table([one])
    assert (line["state"], line["label_state"], line["scene"]) == ("pending", "given", 1)


def test_a_row_that_cannot_be_made_shows_what_was_given() -> None:
    (line,) = sweep_table([bad(3, prompt="a boat", duration=7, image=5, model="sora-2")])
    assert (line["row"], line["prompt"], line["model"], line["image"]) == (
        3,
        "a boat",
        "sora-2",
        "",
    )
    assert (line["state"], line["key"], line["cost"]) == ("", "", 0.0)
    assert line["error"] == "the prompt is missing."


def test_the_text_names_states_and_the_first_rows_and_nothing_in_it_acts_in_a_terminal() -> None:
    evil = advance(Story("k", "a\x1b[2Jboat\nin the rain", 9).record(), move.Sending(), NOW)
    rows = [SweepRow(0, "x", evil.request, Task(Desk(evil), "k")), bad(1, prompt="no")]
    text = text_of(rows, {"submitting": 1, "invalid": 1})
    assert text.splitlines()[0] == "2 films: 1 submitting, 1 invalid"
    assert "a[2Jboat in the rain" in text
    assert "\x1b" not in text
    many = [row(n) for n in range(30)]
    assert text_of(many, {"queued": 30}).splitlines()[-1].startswith("… and 10 more rows")
    assert SERVICE not in text
