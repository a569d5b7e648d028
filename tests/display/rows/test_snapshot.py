"""What a gallery tells the browser: small rows, sums that are kept, an honest estimate."""

from __future__ import annotations

import json
import random
from collections import Counter

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.budget import counts
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import UNFINISHED, State, TaskRecord, VideoRequest
from sora_nb.display.gallery.state import GalleryState
from sora_nb.display.kit.feed import Feed
from sora_nb.display.rows import snapshot
from sora_nb.handles.sweep_rows import may_succeed
from sora_nb.handles.task import Task
from tests.support import gallery_records as records
from tests.support.records import NOW, PROCESSING, reported
from tests.support.write_fixtures import GALLERIES, text_of

FIXTURES = records.fixtures()


def test_every_fixture_of_a_gallery_comes_from_records() -> None:
    assert {path.stem for path in GALLERIES.glob("*.json")} == set(FIXTURES)


@pytest.mark.parametrize("name", sorted(FIXTURES))
def test_python_says_exactly_what_the_fixture_holds(name: str) -> None:
    held = (GALLERIES / f"{name}.json").read_text(encoding="utf-8")
    assert json.loads(held) == json.loads(text_of(FIXTURES[name]))
    assert held == text_of(FIXTURES[name]), "python -m tests.support.write_fixtures"


def test_every_state_has_a_row() -> None:
    shown = {row["state"] for state in FIXTURES.values() for row in state["rows"]}
    assert shown == {*(state.value for state in State), snapshot.PLANNED, snapshot.INVALID}


def test_what_the_buttons_above_the_rows_may_cost_is_said_with_them() -> None:
    told = FIXTURES["gallery_running"]
    assert "Films at the service go on, and may be charged." in told["hint"]
    assert "Try failed again: as new tasks, which may be charged." in told["hint"]
    simulated = GalleryState(records.sweep_of(records.RUNNING, simulated=True)).whole()[0]["hint"]
    assert simulated.count("at no charge") == 2
    assert "charged" not in simulated
    assert [FIXTURES[f"gallery_{name}"]["hint"] for name in ("planned", "comparing")] == [None] * 2


def test_a_row_stays_small_whatever_was_asked_for() -> None:
    request = VideoRequest(prompt="נ\n" * 5000, model="m" * 400)
    record = records.record(7, State.FAILED, request)
    row = snapshot.row(7, record, labels=["x" * 20] * 3, error="y" * 9000)
    assert len(row["prompt"]) == snapshot.PROMPT_SHOWN
    assert "\n" not in row["prompt"]
    assert len(json.dumps(row, ensure_ascii=False).encode()) < 1500


def test_labels_are_shown_where_rows_differ_in_them() -> None:
    rows = [{"mood": "calm", "set": 1, "a": 1}, {"mood": "wild", "set": 1, "a": 2}]
    assert snapshot.telling(rows) == ["mood", "a"]
    assert snapshot.telling(rows[:1]) == []
    assert snapshot.differing({"mood": " very\ncalm ", "a": None}, ["mood", "a"]) == [
        "mood very calm"
    ]


def grown(count: int) -> tuple[GalleryState, records.SweepDesk, Feed]:
    sweep = records.sweep_of([State.PROCESSING] * count)
    state = GalleryState(sweep)
    feed = Feed("rows", by="n")
    feed.replace(*state.whole())
    desk = sweep.client
    assert isinstance(desk, records.SweepDesk)
    return state, desk, feed


@pytest.mark.parametrize("count", [1, 1000])
def test_a_change_costs_at_most_200_bytes_whatever_the_number_of_rows(count: int) -> None:
    state, desk, feed = grown(count)
    key = f"s{count - 1:03}"
    done = reported("success", urls=("https://cdn.example.com/x.mp4",))
    saved = move.Saved(film=records.film(1, desk.board[key].request))
    sizes = []
    for event in (done, saved):
        desk.board.put(advance(desk.board[key], event, NOW + 100))
        patch = feed.change(*state.changed([key]))
        sizes.append(len(json.dumps({**(patch or {}), "at": NOW + 0.123}).encode()))
    assert 60 < max(sizes) <= 200


