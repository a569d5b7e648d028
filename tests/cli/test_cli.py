"""The commands, through main([...])."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from unittest.mock import MagicMock, create_autospec

import pytest

import sora_nb
from sora_nb.cli import demo
from sora_nb.cli import main as cli
from sora_nb.client.client import Client
from sora_nb.core.errors import InvalidRequest, JournalError
from sora_nb.core.lifecycle import Refused, Sending, advance, new_record
from sora_nb.core.task import Failure, TaskRecord, VideoRequest
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from sora_nb.settings.resolve import resolve
from sora_nb.settings.settings import Settings


def record(key: str) -> TaskRecord:
    return new_record(key, VideoRequest(prompt="a boat"), service="simulator", now=1_000_000.0)


def task_of(key: str, error: str | None = None) -> MagicMock:
    task: MagicMock = create_autospec(Task, instance=True)
    task.key = key
    task.record = record(key)
    task.state = "pending"
    task.error = InvalidRequest(error) if error else None
    video = create_autospec(Video, instance=True)
    video.path = Path(f"{key}.mp4")
    task.video.return_value = video
    return task


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    client: MagicMock = create_autospec(Client, instance=True)
    client.settings = Settings()
    monkeypatch.setattr("sora_nb.client.default.default_client", lambda: client)
    return client


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"sora_nb {sora_nb.__version__}\n"


def test_no_command_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    shown = capsys.readouterr().out
    for command in ("demo", "simulator", "tasks", "resume", "config", "doctor"):
        assert command in shown


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["taks"]) == 2
    assert "taks" in capsys.readouterr().err


def test_tasks_prints_the_table(client: MagicMock, capsys: pytest.CaptureFixture[str]) -> None:
    client.tasks.return_value = Tasks([task_of("k1")])
    assert cli.main(["tasks"]) == 0
    assert "k1" in capsys.readouterr().out


def test_tasks_as_json_can_be_read_again(
    client: MagicMock, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = advance(record("k2"), Sending(), 1.0)
    refused = advance(refused, Refused(failure=Failure(kind="refused", message="no")), 2.0)
    task = task_of("k2")
    task.record = refused
    client.tasks.return_value = Tasks([task_of("k1"), task])
    assert cli.main(["tasks", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["key"], row["state"], row["error"]) for row in rows] == [
        ("k1", "queued", None),
        ("k2", "failed", "no"),
    ]


def test_resume_prints_a_line_for_each_change_and_ends_with_the_tasks(
    client: MagicMock, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = task_of("k1"), task_of("k2", "the service said no.")
    client.resume.return_value = Tasks([good, bad])
    steps = iter([("pending", "processing"), ("saving", "processing"), ("ready", "failed")])

    def pause(_seconds: float) -> None:
        good.state, bad.state = next(steps)

    assert cli.main(["resume"], pause=pause) == 1
    assert capsys.readouterr().out.splitlines() == [
        "k1  pending",
        "k2  pending  the service said no.",
        "k2  processing  the service said no.",
        "k1  saving",
        "k1  ready  k1.mp4",
        "k2  failed  the service said no.",
    ]


def test_resume_of_films_that_all_come_is_a_success(client: MagicMock) -> None:
    task = task_of("k1")
    client.resume.return_value = Tasks([task])

    def pause(_seconds: float) -> None:
        task.state = "ready"

    assert cli.main(["resume"], pause=pause) == 0


def test_ctrl_c_leaves_the_tasks_running(
    client: MagicMock, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    task = task_of("k1")
    client.resume.return_value = Tasks([task])
    assert cli.main(["resume"], pause=interrupt) == cli.INTERRUPTED
    assert "sora-nb resume" in capsys.readouterr().out
    task.stop.assert_not_called()


def test_resume_says_when_nothing_is_unfinished(
    client: MagicMock, capsys: pytest.CaptureFixture[str]
) -> None:
    client.resume.return_value = Tasks([])
    assert cli.main(["resume"]) == 0
    assert "nothing to resume" in capsys.readouterr().out


def doctor_of(client: MagicMock, folder: Path, **environ: str) -> None:
    client.settings = resolve({}, environ=environ, notebook_folder=folder)
    client.notebook_folder = folder


def test_doctor_prints_its_findings_and_is_content_where_none_is_bad(
    client: MagicMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor_of(client, tmp_path, SORA_NB_HOME=str(tmp_path))
    assert cli.main(["doctor"]) == 0
    assert "ok   key      not set: the simulator is used" in capsys.readouterr().out
    client.balance.assert_not_called()


def test_doctor_as_json_says_what_is_bad_and_ends_with_1(
    client: MagicMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor_of(client, tmp_path, SORA_NB_HOME=str(tmp_path), APIXO_API_KEY="made-up-key")
    client.balance.side_effect = InvalidRequest("the key is unknown.", advice="Set another.")
    assert cli.main(["doctor", "--json"]) == 1
    shown = capsys.readouterr().out
    assert "made-up-key" not in shown
    (bad,) = [row for row in json.loads(shown) if row["mark"] == "bad"]
    assert (bad["name"], bad["fix"]) == ("service", "Set another.")


def test_config_prints_the_settings(client: MagicMock, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["config"]) == 0
    assert capsys.readouterr().out.startswith("service")


def test_trouble_is_a_short_message_on_standard_error(
    client: MagicMock, capsys: pytest.CaptureFixture[str]
) -> None:
    client.tasks.side_effect = JournalError("the journal is locked.", advice="Close the other.")
    assert cli.main(["tasks"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "JournalError: the journal is locked.\nClose the other.\n"


def test_the_simulator_gets_its_own_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sys.argv
    assert cli.main(["simulator", "--help"]) == 0
    assert "--speed" in capsys.readouterr().out
    assert cli.main(["simulator", "--no-such-option"]) == 2
    assert sys.argv is before


@pytest.mark.parametrize(
    ("words", "called", "arguments"),
    [
        (["--headless"], "headless", {"speed": None}),
        (["--headless", "--speed", "100"], "headless", {"speed": 100.0}),
        ([], "lab", {"port": None, "speed": None, "browser": True}),
        (["--port", "9", "--no-browser"], "lab", {"port": 9, "speed": None, "browser": False}),
    ],
)
def test_demo_runs_the_lab_or_the_notebook(
    monkeypatch: pytest.MonkeyPatch, words: list[str], called: str, arguments: dict[str, object]
) -> None:
    run = create_autospec(getattr(demo, called), return_value=7)
    monkeypatch.setattr(demo, called, run)
    assert cli.main(["demo", *words]) == 7
    run.assert_called_once_with(**arguments)


_MANY = """
import sys
from types import SimpleNamespace
import sora_nb.client.default
from sora_nb.cli import main as cli
from sora_nb.core.lifecycle import new_record
from sora_nb.core.task import VideoRequest
record = new_record("k1", VideoRequest(prompt="a boat"), service="simulator", now=1.0)
tasks = [SimpleNamespace(record=record)] * 5000
sora_nb.client.default.default_client = lambda: SimpleNamespace(tasks=lambda: tasks)
raise SystemExit(cli.main(["tasks", "--json"]))
"""


def test_a_reader_that_has_had_enough_is_no_crash() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _MANY], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as errors:
        assert errors.read() == ""
    assert process.wait() == 1
