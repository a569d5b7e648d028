"""A kernel in a process of its own: the real Client, and an observer at each of its steps.

The product has no hook for this. In the child, and nowhere else, the methods between two steps of a
task's life are wrapped: journal, store, transport, media and the renames on the disk.
"""

from __future__ import annotations

import functools
import inspect
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sora_nb.client.client import Client
from sora_nb.core.lifecycle import Event, Reported
from sora_nb.core.task import TaskRecord
from sora_nb.engine.store import TaskStore
from sora_nb.service.transport import Transport
from sora_nb.storage.films import media as media_module
from sora_nb.storage.films import sidecar
from sora_nb.storage.films.media import Media
from sora_nb.storage.films.part import Part
from sora_nb.storage.journal.journal import Journal

from .service import PATIENCE, Service

Moment = str | int
"""The name of a moment (its first time counts), or its number among all moments, from 1."""

Observer = Callable[[str], None]
"""Told of each moment: ``before STEP`` or ``after STEP``."""

# Each child is forked from a server that has no thread and has imported everything already.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload([__name__, "sora_nb.runtime.build", "filelock", "av", "idna"])


def client_in(folder: Path, service: Service, **settings: Any) -> Client:
    """A client whose journal and films lie in ``folder``."""
    return Client(
        base_url=service.url,
        api_key="test",
        home=folder / "home",
        media=folder / "films",
        simulator_speed=service.speed,
        **settings,
    )


def journal_in(folder: Path) -> Journal:
    return Journal(folder / "home" / "journal.sqlite3", clock=lambda: 0.0)


def records_in(folder: Path) -> dict[str, TaskRecord]:
    """What the journal in that folder holds, by prompt."""
    journal = journal_in(folder)
    found = {record.request.prompt: record for record in journal.all()}
    journal.close()
    return found


def start(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Run a function of this module (or of a test's) in a kernel of its own."""
    process = processes.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def ended(process: BaseProcess) -> int | None:
    """Wait for the end of a kernel; its exit code, below 0 the signal that ended it."""
    process.join(PATIENCE)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    process.close()
    return code


# What kernels do


def ask_and_wait(folder: Path, service: Service, prompts: list[str], dies: Moment | None) -> None:
    """Ask for a film of each prompt and wait until all tasks rest, unless death comes first."""
    if dies is not None:
        observe(death_at(dies))
    with client_in(folder, service) as client:
        for task in [client.generate(prompt) for prompt in prompts]:
            task.rest(PATIENCE)


def ask_for_all(folder: Path, service: Service, prompts: list[str], dies: Moment) -> None:
    """The same, but death counts from the moment when all are asked for."""
    with client_in(folder, service) as client:
        tasks = [client.generate(prompt) for prompt in prompts]
        observe(death_at(dies))
        for task in tasks:
            task.rest(PATIENCE)


def resume_and_wait(folder: Path, service: Service, dies: Moment | None) -> None:
    """Take up what an earlier kernel left and wait until all tasks rest, or die."""
    if dies is not None:
        observe(death_at(dies))
    with client_in(folder, service) as client:
        for task in client.resume():
            task.rest(PATIENCE)


def death_at(when: Moment) -> Observer:
    """Be killed at the first moment of that name, or at the moment of that number (from 1)."""
    seen = 0

    def observer(moment: str) -> None:
        nonlocal seen
        seen += 1
        if when in (moment, seen):
            os.kill(os.getpid(), signal.SIGKILL)

    return observer


# Where they are observed


def observe(observer: Observer) -> None:
    """Tell ``observer`` before and after each step of every task in this process."""
    _wrap(Journal, "create", lambda *_: "intent", observer)
    _wrap(TaskStore, "apply", _name_of_move, observer)
    _wrap(Transport, "submit", lambda *_: "POST", observer)
    _wrap(Transport, "check", lambda *_: "GET", observer)
    _wrap(Media, "save", lambda *_: "save", observer)
    _wrap(Media, "_finish", lambda *_: "finish", observer)
    _wrap(Part, "start_over", lambda *_: "part", observer)
    _wrap(Part, "write", lambda *_: "bytes", observer)
    _wrap(media_module, "_tidy", lambda *_: "tidied", observer)
    _wrap(sidecar, "write", lambda *_: "sidecar", observer)
    _wrap(media_module, "_sync_folder", lambda *_: "renamed", observer)


def _name_of_move(_store: TaskStore, _key: str, event: Event) -> str:
    if isinstance(event, Reported):
        return f"reported {event.report.state}"
    return type(event).__name__.lower()


def _wrap(owner: Any, name: str, name_of: Callable[..., str], observer: Observer) -> None:
    step: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(step)
    def observed(*values: Any, **named: Any) -> Any:
        what = name_of(*values)
        observer(f"before {what}")
        result = step(*values, **named)
        observer(f"after {what}")
        return result

    @functools.wraps(step)
    async def observed_async(*values: Any, **named: Any) -> Any:
        what = name_of(*values)
        observer(f"before {what}")
        result = await step(*values, **named)
        observer(f"after {what}")
        return result

    setattr(owner, name, observed_async if inspect.iscoroutinefunction(step) else observed)
