"""Whatever holds many prompts, as rows of fields by column name. Pure but for reading a CSV file.

Neither pandas nor polars is imported: a frame is told by its methods.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from sora_nb.core.errors import InvalidRequest, shorten

MOST = 100_000
"""Rows that one sweep takes at most: an iterable without an end is a mistake."""

_FORMS = (
    "Give a list of prompts, a list of dicts, a pandas or polars DataFrame, or the path of a CSV "
    "file."
)


class Row(NamedTuple):
    """``label``: how the table itself names the row (from 0, or by pandas' index)."""

    label: int | str
    fields: Mapping[str, Any]


def read_table(source: Any) -> list[Row]:
    """The rows of ``source``, each as its fields by column name; a lone prompt is one field.

    A text that ends in .csv and a Path are the path of a CSV file. Raises InvalidRequest.
    """
    if isinstance(source, os.PathLike) or (
        isinstance(source, str) and source.strip().lower().endswith(".csv")
    ):
        return _of_csv(Path(os.fspath(source)).expanduser())
    if isinstance(source, str):
        return [Row(0, {"prompt": source})]
    if hasattr(type(source), "columns"):  # of the type: a lazy frame warns of the question
        return _of_frame(source)
    if isinstance(source, Mapping | bytes) or not isinstance(source, Iterable):
        raise InvalidRequest(
            f"a sweep cannot be made from one {type(source).__name__}.", advice=_FORMS
        )
    values = list(islice(source, MOST + 1))
    if len(values) > MOST:
        raise InvalidRequest(f"a sweep takes at most {MOST} rows.", advice="Make several of them.")
    labels = _labels(source, len(values))
    return [Row(label, _fields(value)) for label, value in zip(labels, values, strict=True)]


def _fields(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return {str(name): cell for name, cell in value.items()}
    return {"prompt": value}


def _of_frame(frame: Any) -> list[Row]:
    """pandas and polars, and what looks like one of them."""
    if callable(to_dicts := getattr(frame, "to_dicts", None)):
        read = to_dicts
    elif callable(to_dict := getattr(frame, "to_dict", None)):
        read = partial(to_dict, orient="records")
    else:
        raise InvalidRequest(
            f"a {type(frame).__name__} has no rows yet, or they cannot be read.",
            advice="If it is lazy, collect() or compute() it first. " + _FORMS,
        )
    columns = [str(name) for name in frame.columns]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise InvalidRequest(f"the table has two columns named {twice!r}.", advice="Rename one.")
    records = read()
    labels = _labels(frame, len(records))
    return [Row(label, _fields(record)) for label, record in zip(labels, records, strict=True)]


def _labels(source: Any, count: int) -> Sequence[int | str]:
    """pandas' own index where it tells the rows apart, else their positions."""
    index = getattr(source, "index", None)
    if index is None or callable(index):  # a list's own method
        return range(count)
    names = [name if isinstance(name, str) else _as_number(name) for name in index]
    return range(count) if None in names or len(set(names)) < count else names


def _as_number(name: Any) -> int | str:
    number = name.item() if hasattr(name, "item") else name
    return number if isinstance(number, int) else str(name)


def _of_csv(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=True)
            rows = [Row(number, fields) for number, fields in enumerate(islice(reader, MOST + 1))]
            names = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InvalidRequest(
            f"the CSV file {path} cannot be read: {shorten(why, 200)}.",
            advice="It is UTF-8 with a first line of column names. A prompt that ends in .csv is "
            "given in a list.",
        ) from None
    if len(rows) > MOST:
        raise InvalidRequest(f"a sweep takes at most {MOST} rows.", advice="Make several of them.")
    long = next((row.label for row in rows if "" in row.fields), None)
    if long is not None or len(set(names)) < len(names):
        fault = (
            "two columns of one name" if long is None else f"more cells in row {long} than names"
        )
        raise InvalidRequest(
            f"the CSV file {path} has {fault}.",
            advice="Text that holds a comma stands in double quotes.",
        )
    return rows
