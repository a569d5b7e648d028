"""A task as the simulator keeps it, and the folder where it outlives the process."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE_NAME = re.compile(r"[0-9a-f]{32}")

LINK_LIFE = 15 * 86_400.0
"""Service seconds that a result URL works (docs/design/contract.md, "How long a result lives")."""


@dataclass(frozen=True, slots=True)
class SimulatedTask:
    """Everything that decides what the service says about a task, but for the time of asking.

    `created` is Unix seconds; `starts` and `ends` are service seconds after it; `speed` is that
    of the simulator that accepted the task, so another one on the same folder tells the same.
    """

    id: str
    model: str
    prompt: str
    duration: int
    width: int
    height: int
    image_url: str | None
    remove_watermark: bool
    callback_url: str | None
    digest: str
    take: int
    seed: int
    created: float
    starts: float
    ends: float
    speed: float
    secret: str
    fail_code: str | None = None
    fail_message: str | None = None

    def age(self, now: float) -> float:
        """Service seconds since the submit."""
        return (now - self.created) * self.speed

    @property
    def due(self) -> float:
        """Unix seconds of real time at which the clock ends the task."""
        return self.created + self.ends / self.speed

    @property
    def file_name(self) -> str:
        """What its files and its result URL are named by."""
        return file_name(self.id)

    def expires(self) -> int:
        """Unix seconds, on the service's own time line, at which the result URL stops working."""
        return int(self.created + self.ends + LINK_LIFE)

    def failed(self, code: str, message: str, age: float) -> SimulatedTask:
        """The same task, ended by a failure at `age` service seconds."""
        return replace(
            self, fail_code=code, fail_message=message, ends=age, starts=min(self.starts, age)
        )


def file_name(task_id: str) -> str:
    """A name that no task id, however hostile, can turn into another path."""
    return hashlib.sha256(task_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class TaskShelf:
    """The tasks by id: in memory, and one small file each when there is a `folder`."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._tasks: dict[str, SimulatedTask] = {}
        self._takes: dict[str, int] | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def put(self, task: SimulatedTask) -> None:
        """Keep a task; its file is replaced whole, so that a reader never sees half of one."""
        self._tasks[task.file_name] = task
        if self._folder is None:
            return
        part = self._folder / f".{task.file_name}.{secrets.token_hex(4)}"
        part.write_text(json.dumps(asdict(task)), encoding="utf-8")
        os.replace(part, self._folder / f"{task.file_name}.json")

    def get(self, task_id: str) -> SimulatedTask | None:
        """The task, from this process or from another one's file."""
        return self.by_file_name(file_name(task_id))

    def by_file_name(self, name: str) -> SimulatedTask | None:
        """The task whose `file_name` this is."""
        task = self._tasks.get(name)
        if task is None and self._folder is not None and FILE_NAME.fullmatch(name):
            task = _load(self._folder / f"{name}.json")
            if task is not None:
                self._tasks[name] = task
        return task

    def all(self) -> list[SimulatedTask]:
        """Every task known here, oldest first, those of other simulators included."""
        found = dict(self._tasks)
        if self._folder is not None:
            for path in self._folder.glob("*.json"):
                if (task := _load(path)) is not None:
                    found.setdefault(task.file_name, task)
        return sorted(found.values(), key=lambda task: (task.created, task.id))

    def next_take(self, digest: str) -> int:
        """How often this very input was submitted before, counted from 1."""
        if self._takes is None:
            self._takes = {}
            for task in self.all():
                self._takes[task.digest] = max(self._takes.get(task.digest, 0), task.take)
        take = self._takes.get(digest, 0) + 1
        self._takes[digest] = take
        return take


def _load(path: Path) -> SimulatedTask | None:
    try:
        return SimulatedTask(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # Not there, or written by another version: to the service it is an unknown task.
        return None
