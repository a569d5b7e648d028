"""%sora in a real IPython shell, with a client that only writes down what it is asked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, call, create_autospec

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from sora_nb.client.client import Client
from sora_nb.core.errors import BudgetExceeded, InvalidRequest
from sora_nb.display.host import paths
from sora_nb.display.host.host import Host
from sora_nb.handles.task import Task
from sora_nb.handles.tasks import Tasks
from sora_nb.handles.video import Video
from sora_nb.magic import completer
from sora_nb.magic import extension as magic
from sora_nb.planning.pricing import Preview
from sora_nb.settings.settings import Settings


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name in ("APIXO_API_KEY", "APIXO_BASE_URL", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    quiet = Config({"HistoryManager": {"enabled": False}})
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=quiet)
    magic.load_ipython_extension(shell)
    yield shell
    InteractiveShell.clear_instance()


def task_of(key: str) -> MagicMock:
    task: MagicMock = create_autospec(Task, instance=True)
    task.key = key
    return task


class World:
    """The client and the panels of a test."""

    def __init__(self) -> None:
        self.client: MagicMock = create_autospec(Client, instance=True)
        self.client.settings = Settings()
        self.client.generate.side_effect = lambda prompt, take, **_: task_of(f"take{take}")
        self.client.get.side_effect = InvalidRequest("there is no task of that key.")
        self.panels: list[tuple[list[Any], bool]] = []
        self.players: list[Any] = []

    def show(self, tasks: Any, *, wait: bool = False, player: bool = False) -> None:
        self.panels.append((list(tasks), wait))
        self.players.extend(tasks if player else [])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("sora_nb.client.default.default_client", lambda: world.client)
    monkeypatch.setattr("sora_nb.magic.completer.existing_client", lambda: world.client)
    monkeypatch.setattr("sora_nb.display.presenter.show_tasks", world.show)
    return world


def run(shell: Any, cell: str) -> Any:
    """The value of a cell that must work."""
    done = shell.run_cell(cell)
    done.raise_error()
    return done.result


def error_of(shell: Any, cell: str) -> BaseException | None:
    trouble: BaseException | None = shell.run_cell(cell).error_in_exec
    return trouble


def test_a_line_submits_shows_one_panel_and_gives_the_task(
    shell: InteractiveShell, world: World
) -> None:
    shell.user_ns.update(x="expanded", y="expanded")
    task = run(shell, "%sora a dog's dinner for {x} and $y -d 8")
    world.client.generate.assert_called_once_with(
        "a dog's dinner for {x} and $y", take=1, duration=8
    )
    assert task.key == "take1"
    assert world.panels == [([task], False)]


def test_an_assigned_line_shows_its_panel_too(shell: InteractiveShell, world: World) -> None:
    run(shell, "boat = %sora a boat")
    assert world.panels == [([shell.user_ns["boat"]], False)]


def test_a_cell_is_the_prompt_and_out_binds_the_task(shell: InteractiveShell, world: World) -> None:
    shell.user_ns["place"] = "here"
    run(shell, "%%sora --portrait -o boat\n\n{place}, $place\n  two  \n")
    world.client.generate.assert_called_once_with(
        "{place}, $place\n  two  ", take=1, aspect_ratio="portrait"
    )
    assert world.panels == [([shell.user_ns["boat"]], False)]


def test_vars_puts_in_the_notebooks_variables(shell: InteractiveShell, world: World) -> None:
    shell.user_ns["place"] = "Oslo {n}"
    run(shell, "%sora a boat in {place} {n} --vars place")
    world.client.generate.assert_called_once_with("a boat in Oslo {n} {n}", take=1)


def test_takes_are_made_one_by_one_in_one_panel(shell: InteractiveShell, world: World) -> None:
    tasks = run(shell, "%sora a boat -n 3 -o boats --wait")
    assert world.client.generate.mock_calls == [call("a boat", take=k) for k in (1, 2, 3)]
    assert [task.key for task in tasks] == ["take1", "take2", "take3"]
    assert shell.user_ns["boats"] is tasks
    assert world.panels == [(list(tasks), True)]


def test_takes_that_were_made_before_a_refusal_are_shown(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first = task_of("first")
    world.client.generate.side_effect = [first, BudgetExceeded("the budget is spent.")]
    assert isinstance(error_of(shell, "%sora a boat -n 3 -o boats --wait"), BudgetExceeded)
    assert world.panels == [([first], False)]
    assert list(shell.user_ns["boats"]) == [first]


def test_a_refused_request_is_a_short_message_without_a_traceback(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.client.generate.side_effect = InvalidRequest("duration 5 is wrong.", advice="Choose 4.")
    assert isinstance(error_of(shell, "%sora a boat -d 5 -o boat"), InvalidRequest)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "InvalidRequest: duration 5 is wrong.",
        "Choose 4.",
    ]
    assert world.panels == []
    assert "boat" not in shell.user_ns


@pytest.mark.parametrize(
    "cell",
    ["%sora taks", "%sora a boat --nwe", "%sora doctr", "%sora a {x} --vars x", "%%sora a\nboat"],
)
def test_a_line_that_is_not_understood_is_one_line_and_asks_nothing(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    capsys.readouterr()
    assert isinstance(error_of(shell, cell), UsageError)
    shown = capsys.readouterr()
    assert len((shown.out + shown.err).splitlines()) == 1
    world.client.generate.assert_not_called()


@pytest.mark.parametrize("page", [True, False])
def test_doctor_prints_its_findings_and_asks_the_page_where_there_is_one(
    shell: InteractiveShell,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    page: bool,
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        "sora_nb.doctor.page_check.show_browser_check",
        lambda media, host, draw: asked.append(draw({"name": "n", "mark": "ok", "words": "w"})),
    )
    monkeypatch.setattr(
        "sora_nb.doctor.gather.host", lambda *_: Host.JUPYTER if page else Host.TERMINAL
    )
    world.client.settings = Settings(home=tmp_path, media=tmp_path)
    world.client.notebook_folder = tmp_path
    capsys.readouterr()
    assert run(shell, "%sora doctor") is None
    assert f"ok   disk     {tmp_path}" in capsys.readouterr().out
    assert asked == (["ok   n        w"] if page else [])


def test_a_misspelt_verb_with_a_key_is_not_a_prompt(shell: InteractiveShell, world: World) -> None:
    world.client.get.side_effect = task_of
    assert "did you mean %sora show k3f9zz?" in str(error_of(shell, "%sora shwo k3f9zz"))
    world.client.generate.assert_not_called()


def test_a_prompt_whose_first_word_looks_like_a_verb_is_a_prompt(
    shell: InteractiveShell, world: World
) -> None:
    run(shell, "%sora snow falls")
    world.client.generate.assert_called_once_with("snow falls", take=1)


@pytest.mark.parametrize("cell", ["%sora", "%sora help"])
def test_help_is_printed_and_no_client_is_made(
    shell: InteractiveShell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cell: str,
) -> None:
    def refuse() -> None:
        raise AssertionError("help needs no client")

    monkeypatch.setattr("sora_nb.client.default.default_client", refuse)
    run(shell, cell)
    assert "%sora a paper boat in the rain" in capsys.readouterr().out


def test_the_question_mark_shows_the_options_and_examples(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "%sora?")
    shown = capsys.readouterr().out
    assert "--keep-watermark" in shown
    assert "%%sora --duration 8 -o boat" in shown


def test_dry_run_sends_nothing_and_shows_nothing_secret(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.client.preview.return_value = Preview(
        "https://s.example/api/v1/generateTask/m", {"input": {"prompt": "a"}}, None, True, "s", None
    )
    assert run(shell, "%sora a boat --dry-run -m m --input k=1 -n 2 -o boat") is None
    world.client.generate.assert_not_called()
    assert world.client.preview.mock_calls == [
        call("a boat", take=k, model="m", extra={"k": 1}) for k in (1, 2)
    ]
    shown = capsys.readouterr().out
    assert '"prompt": "a"' in shown
    assert "Bearer ***" in shown
    assert shown.endswith("nothing was sent\n")
    assert world.panels == []


def test_tasks_gives_the_table(shell: InteractiveShell, world: World) -> None:
    world.client.tasks.return_value = Tasks([])
    assert run(shell, "t = %sora tasks") is None
    assert shell.user_ns["t"] is world.client.tasks.return_value


def test_show_shows_the_panel_again_with_the_live_player(
    shell: InteractiveShell, world: World
) -> None:
    world.client.get.side_effect = task_of
    task = run(shell, "%sora show k3f9zz")
    assert task.key == "k3f9zz"
    assert world.panels == [([task], False)]
    assert world.players == [task]


def test_only_show_asks_for_the_live_player(shell: InteractiveShell, world: World) -> None:
    run(shell, "%sora a boat")
    assert len(world.panels) == 1
    assert world.players == []


def test_resume_shows_what_was_taken_up(shell: InteractiveShell, world: World) -> None:
    world.client.resume.return_value = Tasks([task_of("a"), task_of("b")])
    run(shell, "t = %sora resume")
    assert world.panels == [(list(world.client.resume.return_value), False)]


def test_resume_says_when_nothing_is_unfinished(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.client.resume.return_value = Tasks([])
    assert run(shell, "%sora resume") is None
    assert "nothing to resume" in capsys.readouterr().out
    assert world.panels == []


def test_save_prints_the_path_written(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    video = create_autospec(Video, instance=True)
    video.save.return_value = Path("films/my boat.mp4")
    task = task_of("k3f9zz")
    task.video.return_value = video
    world.client.get.side_effect = lambda key: task
    run(shell, "%sora save k3f9zz films/my boat.mp4")
    video.save.assert_called_once_with("films/my boat.mp4")
    assert capsys.readouterr().out.endswith(f"{Path('films/my boat.mp4')}\n")


def test_stop_says_that_the_remote_task_goes_on(
    shell: InteractiveShell, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    task = task_of("k3f9zz")
    world.client.get.side_effect = lambda key: task
    run(shell, "%sora stop k3f9zz")
    task.stop.assert_called_once_with()
    assert "goes on and may be charged" in capsys.readouterr().out


def test_retry_and_adopt_show_the_task(shell: InteractiveShell, world: World) -> None:
    old, new = task_of("old"), task_of("new")
    old.retry.return_value = new
    world.client.get.side_effect = lambda key: old
    old.adopt.return_value = old
    assert run(shell, "%sora retry old") is new
    assert run(shell, "%sora adopt old task/1") is old
    old.adopt.assert_called_once_with("task/1")
    assert world.panels == [([new], False), ([old], False)]


def test_forget_asks_the_client(shell: InteractiveShell, world: World) -> None:
    task = task_of("k3f9zz")
    world.client.get.side_effect = lambda key: task
    run(shell, "%sora forget k3f9zz")
    task.forget.assert_called_once_with()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "12.50 USD (simulator: made up, nothing is charged)"),
        (Settings(base_url="https://s.example/api/v1"), "12.50 USD (https://s.example/api/v1)"),
    ],
)
def test_balance_says_whose_money_it_is(
    shell: InteractiveShell,
    world: World,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
    words: str,
) -> None:
    world.client.settings = settings
    world.client.balance.return_value = 12.5
    run(shell, "%sora balance")
    assert capsys.readouterr().out.endswith(f"{words}\n")


def parent(**content: object) -> Any:
    def get_parent(channel: str) -> dict[str, object]:
        assert channel == "shell"
        return {"content": content}

    return SimpleNamespace(kernel=SimpleNamespace(get_parent=get_parent))


@pytest.mark.parametrize(
    ("running", "environ", "alone"),
    [
        (parent(allow_stdin=False), {}, True),
        (parent(allow_stdin=False), {"SERVER_SOFTWARE": "voila/0.5"}, False),
        (parent(allow_stdin=False), {"SERVER_SOFTWARE": "jupyter/2"}, True),
        (parent(allow_stdin=True), {}, False),
        (parent(), {}, False),
        (SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda _: {})), {}, False),
        (SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda _: None)), {}, False),
        (SimpleNamespace(kernel=SimpleNamespace()), {}, False),
        (SimpleNamespace(kernel=None), {}, False),
        (SimpleNamespace(), {}, False),
    ],
)
def test_nobody_is_there_when_the_request_allows_no_input(
    running: object, environ: dict[str, str], alone: bool
) -> None:
    assert paths.runs_without_a_person(running, environ) is alone


@pytest.mark.parametrize("line", ["%sora a boat", "%sora resume", "%sora retry k3f9zz"])
def test_a_notebook_that_runs_without_a_person_waits(
    shell: InteractiveShell, world: World, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(paths, "runs_without_a_person", lambda *_: True)
    world.client.resume.return_value = Tasks([task_of("a")])
    world.client.get.side_effect = task_of
    run(shell, line)
    assert [wait for _, wait in world.panels] == [True]


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "simulator (no APIXO_API_KEY): films are drawn on this machine, nothing is charged"),
        ({"APIXO_API_KEY": "sk-1"}, "https://api.apixo.ai (key from APIXO_API_KEY)"),
        ({"APIXO_BASE_URL": "http://h:1"}, "http://h:1 (no key: set APIXO_API_KEY)"),
        ({"APIXO_BASE_URL": "nonsense"}, "is not an http(s) URL"),
    ],
)
def test_loading_says_in_one_line_which_service_is_in_use(
    shell: InteractiveShell,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environ: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setattr("sora_nb.settings.key_sources.key_sources", lambda: ())
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    capsys.readouterr()
    magic.load_ipython_extension(shell)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("sora_nb 0.")
    assert words in line
    assert "sk-1" not in line


def test_a_keyring_that_was_not_asked_is_not_called_the_simulator(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> str:
        raise AssertionError("loading asks no keyring")

    monkeypatch.setattr("sora_nb.settings.key_sources.key_sources", lambda: (("keyring", refuse),))
    capsys.readouterr()
    magic.load_ipython_extension(shell)
    shown = capsys.readouterr().out
    assert "key from the keyring is used" in shown
    assert "nothing is charged" not in shown


def test_unloading_takes_magics_and_completion_away(shell: InteractiveShell) -> None:
    assert "resume" in completions(shell, "v = %sora res")
    magic.unload_ipython_extension(shell)
    assert "sora" not in shell.magics_manager.magics["line"]
    assert "sora" not in shell.magics_manager.magics["cell"]
    assert "resume" not in completions(shell, "v = %sora res")
    magic.unload_ipython_extension(shell)


def completions(shell: InteractiveShell, text: str) -> list[str]:
    with provisionalcompleter():
        return [found.text for found in shell.Completer.completions(text, len(text))]


@pytest.mark.todays_packages
def test_tab_completes_in_the_shell_and_twice_loaded_is_once(
    shell: InteractiveShell, world: World
) -> None:
    matchers = len(shell.Completer.custom_matchers)
    magic.load_ipython_extension(shell)
    assert len(shell.Completer.custom_matchers) == matchers
    world.client.keys.side_effect = lambda prefix: [k for k in ("k1", "q2") if k.startswith(prefix)]
    shell.user_ns["place"] = 1
    assert completions(shell, "%sora boat -d ") == ["4", "8", "12"]
    assert completions(shell, "v = %sora resu") == ["resume"]
    assert completions(shell, "%sora show ") == ["k1", "q2"]
    assert completions(shell, "%sora a {place} --vars ") == ["place"]


def test_tab_completes_where_ipython_has_no_matchers_yet(shell: InteractiveShell) -> None:
    magic.unload_ipython_extension(shell)
    completer.install(shell, ModuleType("a completer of IPython 7"))
    assert {"4", "8", "12"} <= set(completions(shell, "%sora boat -d "))
    assert "resume" in completions(shell, "v = %sora res")
    completer.remove(shell)
    assert "resume" not in completions(shell, "v = %sora res")


def test_tab_offers_no_keys_where_no_client_was_made(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AssertionError("Tab makes no client")

    monkeypatch.setattr("sora_nb.client.default.default_client", refuse)
    monkeypatch.setattr("sora_nb.magic.completer.existing_client", lambda: None)
    assert "k1" not in completions(shell, "%sora show ")


_LOAD = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from sora_nb.magic import extension as magic
magic.load_ipython_extension(InteractiveShell.instance())
heavy = {"aiohttp", "msgspec", "ipywidgets", "anywidget", "av", "PIL", "numpy"}
heavy.add("sora_nb.client.client")
print(sorted(heavy & set(sys.modules)))
"""


def test_loading_imports_nothing_heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    command = [sys.executable, "-c", _LOAD]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"
