"""Pure: task records as rows, as a plain-text table and as an HTML table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from typing import Any

from sora_nb.core.errors import shorten
from sora_nb.core.request_fields import REQUEST_FIELDS, Table, in_request
from sora_nb.core.task import TaskRecord, VideoRequest

_HEAD = ("key", "state", "prompt", "settings", "made", "film")


def row(record: TaskRecord) -> dict[str, Any]:
    """One task as a flat dict; seconds, USD, Unix seconds, absolute path."""
    film = record.film
    return {
        "key": record.key,
        "state": record.state.value,
        **request_columns(record.request),
        "service": record.service,
        "task_id": record.task_id,
        "created_at": record.created_at,
        "ended_at": record.ended_at,
        "seconds": record.age(record.ended_at) if record.ended_at is not None else None,
        "cost": record.cost,
        "path": film.path if film else None,
        "sha256": film.sha256 if film else None,
        "error": record.failure.message if record.failure else None,
        "error_code": record.failure.code if record.failure else None,
    }


def request_columns(request: VideoRequest, table: Table = REQUEST_FIELDS) -> dict[str, Any]:
    """What was asked for; ``extra`` is left out, as a flat dict holds no other."""
    return {f.name: getattr(request, f.name) for f in in_request(table) if f.type is not dict}


def _cells(record: TaskRecord) -> tuple[str, ...]:
    request = record.request
    settings = f"{request.duration} s {request.aspect_ratio} {request.model}"
    if request.take > 1:
        settings += f" take {request.take}"
    if record.film:
        end = record.film.path
    elif record.failure:
        end = record.failure.code or record.failure.message
    else:
        end = record.note or ""
    made = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.created_at))
    where = " (simulator)" if record.simulated else ""
    prompt = shorten(" ".join(request.prompt.split()), 60)
    return (record.key, record.state.value + where, prompt, settings, made, shorten(end, 120))


def text_table(records: Sequence[TaskRecord]) -> str:
    """Aligned plain text, newest first as given."""
    if not records:
        return "no tasks yet"
    lines = [_HEAD, *(_cells(record) for record in records)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def html_table(records: Sequence[TaskRecord]) -> str:
    """A plain table; every string from outside is escaped."""
    if not records:
        return "<p>no tasks yet</p>"
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in _HEAD)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in _cells(record))
        + "</tr>"
        for record in records
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
