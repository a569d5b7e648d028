"""The demo: a real notebook executed to a film, and JupyterLab started and ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

import pytest

from sora_nb.cli import demo, jupyter_process
from sora_nb.cli.jupyter_process import DemoTrouble

FILM = """
import os, pathlib
import av, numpy
assert not os.environ["APIXO_API_KEY"] and not os.environ["APIXO_BASE_URL"]
assert os.environ["SORA_NB_SIMULATOR_SPEED"] == "500"
target = pathlib.Path(os.environ["SORA_NB_MEDIA"]) / "boat.mp4"
with av.open(str(target), "w") as film:
    stream = film.add_stream("libx264", rate=4)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for _ in range(8):
        picture = av.VideoFrame.from_ndarray(numpy.zeros((48, 64, 3), "uint8"), format="rgb24")
        film.mux(stream.encode(picture))
    film.mux(stream.encode())
"""


def notebook_at(folder: Path, source: str) -> Path:
    """A notebook of one code cell, as the quickstart of a source tree."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "one",
        "metadata": {},
        "outputs": [],
        "source": textwrap.dedent(source),
    }
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = folder / "notebooks" / demo.NOTEBOOK
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree of our own, in which the demo finds its notebook."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "sora_nb" / "cli" / "demo.py"))
    monkeypatch.setenv("APIXO_API_KEY", "sk-never-used")
    monkeypatch.setenv("APIXO_BASE_URL", "https://never.example")
    return tmp_path


def test_the_notebook_is_found_in_the_source_tree_or_the_working_folder(tmp_path: Path) -> None:
    book = notebook_at(tmp_path / "source", "")
    assert demo.find_notebook(tmp_path / "source", tmp_path) == book
    assert demo.find_notebook(tmp_path / "nowhere", tmp_path / "source") == book
    assert demo.find_notebook(tmp_path / "nowhere", book.parent) == book
    with pytest.raises(DemoTrouble, match=r"pyproject\.toml"):
        demo.find_notebook(tmp_path / "nowhere", tmp_path)


def test_headless_executes_a_copy_and_prints_the_film(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = notebook_at(tree, FILM)
    before = book.read_bytes()
    assert demo.headless(speed=500) == 0
    shown = capsys.readouterr().out
    assert "left aside" in shown
    assert "sk-never-used" not in shown
    path, size, _bytes, seconds, _s = shown.splitlines()[-1].rsplit(maxsplit=4)
    assert Path(path).stat().st_size == int(size)
    assert seconds == "2.0"
    assert book.read_bytes() == before
    assert [entry.name for entry in book.parent.iterdir()] == [book.name]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("pass", "no film came out"),
        ("raise ValueError('no boat today')", "no boat today"),
        (
            (
                "import os, pathlib\n"
                "(pathlib.Path(os.environ['SORA_NB_MEDIA']) / 'a.mp4').write_bytes(b'not a film')"
            ),
            "does not play",
        ),
    ],
)
def test_headless_fails_when_no_film_came_out(
    tree: Path, capsys: pytest.CaptureFixture[str], source: str, words: str
) -> None:
    notebook_at(tree, source)
    assert demo.headless(speed=None) == 1
    assert words in capsys.readouterr().err


def test_a_missing_jupyterlab_is_one_clear_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook_at(tree, "")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert demo.lab(port=None, speed=None, browser=False) == 1
    assert demo.headless(speed=None) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        'jupyterlab is not installed: pip install "sora-nb[demo]"',
        'nbconvert is not installed: pip install "sora-nb[demo]"',
    ]


def test_a_speed_that_is_no_number_is_said(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook_at(tree, "")
    monkeypatch.setenv("SORA_NB_SIMULATOR_SPEED", "fast")
    assert demo.headless(speed=None) == 1
    assert "SORA_NB_SIMULATOR_SPEED" in capsys.readouterr().err


def test_jupyter_gets_folders_of_its_own_and_this_interpreter(tmp_path: Path) -> None:
    environment = jupyter_process.environment_of({"JUPYTER_PATH": "theirs"}, tmp_path, 30.0)
    own, theirs = environment["JUPYTER_PATH"].split(os.pathsep)
    spec = json.loads((Path(own) / "kernels" / "python3" / "kernel.json").read_text("utf-8"))
    assert theirs == "theirs"
    assert spec["argv"][0] == sys.executable
    assert environment["SORA_NB_SIMULATOR_SPEED"] == "30"
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        assert Path(environment[name]).is_relative_to(tmp_path)


_LAB = """
import sys
from sora_nb.cli import demo
demo.__file__ = sys.argv[1]
raise SystemExit(demo.lab(port=None, speed=None, browser=False))
"""


def test_the_lab_prints_one_address_on_loopback_and_ends_with_its_starter(tree: Path) -> None:
    book = notebook_at(tree, "")
    environment = {name: v for name, v in os.environ.items() if not name.startswith("APIXO_")}
    process = subprocess.Popen(
        [sys.executable, "-c", _LAB, str(tree / "sora_nb" / "demo.py")],
        env=environment | {"TMPDIR": str(tree / "tmp")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert f"/lab/tree/{book.name}?token=" in url
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=30) as page:
            assert page.status == 200
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(30) == 0
        assert "http" not in rest
        with pytest.raises(OSError, match="refused"):
            opener.open(url, timeout=5)
        assert list((tree / "tmp").iterdir()) == []
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
