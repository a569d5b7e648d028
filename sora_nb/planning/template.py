"""A prompt with ``{column}`` places, filled from each row of a table. Pure.

Plain names only, never attributes, indexing or calls; nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.planning.cells import plain

_PLACE = re.compile(r"\{([^\W\d]\w*)\}")


def places_of(template: str) -> frozenset[str]:
    """The names of the columns that the template asks for."""
    return frozenset(_PLACE.findall(template))


def check_places(template: str, columns: Iterable[str]) -> None:
    """Raises InvalidRequest unless every place is a column, and there is one at all.

    A misspelt name would otherwise be sent, and paid, once for each row.
    """
    names = list(columns)
    places = _PLACE.findall(template)
    unknown = next((name for name in places if name not in names), None)
    if unknown is None and places:
        return
    fault = (
        "names no {column}: every row would get the same words"
        if unknown is None
        else f"says {{{unknown}}}, and there is no such column"
    )
    raise InvalidRequest(
        f"the prompt {fault}.", advice=f"The columns are {shorten(', '.join(names), 300)}."
    )


def fill(template: str, fields: Mapping[str, Any]) -> str:
    """The prompt of one row. Raises InvalidRequest for a cell that is empty."""

    def value(found: re.Match[str]) -> str:
        cell = plain(fields.get(found[1]))
        if cell is None:
            raise InvalidRequest(f"its {found[1]} is missing, and the prompt needs it.")
        whole = isinstance(cell, float) and cell.is_integer()
        return str(int(cell)) if whole else str(cell)

    return _PLACE.sub(value, template)
