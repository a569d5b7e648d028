"""A sweep as a value: its rows, its states, and how it shows itself in each kind of place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import State, VideoRequest
from sora_nb.display import sweep_output
from sora_nb.display.handle import Task
from sora_nb.display.host import Host
from sora_nb.display.sweep import Sweep
from sora_nb.display.sweep_output import show_sweep
from sora_nb.display.sweep_rows import Begun, progress_of
from sora_nb.planning.plan import plan_rows

from .records import BOAT_DONE, BOAT_FILM, NOW, SENT, Story
from .test_handle import Desk


class Batch:
    """Stands for the engine's batch: remembers what it was told."""

    def __init__(self) -> None:
        self.paused = False
        self.stopped = False

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    async def stop(self) -> None:
        self.stopped = True


class Office(Desk):
    """An owner of sweeps: each request becomes a task that is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[VideoRequest, bool]] = []
        self.the_batch = Batch()
        self.planned: dict[str, Any] = {}

    def begin(self, requests: Sequence[VideoRequest], batch: Any, *, new: bool) -> list[Begun]:
        assert batch is self.the_batch
        found = []
        for request in requests:
            key = f"k{len(self.begun)}"
            self.begun.append((request, new))
            self.board.put(Story(key, request.prompt, 9, [*SENT]).record())
            found.append(Begun(Task(self, key), None))
        return found

    def batch(self, concurrency: int | None) -> Any:
        return self.the_batch

    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Any:
        self.planned = {"requests": list(requests), **how}
        return f"a plan of {len(requests)} films"

    def call(self, act: Any) -> Any:
        return act()

    def end(self, key: str, *, ready: bool) -> None:
        failed = move.GaveUp(failure=_failure())
        for event in [BOAT_DONE, move.Saved(film=BOAT_FILM)] if ready else [failed]:
            self.board.put(advance(self.board[key], event, NOW))


def _failure() -> Any:
    from sora_nb.core.task import Failure

    return Failure(kind="failed", message="no", code="X")


@pytest.fixture
def office() -> Office:
    return Office()


def sweep_in(office: Office, *prompts: Any, **how: Any) -> Sweep:
    return Sweep(office, plan_rows(list(prompts), on_invalid="skip"), **{"concurrency": 8, **how})


def test_nothing_is_asked_for_before_the_start_and_once_by_it(office: Office) -> None:
    sweep = sweep_in(office, "a", "b", "a", None, concurrency=3, new=True)
    assert (sweep.started, sweep.paused, office.begun) == (False, False, [])
    assert sweep.progress == {"planned": 3, "invalid": 1}
    assert repr(sweep) == "a plan of 2 films"
    assert [request.prompt for request in office.planned["requests"]] == ["a", "b"]
    assert (office.planned["same"], office.planned["concurrency"], office.planned["new"]) == (
        1, 3, True,
    )  # fmt: skip
    assert office.planned["complaints"] == ["row 3: the prompt is missing."]
    assert sweep.start().start() is sweep
    assert [(request.prompt, new) for request, new in office.begun] == [("a", True), ("b", True)]
    assert sweep[0].task is sweep[2].task
    assert sweep[3].task is None
    assert sweep.progress == {"pending": 3, "invalid": 1}
    assert repr(sweep).startswith("4 films: 3 pending, 1 invalid\n")


def test_it_is_a_sequence_of_its_rows(office: Office) -> None:
    sweep = sweep_in(office, "a", "b", "c")
    assert len(sweep) == 3
    assert [row.index for row in sweep] == [0, 1, 2]
    assert sweep[-1] is sweep.rows[2]
    assert sweep[1:] == sweep.rows[1:]


def test_a_retry_asks_for_the_failed_films_only_and_their_rows_get_the_new_tasks(
    office: Office,
) -> None:
    sweep = sweep_in(office, "a", "b", "c", "b").start()
    office.end("k0", ready=True)
    office.end("k1", ready=False)
    assert [task.key for task in sweep.failed] == ["k1"]
    assert [video.key for video in sweep.videos] == ["k0"]
    (again,) = sweep.retry_failed()
    assert [request.prompt for request, _ in office.begun[3:]] == ["b"]
    assert sweep[1].task is sweep[3].task is again
    assert sweep.progress == {"pending": 3, "ready": 1}
    assert list(sweep.failed) == []
    assert list(sweep.retry_failed()) == []


async def test_pause_resume_and_stop_go_to_the_batch(office: Office) -> None:
    sweep = sweep_in(office, "a")
    sweep.pause()
    await sweep.stopped()
    assert (office.the_batch.paused, office.the_batch.stopped) == (False, False)
    sweep.start()
    sweep.pause()
    assert sweep.paused
    sweep.resume()
    assert office.the_batch.paused is False
    await sweep.stopped()
    assert office.the_batch.stopped


def test_progress_is_in_the_order_of_a_tasks_life(office: Office) -> None:
    sweep = sweep_in(office, "a", "b", "c", None).start()
    office.end("k0", ready=True)
    office.end("k1", ready=False)
    assert list(progress_of(sweep.rows)) == ["pending", "ready", "failed", "invalid"]
    assert all(type(word) is str for word in sweep.progress)
    assert sweep.progress[State.READY] == 1


class Shell:
    execution_count = 1


@pytest.mark.parametrize("host", [Host.JUPYTER, Host.TERMINAL, Host.EXECUTED])
def test_a_sweep_is_shown_once_a_cell(
    office: Office, monkeypatch: pytest.MonkeyPatch, host: Host
) -> None:
    shown: list[object] = []
    shell = Shell()
    monkeypatch.setattr(sweep_output, "show_gallery", shown.append)
    monkeypatch.setattr(sweep_output, "host_here", lambda: host)
    monkeypatch.setattr(sweep_output, "shell_here", lambda: shell)
    sweep = sweep_in(office, "a").start()
    show_sweep(sweep)
    sweep._ipython_display_()
    assert shown == [sweep]
    shell.execution_count = 2
    sweep._ipython_display_()
    assert shown == [sweep, sweep]


@pytest.mark.parametrize(("host", "times"), [(Host.JUPYTER, 1), (Host.TERMINAL, 2)])
def test_waiting_ends_with_the_last_film_and_a_terminal_is_told_the_end(
    office: Office, monkeypatch: pytest.MonkeyPatch, host: Host, times: int
) -> None:
    shown: list[dict[str, int]] = []
    sweep = sweep_in(office, "a").start()

    def show(_: object) -> None:
        shown.append(sweep.progress)
        if len(shown) == 1:
            office.end("k0", ready=True)

    monkeypatch.setattr(sweep_output, "show_gallery", show)
    monkeypatch.setattr(sweep_output, "host_here", lambda: host)
    show_sweep(sweep, wait=True)
    assert shown == [{"pending": 1}, {"ready": 1}][:times]


def test_before_the_start_the_plan_is_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published: list[dict[str, str]] = []
    monkeypatch.setattr(
        sweep_output, "publish", lambda bundle, _id, *, update: published.append(bundle)
    )
    for host in (Host.TERMINAL, Host.JUPYTER):
        monkeypatch.setattr(sweep_output, "host_here", lambda host=host: host)
        sweep_in(office, "a")._ipython_display_()
    assert capsys.readouterr().out == "a plan of 1 films\n"
    assert published == [{"text/plain": "a plan of 1 films"}]
