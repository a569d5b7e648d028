"""The key in its environment variable, as people keep it: what shells and notebooks show of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from traitlets.config import Config

import sora_nb
from sora_nb.client import default

from .conftest import KEY, SPEED
from .server import HostileService, envelope, success
from .test_secrets import FAILED, SIGNED, assert_no_key_below, echo, written

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def environment(
    service: HostileService, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    given = {
        "APIXO_API_KEY": KEY,
        "APIXO_BASE_URL": service.base,
        "SORA_NB_HOME": str(tmp_path / "home"),
        "SORA_NB_MEDIA": str(tmp_path / "media"),
        "SORA_NB_SIMULATOR_SPEED": str(SPEED),
        "SORA_NB_POLL": "2",
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    yield
    default.configure(**dict.fromkeys(default.configured()))
    default.close()


@pytest.fixture
def shell(environment: None) -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    quiet = Config(
        {"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}
    )
    yield InteractiveShell.instance(config=quiet)
    InteractiveShell.clear_instance()


OURS = [
    "%sora config",
    "%sora tasks",
    "%sora balance",
    "%sora refused -w",
    "%sora unsure -w",
    "sora_nb.generate('failed').wait()",
    "sora_nb.generate('a boat').wait()",
    "sora_nb.Client(rate='fast')",
    "sora_nb.Client(nonsense=1)",
    "sora_nb.configure(budget='much')",
    "sora_nb.get('nothing')",
]
"""Cells whose trouble, if any, is an error of sora_nb: a message instead of a traceback."""

THEIRS = [
    "def f(a, client):\n    return a / client\nf(sora_nb.generate('a boat'), sora_nb.Client())",
    "sora_nb.Client(base_url=Broken())",
    "sora_nb.configure(home=Broken())",
    "sora_nb.generate('x', extra={'a': Broken()}, image=Broken())",
    "sora_nb.generate('a boat').wait('soon')",
]
"""Cells that raise what is no error of sora_nb, from its frames or among its objects."""

BROKEN = """
class Broken:
    def __str__(self):
        raise ZeroDivisionError("this object cannot be shown")
    __fspath__ = __str__
"""


def test_a_verbose_traceback_shows_no_key(
    shell: Any, service: HostileService, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    service.answers("submit", echo(401), echo(500), envelope({"taskId": "task-9"}))
    service.answers("balance", forever=echo(401))
    service.answers("status", FAILED)
    for cell in ("%load_ext sora_nb", "import sora_nb", BROKEN, "%xmode Verbose"):
        shell.run_cell(cell).raise_error()
    for cell in (*OURS, *THEIRS):
        shell.run_cell(cell)
    # `configure` keeps what it was given; here the key comes that way, and nothing else does.
    sora_nb.configure(api_key=KEY)
    for cell in THEIRS:
        shell.run_cell(cell)
    said = "".join(capsys.readouterr())
    assert said.count("AuthenticationError: ") == 2
    assert said.count("SubmitUnsure: ") == 1
    assert said.count("TaskFailed: ") == 1
    assert said.count("ZeroDivisionError: ") >= 2 * 2
    assert "client = <sora_nb.Client" in said  # variables are shown, so it is verbose
    assert KEY not in said
    assert "sk-canary" not in said
    assert_no_key_below(tmp_path)


CELLS = [
    "%load_ext sora_nb",
    "%xmode Verbose",
    "%sora a paper boat -o boat",
    "%sora refused",
    "%sora unsure",
    "%sora failed",
    "%sora balance",
    "%sora config",
    "%sora tasks",
    "%sora a dry run --dry-run",
    "import sora_nb, os\nclient = sora_nb.Client()\n[client, client.settings, vars(client), boat]",
    "client.settings",
    "def f(task, client):\n    return task / client\nf(boat, client)",
    "import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)",
    "sora_nb.generate('another boat').wait()",
    "os.environ['SERVER_SOFTWARE'] = 'voila/1'  # which has a page: its panel stays live",
    "%sora on its way",
]


async def test_an_executed_notebook_its_widgets_and_its_page_hold_no_key_and_no_signature(
    environment: None,
    service: HostileService,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    good = [envelope({"taskId": f"task-{number}"}) for number in range(3)]
    service.answers("submit", good[0], echo(401), echo(500), *good[1:])
    pending = envelope({"state": "pending"})
    link = success(service.film_url)
    service.answers("status", link, FAILED, link, forever=pending)
    service.answers("balance", forever=echo(500))
    for kind in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{kind}_DIR", str(tmp_path / "jupyter" / kind.lower()))
    _write_kernel(tmp_path / "jupyter" / "data" / "kernels" / "python3")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]  # type: ignore[no-untyped-call]
    book = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    resources = {"metadata": {"path": str(tmp_path)}}
    # Awaited: in a test without a loop nbclient would put another in the place of the thread's.
    client = NotebookClient(
        book, timeout=60, allow_errors=True, store_widget_state=True, resources=resources
    )
    await client.async_execute()
    text = json.dumps(book)
    page, _ = HTMLExporter().from_notebook_node(book)  # type: ignore[no-untyped-call]
    errors = [out.ename for cell in book.cells for out in cell.outputs if "ename" in out]
    assert errors == [
        "AuthenticationError",
        "SubmitUnsure",
        "TaskFailed",
        "ServiceError",
        "TypeError",
    ]
    # The one on its way is a live panel, and its state is stored with the notebook.
    assert VIEW in book.cells[-1].outputs[0].data
    assert "on its way" in json.dumps(book.metadata.widgets)
    assert "DEBUG:filelock" in text
    for said in (text, page):
        assert KEY not in said
        assert SIGNED not in said
    assert_no_key_below(tmp_path)
    assert [
        path.suffix for path, data in written(tmp_path / "media") if SIGNED.encode() in data
    ] == []


def _write_kernel(folder: Path) -> None:
    """A kernel that is this interpreter, whatever else is installed."""
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
