"""A sweep as a value: its rows, its states, and how it shows itself in each kind of place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import LinkExpired, ServiceError, SoraError, WaitTimeout
from sora_nb.core.lifecycle import advance
from sora_nb.core.task import Failure, State, Submission, VideoRequest
from sora_nb.display import presenter
from sora_nb.display.host import host as host_module
from sora_nb.display.host.host import Host
from sora_nb.display.presenter import show_sweep
from sora_nb.handles.sweep import Sweep
from sora_nb.handles.sweep_rows import progress_of
from sora_nb.planning.plan import plan_rows
from tests.support.desk import Desk
from tests.support.records import BOAT_DONE, BOAT_FILM, NOW, SENT, Story


class Batch:
    """Stands for the engine's batch: remembers what it was told."""

    def __init__(self) -> None:
        self.paused = False
        self.stopped = False
        self.outage: ServiceError | None = None
        self.held: frozenset[str] = frozenset()

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

    def begin(self, requests: Sequence[VideoRequest], batch: Any, *, new: bool) -> list[Submission]:
        assert batch is self.the_batch
        found = []
        for request in requests:
            key = f"k{len(self.begun)}"
            self.begun.append((request, new))
            self.board.put(Story(key, request.prompt, 9, [*SENT]).record())
            found.append(Submission(self.board[key]))
        return found

    def begin_again(self, keys: Sequence[str], batch: Any, *, new: bool) -> list[Submission]:
        """As many have failed, so many new tasks; the others stay as they are."""
        failed = [key for key in keys if self.board[key].state is State.FAILED]
        made = self.begin([self.board[key].request for key in failed], batch, new=new)
        found = dict(zip(failed, made, strict=True))
        return [found.get(key) or Submission(self.board[key]) for key in keys]

    def batch(self, concurrency: int | None) -> Any:
        return self.the_batch

    def look_ahead(self, requests: Sequence[VideoRequest], **how: Any) -> Any:
        self.planned = {"requests": list(requests), **how}
        return f"a plan of {len(requests)} films"

    def call(self, act: Any) -> Any:
        return act()

    def end(self, key: str, *, ready: bool, code: str = "X") -> None:
        failed = move.GaveUp(failure=_failure(code))
        for event in [BOAT_DONE, move.Saved(film=BOAT_FILM)] if ready else [failed]:
            self.board.put(advance(self.board[key], event, NOW))


def _failure(code: str) -> Failure:
    return Failure(kind="failed", message="no", code=code)


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


def test_a_retry_leaves_alone_what_did_not_fail_and_says_what_cannot_succeed(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = sweep_in(office, "a", "b", "c", "d", "e", new=True).start()
    office.end("k0", ready=True)
    office.end("k1", ready=True)
    office.end("k2", ready=False)
    office.end("k3", ready=False, code="CONTENT_VIOLATION")
    lost = sweep[1].task
    assert lost is not None
    sweep[1].take(lost, LinkExpired("gone."))
    assert [task.key for task in sweep.failed] == ["k1", "k2", "k3"]
    assert [video.key for video in sweep.videos] == ["k0"]
    assert [task.key for task in sweep.retry_failed()] == ["k5"]
    assert capsys.readouterr().out == (
        "Left out: 1 row that would be refused again as asked for and 1 row whose film was made "
        "and is lost. sweep.retry(rows) asks for them, too.\n"
    )
    kept = [row.task for row in sweep]
    assert [task.key for task in sweep.retry(sweep)] == ["k0", "k1", "k5", "k6", "k4"]
    assert [row.task is task for row, task in zip(sweep, kept, strict=True)] == [
        True, True, True, False, True
    ]  # fmt: skip
    assert sweep.retry_failed() is not None
    assert capsys.readouterr().out == "", "the fake says of none that it is lost any more"


@pytest.mark.parametrize(
    "wait",
    [
        lambda sweep: sweep.wait(),
        lambda sweep: next(sweep.__await__()),
        lambda sweep: sweep.as_completed(),
        lambda sweep: sweep.map(str),
        lambda sweep: sweep.retry_failed(),
    ],
)
def test_there_is_nothing_to_wait_for_before_the_start(office: Office, wait: Any) -> None:
    with pytest.raises(SoraError, match="has not begun"):
        wait(sweep_in(office, "a"))
    assert office.begun == []


def test_who_waits_is_told_once_a_pause_what_is_held_back(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep = sweep_in(office, "a").start()
    office.the_batch.held = frozenset({"k8", "k9"})
    sweep.pause()
    for _turn in range(2):
        with pytest.raises(WaitTimeout):
            sweep.wait(0)
    said = capsys.readouterr().out
    assert said.startswith("the sweep is paused: 2 films are held back. sweep.resume()")
    assert said.count("\n") == 1
    sweep.resume()
    sweep.pause()
    sweep.as_completed()
    assert capsys.readouterr().out == said


def test_an_outage_is_said_below_the_table(office: Office) -> None:
    sweep = sweep_in(office, "a").start()
    assert "no answers" not in repr(sweep)
    office.the_batch.outage = ServiceError("no answers.", advice="Go on or stop.")
    assert sweep.note == "no answers. Go on or stop."
    assert repr(sweep).endswith("\nno answers. Go on or stop.")


async def test_pause_resume_and_stop_go_to_the_batch(office: Office) -> None:
    sweep = sweep_in(office, "a")
    sweep.pause()
    await sweep.act("stop")
    assert (office.the_batch.paused, office.the_batch.stopped) == (False, False)
    sweep.start()
    sweep.pause()
    assert sweep.paused
    sweep.resume()
    assert office.the_batch.paused is False
    await sweep.act("stop")
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
    monkeypatch.setattr(presenter, "_show_gallery", shown.append)
    monkeypatch.setattr(presenter, "host_here", lambda: host)
    monkeypatch.setattr(host_module, "shell_here", lambda: shell)
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

    monkeypatch.setattr(presenter, "_show_gallery", show)
    monkeypatch.setattr(presenter, "host_here", lambda: host)
    show_sweep(sweep, wait=True)
    assert shown == [{"pending": 1}, {"ready": 1}][:times]


def test_before_the_start_the_plan_is_shown(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published: list[dict[str, str]] = []
    monkeypatch.setattr(
        presenter, "publish", lambda bundle, _id, *, update: published.append(bundle)
    )
    for host in (Host.TERMINAL, Host.JUPYTER):
        monkeypatch.setattr(presenter, "host_here", lambda host=host: host)
        sweep_in(office, "a")._ipython_display_()
    assert capsys.readouterr().out == "a plan of 1 films\n"
    assert published == [{"text/plain": "a plan of 1 films"}]
