"""Pure: tasks and a moment → the JSON that the browser draws. Derived, sent, thrown away.

The shape is the contract with ``js/src/protocol/card.ts``; ``js/tests/fixtures/panel`` holds one
of each state, which both sides must pass.
"""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import Any

import msgspec

from sora_nb.core.advice import advise, after_stop, before_click, commands, unsaved
from sora_nb.core.errors import shorten
from sora_nb.core.task import Film, State, TaskRecord
from sora_nb.display.card.context import CardContext
from sora_nb.display.card.facts import facts
from sora_nb.display.player.film_source import live_url
from sora_nb.engine.job_times import documented, source_of

PROMPT_SHOWN = 400
WORDS_SHOWN = 600
BYTES_SHOWN = 1000
"""Of a prompt or of the service's words: what a page is told at once stays below 2 kB."""

Json = dict[str, Any]


def card(view: CardContext, now: float) -> Json:
    """One task as the browser draws it. The passing of time alone changes nothing in it but a
    count of days and a link that died: nothing has to be sent for a clock that ticks."""
    record = view.record
    return {
        "key": record.key,
        "prompt": fitting(record.request.prompt, PROMPT_SHOWN),
        "facts": facts(record),
        "frame": record.request.aspect_ratio,
        "badges": badges(view, now),
        "state": record.state.value,
        "steps": steps(record),
        "clock": clock(record),
        "estimate": estimate(view),
        "progress": _progress(view),
        "note": after_stop(record) if record.state is State.STOPPED else record.note,
        "failure": failure(record),
        "task_id": record.task_id,
        "actions": actions(record),
        "hint": hint(record),
        "film": _film(view, now),
    }


def clock(record: TaskRecord) -> Json:
    """Service seconds since the submit at the moment ``at`` (Unix seconds of this machine)."""
    began = record.submitted_at if record.submitted_at is not None else record.created_at
    at = record.ended_at if record.ended_at is not None else began
    return {
        "elapsed": round(record.age(at), 2),
        "at": round(at, 3),
        "speed": record.speed,
        "running": not record.finished,
    }


def badges(view: CardContext, now: float) -> list[Json]:
    """What must not be overlooked: a simulated film, a task that was not paid for again, a film
    that could not be saved yet."""
    found = []
    if view.record.simulated:
        found.append({"kind": "simulator", "text": "Simulator"})
    if view.reused:
        found.append({"kind": "reused", "text": "Reused, no charge"})
    record = view.record
    # While it is saved without trouble there is nothing to overlook.
    troubled = record.note or record.finished
    if unsaved(record) and troubled and record.expires_at is not None:
        days = max(0, math.ceil((record.expires_at - now) * record.speed / 86_400))
        left = "1 day" if days == 1 else f"{days} days"
        found.append({"kind": "unsaved", "text": f"Not saved, {left} left"})
    return found


_ROAD = ("queued", "submitted", "processing", "saving", "ready")
_REACHED = {
    State.QUEUED: 0,
    State.SUBMITTING: 1,
    State.PENDING: 1,
    State.PROCESSING: 2,
    State.SAVING: 3,
}


def steps(record: TaskRecord) -> list[Json]:
    """The timeline: what is done, where it is now, what is still to come or where it ended."""
    state = record.state
    if state is State.READY:
        return [{"name": name, "mark": "done"} for name in _ROAD]
    if state in _REACHED:
        now = _REACHED[state]
        marks = ["done"] * now + ["now"] + ["todo"] * (len(_ROAD) - now - 1)
        return [{"name": name, "mark": mark} for name, mark in zip(_ROAD, marks, strict=True)]
    passed = 3 if record.urls else 2 if record.task_id else 1
    last = {State.FAILED: "bad", State.UNSURE: "ask", State.STOPPED: "off"}[state]
    done = [{"name": name, "mark": "done"} for name in _ROAD[:passed]]
    return [*done, {"name": state.value, "mark": last}]


def estimate(view: CardContext) -> Json | None:
    """When jobs like this one end, as ages in service seconds; None where it says nothing."""
    record = view.record
    if record.state not in (State.SUBMITTING, State.PENDING, State.PROCESSING):
        return None
    ends = view.ends or documented(record.request)
    median, p90 = round(ends.quantile(0.5), 1), round(ends.quantile(0.9), 1)
    return {"median": median, "p90": p90, "max": round(p90 * 1.4, 1), "source": source_of(ends)}


def failure(record: TaskRecord) -> Json | None:
    """What happened, what to do, what to type, and the service's own words for a fold."""
    if record.failure is None or not record.finished:
        return None
    advice = advise(record.failure)
    said = fitting(record.failure.message, WORDS_SHOWN)
    theirs = record.failure.kind in ("refused", "failed")
    return {
        "title": f"{advice.title}.",
        "code": record.failure.code,
        "advice": advice.text if theirs else f"{advice.text} What is known: {said}",
        "commands": list(commands(record)) if advice.retry else [],
        "words": said if theirs else None,
    }


def actions(record: TaskRecord) -> list[str]:
    """The buttons that make sense now."""
    found = []
    if record.state is State.UNSURE:
        found.append("resend")
    elif record.state is State.FAILED:
        if record.failure is not None and advise(record.failure).retry:
            found.append("retry")
    elif record.state is State.STOPPED:
        found.append("watch" if record.task_id else "retry")
    elif not record.finished and record.state is not State.SUBMITTING:
        found.append("stop")
    return [*found, "copy_id"] if record.task_id else found


def hint(record: TaskRecord) -> str | None:
    """What a click on these buttons may cost: it must not stand behind a hover alone."""
    costs = (before_click(action, record) for action in actions(record))
    return next((words for words in costs if words is not None), None)


def fitting(text: str, limit: int) -> str:
    """``text`` with at most ``limit`` code points and BYTES_SHOWN bytes of JSON."""
    short = shorten(text, limit)
    while (size := len(msgspec.json.encode(short))) > BYTES_SHOWN:
        short = shorten(short, min(len(short) - 1, len(short) * BYTES_SHOWN // size))
    return short


def _progress(view: CardContext) -> Json | None:
    if view.record.state is not State.SAVING or view.progress is None:
        return None
    return {"received": view.progress.received, "total": view.progress.total}


def _film(view: CardContext, now: float) -> Json | None:
    film: Film | None = view.record.film
    if film is None:
        return None
    return {
        "name": PurePath(film.path).name,
        "path": view.shown_path or film.path,
        "seconds": film.seconds,
        "size": film.size,
        "sha256": film.sha256,
        "width": film.width,
        "height": film.height,
        "fps": film.fps,
        "server_path": view.server_path,
        "url": live_url(view.record, now),
        "silent": view.silent,
    }
