"""Pure: tasks and a moment → the rows that the browser lists, and what stands above them.

A row is small, so that a thousand of them go out at once; the big things of one task (its card,
film, poster) are asked for when they are looked at. The shapes are the contract with
``js/src/protocol/row.ts`` and ``js/src/protocol/gallery.ts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sora_nb.core.advice import advise
from sora_nb.core.errors import shorten
from sora_nb.core.task import State, TaskRecord, VideoRequest

PROMPT_SHOWN = 160
ERROR_SHOWN = 120
LABEL_SHOWN = 24

_USUAL = "sora-2"
"""The model that is not worth a word: the one of a request that names none."""

PLANNED = "planned"
"""The state of a row whose film was not asked for yet."""

INVALID = "invalid"
"""The state of a row that cannot be made; nothing was sent for it."""

Json = dict[str, Any]


def row(
    n: int,
    record: TaskRecord,
    *,
    labels: Iterable[str] = (),
    error: str | None = None,
    picked: bool = False,
) -> Json:
    """One task as a row. ``n`` tells the rows of one list apart, and is the order they came in.

    ``error`` is what is known beyond the record, e.g. that the film was lost.
    """
    return {
        "n": n,
        "key": record.key,
        "prompt": _one_line(record.request.prompt),
        "facts": row_facts(record.request, labels),
        "frame": record.request.aspect_ratio,
        **moving(record, error),
        "picked": picked,
    }


def row_without_task(
    n: int,
    request: VideoRequest | None,
    *,
    prompt: str = "",
    labels: Iterable[str] = (),
    error: str | None = None,
) -> Json:
    """A row that nothing was asked for: planned, or invalid for want of a request."""
    return {
        "n": n,
        "key": None,
        "prompt": _one_line(prompt if request is None else request.prompt),
        "facts": " · ".join(labels) if request is None else row_facts(request, labels),
        "frame": "landscape" if request is None else request.aspect_ratio,
        "state": INVALID if request is None else PLANNED,
        "clock": [0.0, 0.0, 1.0],
        "error": None if error is None else shorten(error, ERROR_SHOWN),
        "seconds": None,
        "picked": False,
    }


def moving(record: TaskRecord, error: str | None = None) -> Json:
    """The fields of a row that change during a task's life.

    ``clock``: the service seconds since the submit, the moment (Unix seconds) at which they were
    so many, and how fast they pass while the task is unfinished. ``seconds``: the film's length.
    """
    began = record.submitted_at if record.submitted_at is not None else record.created_at
    at = record.ended_at if record.ended_at is not None else began
    return {
        "state": record.state.value,
        "clock": [round(record.age(at), 1), round(at, 1), record.speed],
        "error": _reason(record, error),
        "seconds": None if record.film is None else round(record.film.seconds, 2),
    }


def row_facts(request: VideoRequest, labels: Iterable[str] = ()) -> str:
    """The line under a row's prompt: what sets it apart from the others."""
    words = [f"{request.duration} s", request.aspect_ratio]
    if request.model != _USUAL:
        words.append(request.model)
    if request.take > 1:
        words.append(f"take {request.take}")
    return " · ".join([*words, *labels])


def differing(labels: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The labels of a row that are worth showing, as words."""
    return [
        f"{_short(name)} {_short(labels[name])}" for name in names if labels.get(name) is not None
    ]


def telling(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the labels that are not the same in all rows, three at most."""
    seen: dict[str, set[str]] = {}
    count = 0
    for labels in rows:
        count += 1
        for name, value in labels.items():
            seen.setdefault(name, set()).add(repr(value))
    return [name for name, values in seen.items() if len(values) > 1][:3] if count > 1 else []


def _reason(record: TaskRecord, error: str | None) -> str | None:
    """Why a task rests without a film, or what is our own trouble with one that is alive."""
    if record.failure is not None and record.finished:
        return advise(record.failure).title
    if error is not None:
        return shorten(error, ERROR_SHOWN)
    if record.note is not None and record.state is not State.READY:
        return shorten(record.note, ERROR_SHOWN)
    return None


def _short(value: object) -> str:
    return shorten(" ".join(str(value).split()), LABEL_SHOWN)


def _one_line(prompt: str) -> str:
    # The first few hundred characters decide: a prompt may be long, a row is made often.
    return shorten(" ".join(prompt[: 2 * PROMPT_SHOWN].split()), PROMPT_SHOWN)
