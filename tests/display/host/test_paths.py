"""Where the kernel runs and what its page can reach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sora_nb.display.host.paths import below, beside, notebook_folder, server_root


def test_the_notebooks_folder_is_what_the_server_says_where_that_exists(tmp_path: Path) -> None:
    cwd = Path("/somewhere")
    session = str(tmp_path / "boats.ipynb")
    assert notebook_folder({"JPY_SESSION_NAME": session}, cwd) == tmp_path
    for name in ("", "boats.ipynb", "boats/boats.ipynb", "/no/such/folder/boats.ipynb", "uuid-1"):
        assert notebook_folder({"JPY_SESSION_NAME": name}, cwd) == cwd
    assert notebook_folder({}, cwd) == cwd


def test_vs_code_tells_the_notebooks_path_in_a_variable_of_the_notebook(tmp_path: Path) -> None:
    cwd = Path("/workspace")
    variables = {"__vsc_ipynb_file__": str(tmp_path / "boats.ipynb")}
    assert notebook_folder({}, cwd, variables) == tmp_path
    assert notebook_folder({"JPY_SESSION_NAME": "/x/y.ipynb"}, cwd, variables) == tmp_path
    assert notebook_folder({}, cwd, {"__vsc_ipynb_file__": "Untitled-1.ipynb"}) == cwd


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    info = {"root_dir": str(tmp_path), "pid": 42}
    (runtime / "jpserver-42.json").write_text(json.dumps(info))
    return runtime


def test_the_servers_root_is_read_from_its_own_file(runtime: Path) -> None:
    assert server_root({"JPY_PARENT_PID": "42"}, runtime) == runtime.parent


@pytest.mark.parametrize("pid", ["", "43", "../42", "4 2"])
def test_without_such_a_server_there_is_no_root(runtime: Path, pid: str) -> None:
    assert server_root({"JPY_PARENT_PID": pid}, runtime) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"root_dir": 7}', '{"root_dir": "films"}', '{"root_dir": "/no/such"}'],
)
def test_a_file_that_is_not_the_servers_is_not_believed(runtime: Path, text: str) -> None:
    (runtime / "jpserver-42.json").write_text(text)
    assert server_root({"JPY_PARENT_PID": "42"}, runtime) is None


def test_only_what_lies_visibly_below_the_root_can_be_served(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "films").mkdir(parents=True)
    assert below(root / "films" / "a b.mp4", root) == "films/a b.mp4"
    assert below(root / "films" / ".." / "c.mp4", root) == "c.mp4"
    assert below(tmp_path / "outside.mp4", root) is None
    assert below(tmp_path / "root2" / "x.mp4", root) is None
    assert below(root / ".hidden" / "x.mp4", root) is None
    assert below(root / "films" / ".x.mp4", root) is None
    assert below(root / "x.mp4", None) is None


def test_links_are_followed_on_both_sides(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    assert below(link / "x.mp4", real) == "x.mp4"
    assert below(real / "x.mp4", link) == "x.mp4"
    (real / "out").symlink_to(tmp_path)
    assert below(real / "out" / "x.mp4", real) is None


def test_a_root_below_a_hidden_folder_is_no_hindrance(tmp_path: Path) -> None:
    root = tmp_path / ".home" / "notebooks"
    root.mkdir(parents=True)
    assert below(root / "x.mp4", root) == "x.mp4"


def test_a_path_is_written_relative_to_the_notebook_where_that_is_short(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    assert beside(folder / "sora_videos" / "x.mp4", folder) == "sora_videos/x.mp4"
    assert beside(tmp_path / "a" / "x.mp4", folder) == "../../x.mp4"
    assert beside(tmp_path / "x.mp4", folder) == str(tmp_path / "x.mp4")
