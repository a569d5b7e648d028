"""What there is here, gathered for ``doctor``. Reads only: nothing is made, paid or sent but a
question for the balance."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from sora_nb.core.errors import SoraError
from sora_nb.display.host import paths
from sora_nb.display.host.host import host, shell_here
from sora_nb.doctor.findings import Facts
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.journal import Journal

PATIENCE = 5.0
"""Seconds that the service has for answering."""

PACKAGES = ("IPython", "ipykernel", "ipywidgets", "anywidget", "traitlets", "jupyterlab", "av")


def gather(
    settings: Settings,
    notebook_folder: Path,
    *,
    balance: Callable[[], float],
    environ: Mapping[str, str],
    modules: Mapping[str, Any],
    shell: object,
) -> Facts:
    """The facts of this process. ``balance`` asks the service; it is called for a real one only."""
    here = host(environ, modules, shell)
    root = paths.server_root_of_kernel() if here.gives_files else None
    film = settings.media / "film.mp4"
    left, trouble = (None, None) if settings.simulated else _ask(balance)
    exists = settings.journal.is_file()
    mode, problems = _journal(settings.journal) if exists else ("wal", [])
    return Facts(
        host=here,
        python=f"{platform.python_version()} on {platform.system()}",
        versions=_versions(),
        root=str(root) if root else None,
        below_root=paths.below(film, root) is not None,
        below_notebook=paths.below(film, notebook_folder) is not None,
        embed=settings.embed,
        undecodable=_undecodable(settings.media),
        key_from=settings.origins.get("api_key", "argument") if settings.api_key else None,
        simulated=settings.simulated,
        service=settings.service,
        balance=left,
        service_trouble=trouble,
        home=str(settings.home),
        media=str(settings.media),
        journal=str(settings.journal) if exists else None,
        journal_mode=mode,
        journal_trouble=problems,
        unwritable=[
            str(folder)
            for folder in (settings.home, settings.media)
            if not os.access(_nearest(folder), os.W_OK | os.X_OK)
        ],
        free=shutil.disk_usage(_nearest(settings.media)).free,
        old_nest_asyncio="nest_asyncio" in modules and "ipykernel" in modules,
        loop=_unpatchable_loop(),
    )


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _ask(balance: Callable[[], float]) -> tuple[float | None, tuple[str, str] | None]:
    """(USD left, None), or (None, what happened and what to do)."""
    pool = concurrent.futures.ThreadPoolExecutor(1, "sora_nb-doctor")
    try:
        return pool.submit(balance).result(PATIENCE), None
    except SoraError as error:
        return None, (error.message, error.advice or "look at %sora config")
    except TimeoutError:
        advice = "look at the network and at APIXO_BASE_URL; running tasks go on by themselves"
        return None, (f"no answer within {PATIENCE:g} s", advice)
    finally:
        pool.shutdown(wait=False)


def _journal(path: Path) -> tuple[str, list[str]]:
    """(SQLite's mode, what is wrong with the file)."""
    journal = Journal(path, clock=time.time)
    try:
        problems = journal.verify()
        mode = "wal" if problems else journal.mode
    except SoraError as error:
        return "wal", [error.message]
    finally:
        journal.close()
    return mode, problems


def _undecodable(media: Path) -> str | None:
    """Why PyAV does not decode the newest film, or any H.264 where there is none; else None."""
    try:
        import av

        from sora_nb.storage.films.decode import frame

        av.codec.Codec("h264", "r")
        films = sorted(media.glob("*.mp4"), key=lambda path: path.stat().st_mtime)
        if films:
            frame(films[-1], 0.0)
    except SoraError as error:
        return error.message
    except (ImportError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return None


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it that exists."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _unpatchable_loop() -> str | None:
    """The running loop's name where it cannot run inside itself (uvloop)."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    return None if isinstance(loop, asyncio.BaseEventLoop) else type(loop).__module__


def gather_here(settings: Settings, notebook_folder: Path, balance: Callable[[], float]) -> Facts:
    """``gather`` for this process as it is."""
    return gather(
        settings,
        notebook_folder,
        balance=balance,
        environ=os.environ,
        modules=sys.modules,
        shell=shell_here(),
    )
