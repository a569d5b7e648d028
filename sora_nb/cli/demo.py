"""``sora-nb demo``: JupyterLab on the quickstart notebook, or that notebook executed to a film."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from sora_nb.cli.jupyter_process import (
    DemoTrouble,
    ended,
    environment_of,
    execute,
    free_port,
    lab_command,
    last_lines,
    read_log,
    sigterm_as_interrupt,
    until_ready,
)

NOTEBOOK = "00_quickstart.ipynb"
SPEED = 30.0


def lab(*, port: int | None, speed: float | None, browser: bool) -> int:
    """Run JupyterLab on 127.0.0.1 until Ctrl-C or SIGTERM. Gives the exit code."""
    try:
        notebook = find_notebook(Path(__file__).parents[2], Path.cwd())
        _need("jupyterlab")
        with sigterm_as_interrupt(), tempfile.TemporaryDirectory(prefix="sora_nb_lab_") as own:
            environment = environment_of(os.environ, Path(own), _speed(speed))
            environment |= _simulator_only(environment)
            _serve(notebook, port or free_port(), environment, Path(own), browser=browser)
    except DemoTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nended")
    return 0


def headless(*, speed: float | None) -> int:
    """Execute a copy of the notebook against the simulator. 0: a film that plays came out."""
    try:
        notebook = find_notebook(Path(__file__).parents[2], Path.cwd())
        _need("nbconvert", "ipykernel")
        # The film stays, to be looked at: its path is what this prints.
        folder = Path(tempfile.mkdtemp(prefix="sora_nb_demo_"))
        with sigterm_as_interrupt(), tempfile.TemporaryDirectory(prefix="sora_nb_run_") as own:
            copy = Path(own) / "notebooks"
            skip = shutil.ignore_patterns("sora_videos", ".ipynb_checkpoints")
            shutil.copytree(notebook.parent, copy, ignore=skip)
            environment = environment_of(os.environ, Path(own), _speed(speed))
            environment |= _simulator_only(environment)
            environment |= {"SORA_NB_HOME": f"{own}/home", "SORA_NB_MEDIA": str(folder)}
            execute(copy / NOTEBOOK, environment)
        film, seconds = _newest_film(folder)
    except DemoTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(f"{film}  {film.stat().st_size} bytes, {seconds:.1f} s")
    return 0


def find_notebook(source: Path, cwd: Path) -> Path:
    """The quickstart notebook of the source tree, or below the working folder.

    Raises DemoTrouble: the notebook is part of the source tree, not of the installed package.
    """
    for folder in (source / "notebooks", cwd / "notebooks", cwd):
        if (folder / NOTEBOOK).is_file():
            return folder / NOTEBOOK
    raise DemoTrouble(
        f"notebooks/{NOTEBOOK} is not here: run this in the folder of the sora_nb source tree "
        "(the one that holds pyproject.toml)."
    )


def _need(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise DemoTrouble(f'{missing[0]} is not installed: pip install "sora-nb[demo]"')


def _simulator_only(environ: Mapping[str, str]) -> dict[str, str]:
    """A demo charges nobody, whatever is set: an empty value counts as not set."""
    if environ.get("APIXO_API_KEY") or environ.get("APIXO_BASE_URL"):
        print("APIXO_API_KEY and APIXO_BASE_URL are left aside: this runs on the simulator")
    return {
        "APIXO_API_KEY": "",
        "APIXO_BASE_URL": "",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def _newest_film(folder: Path) -> tuple[Path, float]:
    """(path, seconds) of the newest film; opened and its first frame decoded."""
    films = sorted(folder.rglob("*.mp4"), key=lambda path: path.stat().st_mtime)
    if not films:
        raise DemoTrouble(f"{NOTEBOOK} ran, but no film came out (looked in {folder})")
    import av

    try:
        with av.open(str(films[-1])) as container:
            next(container.decode(video=0))
            return films[-1], (container.duration or 0) / av.time_base
    except (av.FFmpegError, IndexError, StopIteration) as trouble:
        raise DemoTrouble(f"{films[-1]} does not play: {trouble}") from None


def _serve(
    notebook: Path, port: int, environment: dict[str, str], own: Path, *, browser: bool
) -> None:
    token = secrets.token_hex(16)
    environment["JUPYTER_TOKEN"] = token  # in the environment: a command line is seen by others
    log = own / "jupyterlab.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            lab_command(notebook.parent, port),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes here first; JupyterLab is ended from here
        )
    with ended(process):
        server = f"http://127.0.0.1:{port}"
        until_ready(process, f"{server}/api/status", token, log, time.sleep)
        url = f"{server}/lab/tree/{quote(notebook.name)}?token={token}"
        print(f"{url}\nCtrl-C ends it", flush=True)
        if browser and _has_screen(environment):
            webbrowser.open(url)
        if process.wait():
            raise DemoTrouble(f"{last_lines(read_log(log))}\nJupyterLab has ended")


def _has_screen(environ: Mapping[str, str]) -> bool:
    """Whether a window can open; a text browser in the terminal would be in the way."""
    windowed = sys.platform in ("darwin", "win32")
    return windowed or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _speed(asked: float | None) -> float:
    if asked is not None:
        return asked
    try:
        return float(os.environ.get("SORA_NB_SIMULATOR_SPEED") or SPEED)
    except ValueError:
        raise DemoTrouble("SORA_NB_SIMULATOR_SPEED is not a number") from None