def test_only_what_changed_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    state, desk, _ = grown(1000)
    looked: list[str] = []

    def record(task: Task) -> TaskRecord:
        looked.append(task.key)
        return desk.board[task.key]

    monkeypatch.setattr(Task, "record", property(record))
    state.changed(["s500"])
    assert set(looked) == {"s500"}


def test_the_sums_that_are_kept_are_those_of_all_rows() -> None:
    rng = random.Random(5)
    sweep = records.sweep_of([State.QUEUED] * 40)
    desk, state = sweep.client, GalleryState(sweep)
    for _ in range(300):
        n = rng.randrange(40)
        request = sweep.rows[n].request
        assert request is not None
        desk.board.put(records.record(n, rng.choice(list(State)), request))
        head, rows = state.changed([f"s{n:03}"])
        assert [row["n"] for row in rows] == [n]
        found = [task.record for task in sweep.tasks]
        paid = [r.cost or 0.0 for r in found if counts(r) and r.submitted_at is not None]
        assert head["spent"] == pytest.approx(sum(paid), abs=0.01)
        states = Counter(record.state for record in found)
        assert state.rests == (not any(states[moving] for moving in UNFINISHED))
        assert ("retry_failed" in head["actions"]) == any(map(may_succeed, found))
        assert ("pause" in head["actions"]) == (states[State.QUEUED] > 0)


def test_rows_that_share_a_task_change_together() -> None:
    sweep = records.sweep_of([State.PROCESSING] * 3)
    sweep.rows[2].task = sweep.rows[0].task
    state = GalleryState(sweep)
    _, rows = state.changed(["s000"])
    assert [row["n"] for row in rows] == [0, 2]


def test_a_key_that_is_not_shown_changes_nothing() -> None:
    state, _, feed = grown(3)
    assert feed.change(*state.changed(["zzz"])) is None


def test_new_tasks_of_rows_are_noticed_once() -> None:
    sweep = records.sweep_of([State.FAILED, State.READY])
    state = GalleryState(sweep)
    assert not state.retaken()
    sweep.retry_failed()
    assert state.retaken()
    assert state.keys == ["r2", "s001"]
    assert not state.retaken()
    assert state.whole()[1][0]["state"] == "queued"


def test_a_task_that_was_there_before_costs_nothing_again() -> None:
    sweep = records.sweep_of([State.READY, State.READY])
    task = sweep.rows[0].task
    assert task is not None
    task.reused = True
    head, _ = GalleryState(sweep).whole()
    assert (head["spent"], head["cost"]) == (0.8, 0.8)


def test_an_unknown_price_is_not_a_sum() -> None:
    sweep = records.sweep_of([State.READY, State.READY])
    task = sweep.rows[0].task
    assert task is not None
    sweep.client.board.put(msgspec.structs.replace(task.record, cost=None))
    head, _ = GalleryState(sweep).whole()
    assert (head["spent"], head["cost"]) == (None, None)


def test_an_estimate_is_told_anew_only_when_it_has_moved() -> None:
    state, desk, _ = grown(20)
    first = state.head()["estimate"]
    assert first["median"] < first["p90"]
    desk.now = lambda: NOW + 0.5  # type: ignore[method-assign]
    assert state.head()["estimate"] is first
    desk.now = lambda: NOW + 120.0  # type: ignore[method-assign]
    assert state.head()["estimate"]["median"] > first["median"]


def test_there_is_no_estimate_while_it_is_paused_or_over() -> None:
    paused = GalleryState(records.sweep_of([State.PROCESSING, State.QUEUED], paused=True))
    assert paused.head()["estimate"] is None
    over = GalleryState(records.sweep_of([State.READY, State.FAILED]))
    assert over.head()["estimate"] is None


def test_a_processing_row_that_moves_says_so_with_its_clock() -> None:
    sweep = records.sweep_of([State.PENDING])
    task = sweep.rows[0].task
    assert task is not None
    fields = snapshot.moving(advance(task.record, PROCESSING, NOW))
    assert fields["state"] == "processing"
    assert fields["clock"] == [0.0, NOW - 20.0, 1.0]
