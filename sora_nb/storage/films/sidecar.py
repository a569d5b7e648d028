"""The JSON beside a film: what was asked, what it cost, which bytes it is. No key, no URL query."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from sora_nb.core.task import Film, TaskRecord


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """``settings`` are the request's without prompt and model; times ISO 8601 in UTC; ``cost`` an
    estimate in USD; ``size`` in bytes; ``seconds``, ``width``, ``height`` and ``fps`` (frames a
    second) of the picture."""

    key: str
    task_id: str | None
    service: str
    model: str
    prompt: str
    settings: dict[str, Any]
    created: str
    submitted: str | None
    ended: str
    cost: float | None
    sha256: str
    size: int
    seconds: float
    width: int
    height: int
    sora_nb: str
    fps: float | None = None

    def film_at(self, path: Path, record: TaskRecord) -> Film | None:
        """The film, if this is the task's and the file at ``path`` has the size it should have."""
        if (self.key, self.task_id) != (record.key, record.task_id):
            return None
        return film_if_there(
            Film(
                path=str(path),
                size=self.size,
                sha256=self.sha256,
                seconds=self.seconds,
                width=self.width,
                height=self.height,
                fps=self.fps,
            )
        )


def film_if_there(film: Film) -> Film | None:
    """The film, if a file of its size is at its path."""
    try:
        return film if Path(film.path).stat().st_size == film.size else None
    except OSError:
        return None


def describe(record: TaskRecord, film: Film, *, ended: float, version: str) -> Sidecar:
    """What is known when the film has been checked; ``ended`` is in Unix seconds."""
    settings = msgspec.to_builtins(record.request)
    for name in ("prompt", "model"):
        del settings[name]
    return Sidecar(
        key=record.key,
        task_id=record.task_id,
        service=record.service,
        model=record.request.model,
        prompt=record.request.prompt,
        settings=_public(settings),
        created=_iso(record.created_at),
        submitted=None if record.submitted_at is None else _iso(record.submitted_at),
        ended=_iso(ended),
        cost=record.cost,
        sha256=film.sha256,
        size=film.size,
        seconds=film.seconds,
        width=film.width,
        height=film.height,
        fps=film.fps,
        sora_nb=version,
    )


def read(path: Path) -> Sidecar | None:
    """The sidecar at ``path``, or None if there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Sidecar)
    except (OSError, msgspec.DecodeError):
        return None


def write(path: Path, sidecar: Sidecar) -> None:
    """Put it at ``path`` whole or not at all, mode 0600: prompts are private. Raises OSError."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(sidecar), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _public(value: Any) -> Any:
    """The value with every URL in it cut before its query: signatures and tokens live there."""
    if isinstance(value, dict):
        return {name: _public(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_public(inner) for inner in value]
    if isinstance(value, str) and value.lower().startswith(("http://", "https://")):
        parts = urlsplit(value)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    return value
