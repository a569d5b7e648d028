"""Pure: the rows of a sweep as dicts whose columns have one type each, and as text.

polars infers a column's type from its first hundred values and refuses what differs later, so a
gap is a value of its column's own type: "" among texts, NaN among numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from sora_nb.core.budget import counts
from sora_nb.core.errors import shorten
from sora_nb.core.request_fields import REQUEST_FIELDS, RequestField, Table, in_request
from sora_nb.core.task import State, TaskRecord, VideoRequest

if TYPE_CHECKING:
    from sora_nb.handles.sweep_rows import SweepRow

SHOWN = 20
"""Rows of the plain-text table."""


def sweep_table(rows: Sequence[SweepRow]) -> list[dict[str, Any]]:
    """One dict a row: where it came from, its settings, its task, its film and its labels.

    ``row``; the settings (``extra`` as JSON text); ``key``; ``state`` ("" for a row that has no
    task); ``path``; ``seconds`` from the submit to the end, in the service's own time; ``cost`` in
    USD as far as known, 0 for what was not charged, and for a row whose task an earlier row has;
    ``error``; ``reused``; ``sha256`` of the film; ``fingerprint`` of the request, the same for all
    takes of it. A label named like one of these columns is given as ``label_NAME``.
    """
    paid: set[str] = set()
    table = [_own_columns(row, paid) for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row.labels))
    for name in names:
        column = f"label_{name}" if name in table[0] else name
        for line, value in zip(table, one_type([r.labels.get(name) for r in rows]), strict=True):
            line[column] = value
    for line, value in zip(table, one_type([line["row"] for line in table]), strict=True):
        line["row"] = value
    return table


def _own_columns(row: SweepRow, paid: set[str]) -> dict[str, Any]:
    record = row.task.record if row.task is not None else None
    film = record.film if record is not None else None
    ended = record is not None and record.ended_at is not None
    return {
        "row": row.row,
        **request_columns(row.request, row.given),
        "key": record.key if record else "",
        "state": record.state.value if record else "",
        "path": film.path if film and not row.lost else "",
        "seconds": record.age(0.0) if record and ended else math.nan,
        "cost": _cost(record, paid),
        "error": error_of_row(row),
        "reused": row.task is not None and row.task.reused,
        "sha256": film.sha256 if film else "",
        "fingerprint": _fingerprint(row.request),
    }


def request_columns(
    request: VideoRequest | None, given: Mapping[str, Any], table: Table = REQUEST_FIELDS
) -> dict[str, Any]:
    """What was asked for; without a request as far as what was given can stand in such a column."""
    if request is not None:
        return {f.name: _cell_of(f, getattr(request, f.name)) for f in in_request(table)}
    texts = {f.name: given.get(f.name) for f in in_request(table) if f.type is str}
    return {
        f.name: texts[f.name] if isinstance(texts.get(f.name), str) else _cell_of(f, f.type())
        for f in in_request(table)
    }


def _cell_of(field: RequestField, value: Any) -> Any:
    if field.type is dict:
        return json.dumps(value, ensure_ascii=False) if value else ""
    if field.type is int and field.default is None:  # a column of numbers that may have gaps
        return float(value) if value is not None else math.nan
    return field.type() if value is None else value


def error_of_row(row: SweepRow) -> str:
    """Why the row has no film, in words; "" while all is well."""
    if row.error is not None or row.task is None:
        return row.error or ""
    record = row.task.record
    if record.failure is not None:
        code = f"{record.failure.code}: " if record.failure.code else ""
        return f"{code}{record.failure.message}"
    return (record.note or "") if record.state is State.STOPPED else ""


def _cost(record: TaskRecord | None, paid: set[str]) -> float:
    if record is None or record.key in paid or record.simulated or not counts(record):
        return 0.0
    paid.add(record.key)
    return math.nan if record.cost is None else record.cost


def _fingerprint(request: VideoRequest | None) -> str:
    return msgspec.structs.replace(request, take=1).fingerprint if request is not None else ""


def one_type(values: Sequence[Any]) -> list[Any]:
    """The values as one type: bools, ints, floats, or else text; with gaps no bools or ints."""
    present = [value for value in values if value is not None]
    gaps = len(present) < len(values)
    kinds = {type(value) for value in present}
    if kinds == {bool} and not gaps:
        return list(values)
    if kinds and kinds <= {int, float}:
        if kinds == {int} and not gaps:
            return list(values)
        return [math.nan if value is None else float(value) for value in values]
    return ["" if value is None else str(value) for value in values]


def text_of(rows: Sequence[SweepRow], progress: Mapping[str, int]) -> str:
    """The sweep in plain text: what there is of each state, then its first rows."""
    head = ", ".join(f"{count} {state}" for state, count in progress.items())
    lines = [("row", "key", "state", "prompt", "settings", "film or error"), *map(_cells, rows)]
    more = len(lines) - 1 - SHOWN
    end = [f"… and {more} more rows: sweep.table() has all of them"] if more > 0 else []
    noun = "film" if len(rows) == 1 else "films"
    return "\n".join([f"{len(rows)} {noun}: {head}", *_aligned(lines[: SHOWN + 1]), *end])


def _aligned(lines: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cells(row: SweepRow) -> tuple[str, ...]:
    record = row.task.record if row.task is not None else None
    settings = ""
    if row.request is not None:
        settings = f"{row.request.duration} s {row.request.aspect_ratio} {row.request.model}"
        settings += f" take {row.request.take}" if row.request.take > 1 else ""
    prompt = request_columns(row.request, row.given)["prompt"]
    cells = (
        str(row.row),
        record.key if record else "",
        record.state.value if record else ("invalid" if row.request is None else ""),
        shorten(" ".join(prompt.split()), 50),
        settings,
        shorten(error_of_row(row) or (record.film.path if record and record.film else ""), 100),
    )
    return tuple(_printable(cell) for cell in cells)


def _printable(text: str) -> str:
    """Without control characters: none may act in a terminal."""
    return "".join(character for character in text if character.isprintable())
