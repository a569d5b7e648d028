"""Whatever holds many prompts, as rows of fields by column name. Pure but for reading a CSV file.

Neither pandas nor polars is imported: a frame is told by its methods.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.planning.cells import SETTINGS

MOST = 100_000
"""Rows that one sweep takes at most: an iterable without an end is a mistake."""

_FORMS = (
    "Give a list of prompts, a list of dicts, a pandas or polars DataFrame, or the path of a CSV "
    "file."
)


_DELIMITERS: Mapping[str, str] = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
"""What may separate the cells of a CSV file, the usual one first: a spreadsheet writes semicolons
where the comma is the decimal sign."""


class Place(NamedTuple):
    """Where a row stands: ``label`` is how the table itself names it (from 0, or by pandas' index),
    ``noun`` what kind of name that is, ``note`` what helps to find it."""

    label: int | str
    noun: str = "row"
    note: str = ""


class Row(NamedTuple):
    place: Place
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
        return [Row(Place(0), {"prompt": source})]
    if hasattr(type(source), "columns"):  # of the type: a lazy frame warns of the question
        return _of_frame(source)
    if isinstance(source, Mapping | bytes) or not isinstance(source, Iterable):
        raise InvalidRequest(
            f"a sweep cannot be made from one {type(source).__name__}.", advice=_FORMS
        )
    values = list(islice(source, MOST + 1))
    if len(values) > MOST:
        raise InvalidRequest(f"a sweep takes at most {MOST} rows.", advice="Make several of them.")
    places = _places(source, len(values))
    return [Row(place, _fields(value)) for place, value in zip(places, values, strict=True)]


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
    places = _places(frame, len(records))
    return [Row(place, _fields(record)) for place, record in zip(places, records, strict=True)]


def _places(source: Any, count: int) -> list[Place]:
    """By pandas' own index where it tells the rows apart, else by their positions."""
    index = getattr(source, "index", None)
    if index is None or callable(index):  # a list's own method
        return [Place(number) for number in range(count)]
    names = [name if isinstance(name, str) else _as_number(name) for name in index]
    if len(set(names)) < count:
        return [Place(number, "position", "the index repeats") for number in range(count)]
    return [Place(name) for name in names]


def _as_number(name: Any) -> int | str:
    number = name.item() if hasattr(name, "item") else name
    return number if isinstance(number, int) else str(name)


def _of_csv(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter, spaced = _style(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, skipinitialspace=spaced, strict=True)
            names = [name.strip() for name in next(reader, [])]
            rows, fault = _rows_of(reader, names)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InvalidRequest(
            f"the CSV file {path} cannot be read: {shorten(why, 200)}.",
            advice="It is UTF-8 with a first line of column names. A prompt that ends in .csv is "
            "given in a list.",
        ) from None
    if len(rows) > MOST:
        raise InvalidRequest(f"a sweep takes at most {MOST} rows.", advice="Make several of them.")
    if len(set(names)) < len(names):
        fault = fault or "two columns of one name"
    if fault:
        raise InvalidRequest(
            f"the CSV file {path} has {fault}.",
            advice=f"Text that holds {_DELIMITERS[delimiter]} stands in double quotes.",
        )
    return rows


def _rows_of(reader: Any, names: Sequence[str]) -> tuple[list[Row], str]:
    """The rows of a ``csv.reader`` after its first, one too many at most; and what is wrong."""
    rows: list[Row] = []
    line = reader.line_num + 1
    for cells in reader:
        if cells:
            place = Place(len(rows), note=f"line {line}")
            if len(cells) > len(names):
                return rows, f"more cells in row {place.label} ({place.note}) than names"
            rows.append(Row(place, dict(zip_longest(names, cells))))
        if len(rows) > MOST:
            break
        line = reader.line_num + 1  # of a row with line breaks in its cells this was the last line
    return rows, ""


def _style(first: str) -> tuple[str, bool]:
    """What separates the cells, and whether a space follows it, told by the file's first line.

    It is what gives the most columns that are settings, or else what separates anything at all.
    """
    cut = {mark: next(csv.reader([first], delimiter=mark), []) for mark in _DELIMITERS}

    def fits(mark: str) -> tuple[int, bool]:
        known = [name for name in cut[mark] if name.strip() in SETTINGS]
        return len(known), len(cut[mark]) > 1

    delimiter = max(_DELIMITERS, key=fits)
    return delimiter, any(name.startswith(" ") for name in cut[delimiter])
