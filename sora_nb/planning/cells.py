"""One cell of a table as a setting: numpy's numbers, pandas' gaps, a CSV file's text. Pure.

Neither pandas nor polars is imported: their values are told by what they can do.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.request_fields import REQUEST_FIELDS, Table, in_columns

_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})


def plain(value: Any) -> Any:
    """The Python value of a numpy scalar; None for what a table means by a gap.

    A gap is None, NaN, pandas' NA or NaT, and text of nothing but blanks.
    """
    if getattr(value, "shape", None) == () and callable(getattr(value, "item", None)):
        value = value.item()
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return str(value) if value.strip() else None
    return value


def read(name: str, value: Any) -> Any:
    """The value of the setting ``name`` from a cell that is not a gap. Raises InvalidRequest."""
    return _READERS[name](name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(f"{name} {_shown(value)} is not text.")
    return value.strip()


def _prompt(_name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest(f"the prompt is {_shown(value)}, not text.")
    return value


def _whole_number(name: str, value: Any) -> int:
    """An int; pandas makes floats of a column of ints that has a gap, and CSV has only text."""
    try:
        number = None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None or not number.is_integer():
        raise InvalidRequest(f"{name} {_shown(value)} is not a whole number.")
    return int(number)


def _yes_or_no(name: str, value: Any) -> bool:
    word = str(int(value) if isinstance(value, float) and value in (0, 1) else value)
    if word.strip().lower() not in _YES | _NO:
        raise InvalidRequest(f"{name} {_shown(value)} is neither true nor false.")
    return word.strip().lower() in _YES


def _extra(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise InvalidRequest(f"{name} {_shown(value)} is not a JSON object.") from None
    if not isinstance(value, Mapping):
        raise InvalidRequest(f"{name} {_shown(value)} is not a dict of input fields.")
    return dict(value)


def _shown(value: object) -> str:
    return shorten(repr(value), 40)


Reader = Callable[[str, Any], Any]
_OF_TYPE: Mapping[type, Reader] = {
    str: _text,
    int: _whole_number,
    bool: _yes_or_no,
    dict: _extra,
}


def readers_of(table: Table = REQUEST_FIELDS) -> dict[str, Reader]:
    """How a cell of each column is read, by the column's name."""
    return {
        field.name: _prompt if field.role == "prompt" else _OF_TYPE[field.type]
        for field in in_columns(table)
    }


_READERS = readers_of()
SETTINGS = tuple(_READERS)
"""The columns that say what is to be made; every other one is a label of its row."""
