"""Task and Video: what a person holds, awaits and saves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.errors import (
    AuthenticationError,
    DownloadError,
    InsufficientCredits,
    InvalidRequest,
    LinkExpired,
    ModelUnavailable,
    PermissionDenied,
    ServiceError,
    SoraError,
    SubmitUnsure,
    TaskFailed,
    WaitTimeout,
)
from sora_nb.core.lifecycle import Event, advance
from sora_nb.core.task import Failure, TaskRecord
from sora_nb.handles import task as task_module
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from sora_nb.handles.waiting import Detached
from tests.support.desk import Desk
from tests.support.records import (
    BOAT_DONE,
    BOAT_FILM,
    LOST,
    NOW,
    SENT,
    boat,
    failed_content,
    ready,
    reported,
)


def task_of(record: TaskRecord) -> Task:
    return Task(Desk(record), record.key)


def refused(error: str, code: str | None = None) -> list[Event]:
    failure = Failure(kind="refused", message="no", error=error, code=code)
    return [move.Sending(), move.Refused(failure=failure)]


def gave_up(error: str | None) -> list[Event]:
    return [*SENT, move.GaveUp(failure=Failure(kind="gave_up", message="none came", error=error))]


ENDINGS: dict[str, tuple[list[Event], type[SoraError]]] = {
    "401": (refused("AuthenticationError"), AuthenticationError),
    "402": (refused("InsufficientCredits"), InsufficientCredits),
    "403": (refused("PermissionDenied"), PermissionDenied),
    "404": (refused("ModelUnavailable"), ModelUnavailable),
    "400": (refused("InvalidRequest"), InvalidRequest),
    "413": (refused("ServiceError", "413"), ServiceError),
    "an error of a later version": (refused("Unheard"), TaskFailed),
    "failed": ([*SENT, reported("failed", fail_code="X")], TaskFailed),
    "no film": (gave_up(None), TaskFailed),
    "an expired link": (gave_up("LinkExpired"), LinkExpired),
    "a lost answer": ([move.Sending(), LOST], SubmitUnsure),
    "forgotten": ([move.Sending(), LOST, move.Forgotten()], TaskFailed),
    "stopped": ([*SENT, move.Stopped()], SoraError),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_every_ending_without_a_film_raises_its_own_error_with_advice(name: str) -> None:
    events, kind = ENDINGS[name]
    task = task_of(boat(9, *events))
    with pytest.raises(kind) as waited:
        task.wait()
    with pytest.raises(kind) as awaited:
        await task
    for error in (waited.value, awaited.value):
        assert type(error) is kind
        assert "task k7f3qa" in error.message
        assert error.advice
        assert error.task is task
        assert len(error._render_traceback_()) <= 8
    if name == "stopped":
        assert task.error is None
    else:
        assert type(task.error) is kind


def test_an_unsure_task_is_adopted_or_forgotten_by_its_handle() -> None:
    unsure = [move.Sending(), LOST]
    found = task_of(boat(9, *unsure)).adopt("task_7")
    assert (found.state, found.id) == ("pending", "task_7")
    gone = task_of(boat(9, *unsure))
    gone.forget()
    assert gone.state == "failed"


def test_errors_carry_the_services_code() -> None:
    failed = task_of(failed_content().record).error
    assert isinstance(failed, TaskFailed)
    assert failed.code == "CONTENT_VIOLATION"
    assert "[likeness]" in failed.message
    refusal = task_of(boat(9, *refused("ServiceError", "413"))).error
    assert isinstance(refusal, ServiceError)
    assert refusal.status == 413


def test_an_unsure_task_names_every_way_on() -> None:
    error = task_of(boat(9, move.Sending(), LOST)).error
    assert error is not None
    for line in ("%sora adopt k7f3qa TASKID", "%sora retry k7f3qa", "%sora forget k7f3qa"):
        assert line in error.advice


async def test_a_film_is_given_by_waiting_and_by_awaiting() -> None:
    task = task_of(ready().record)
    for video in (task.wait(), await task):
        assert video.path == Path(BOAT_FILM.path)
        assert (video.size, video.seconds, video.sha256) == (
            BOAT_FILM.size,
            BOAT_FILM.seconds,
            BOAT_FILM.sha256,
        )
        assert video.url == task.record.urls[0]
        assert video.expires_at == task.record.expires_at
    assert task.error is None


def test_waiting_can_end_before_the_task_which_lives_on() -> None:
    task = task_of(boat(9, *SENT))
    with pytest.raises(WaitTimeout, match="task k7f3qa is still pending after 0 s") as caught:
        task.wait(timeout=0)
    assert isinstance(caught.value, TimeoutError)
    assert "%sora show k7f3qa" in caught.value.advice
    assert task.state == "pending"


def test_an_interrupt_detaches_and_names_the_line_that_resumes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(future: object, timeout: object = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(task_module, "wait_for", interrupted)
    task = task_of(boat(9, *SENT))
    with pytest.raises(Detached) as caught:
        task.wait()
    (line,) = caught.value._render_traceback_()
    assert "task k7f3qa goes on" in line
    assert "%sora show k7f3qa" in line
    assert "%sora resume" in line
    assert task.state == "pending"


async def test_an_await_ends_when_the_task_does() -> None:
    desk = Desk(boat(182, *SENT, BOAT_DONE))
    task = Task(desk, "k7f3qa")
    waiting = asyncio.ensure_future(task._wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    desk.board.put(advance(desk.board["k7f3qa"], move.Saved(film=BOAT_FILM), NOW))
    assert (await waiting).sha256 == BOAT_FILM.sha256


def test_a_task_without_a_film_says_so() -> None:
    with pytest.raises(DownloadError, match="task k7f3qa has no film yet: it is pending"):
        task_of(boat(9, *SENT)).video()


def test_a_task_shows_its_state_and_its_request_and_nothing_can_change_it() -> None:
    task = task_of(boat(14, *SENT))
    assert (task.key, task.state, task.elapsed) == ("k7f3qa", "pending", 14.0)
    assert task.id == task.record.task_id
    assert task.request.duration == 8
    assert task.eta is not None
    median, ninety = task.eta
    assert 0 < median < ninety
    assert task_of(ready().record).eta is None
    with pytest.raises(AttributeError):
        task.request.prompt = "another"  # type: ignore[misc]


def test_the_time_left_follows_what_the_users_own_jobs_took() -> None:
    record = boat(14, *SENT)
    task = task_of(record)
    before = task.eta
    for number in range(30):
        end = msgspec.structs.replace(record, key=str(number), ended_between=(198.0, 200.0))
        task.client.board.job_times.learn(end)
    assert before is not None
    assert task.eta is not None
    assert task.eta[0] == pytest.approx(185, abs=4)
    assert task.eta[1] < before[1]


def test_stopping_and_watching_go_to_the_owner() -> None:
    task = task_of(boat(14, *SENT))
    task.stop()
    assert task.state == "stopped"
    task.watch()
    assert task.state == "pending"


def test_the_text_of_a_task_says_what_matters() -> None:
    assert "k7f3qa · pending · simulator" in repr(task_of(boat(14, *SENT)))
    assert BOAT_FILM.path in repr(task_of(ready().record))
    assert "refused the content" in repr(task_of(failed_content().record))
    assert "8 s · 5.5 MB" in repr(task_of(ready().record).wait())


@pytest.fixture
def video(tmp_path: Path) -> Video:
    source = tmp_path / "source" / "boat.mp4"
    source.parent.mkdir()
    source.write_bytes(b"film!")
    film = msgspec.structs.replace(BOAT_FILM, path=str(source))
    return task_of(msgspec.structs.replace(ready().record, film=film)).wait()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("copy.mp4", "copy.mp4"),
        ("copy", "copy.mp4"),
        ("there/", "there/boat.mp4"),
        ("deep/er/copy.mov", "deep/er/copy.mov"),
    ],
)
def test_a_film_is_copied_where_a_person_wants_it(
    video: Video, tmp_path: Path, given: str, written: str
) -> None:
    assert video.save(f"{tmp_path}/{given}") == tmp_path / written
    assert (tmp_path / written).read_bytes() == b"film!"


def test_a_film_is_copied_into_a_folder_that_exists_and_onto_itself(
    video: Video, tmp_path: Path
) -> None:
    assert video.save(tmp_path) == tmp_path / "boat.mp4"
    assert video.save(video.path) == video.path
    assert video.path.read_bytes() == b"film!"


def test_a_copy_that_cannot_be_written_is_an_error_with_advice(
    video: Video, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DownloadError, match="was not copied") as caught:
        video.save(tmp_path / "file" / "below.mp4")
    assert str(video.path) in caught.value.advice
    video.path.unlink()
    with pytest.raises(DownloadError, match="was not copied"):
        video.save(tmp_path / "gone.mp4")


async def test_several_tasks_are_waited_for_together() -> None:
    tasks = Tasks([task_of(ready().record)] * 2)
    assert len(tasks.wait(0)) == len(await tasks) == 2
    assert isinstance(tasks[:1], Tasks)
    assert [row["key"] for row in tasks.rows()] == ["k7f3qa"] * 2
    frame = tasks.to_pandas()
    assert list(frame["state"]) == ["ready", "ready"]
    assert "k7f3qa" in repr(tasks)
    assert tasks._repr_html_().startswith("<table>")
    with pytest.raises(TaskFailed):
        Tasks([tasks[0], task_of(failed_content().record)]).wait()
