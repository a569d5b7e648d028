"""A sweep's rows as checked requests: every list multiplied out, every bad row named. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from sora_nb.core.errors import InvalidRequest
from sora_nb.core.request_fields import film_settings
from sora_nb.core.task import VideoRequest
from sora_nb.planning.cells import plain, read
from sora_nb.planning.columns import settings_of_columns
from sora_nb.planning.planned import PlannedRow, refusal
from sora_nb.planning.request import make_request
from sora_nb.planning.tables import MOST, Place, Row, read_table
from sora_nb.planning.template import fill

_GRID = tuple(field.name for field in film_settings())
"""The order in which lists are multiplied out, within one prompt; takes vary fastest."""


def plan_rows(
    source: Any,
    *,
    template: str | None = None,
    columns: Mapping[str, str | None] | None = None,
    on_invalid: str = "raise",
    **settings: Any,
) -> list[PlannedRow]:
    """The rows of a sweep, in the order of the table; each of them multiplied out by its lists.

    ``settings`` hold for all rows that do not say otherwise; a list is a grid. ``template`` is the
    prompt of every row, with its ``{column}`` places filled; ``columns`` maps the names of columns
    to settings (None: a label). Raises one InvalidRequest that names the bad rows, unless
    ``on_invalid`` is ``skip``; and for a source or a mapping that cannot be read at all.
    """
    if on_invalid not in ("raise", "skip"):
        raise InvalidRequest(f"on_invalid is 'raise' or 'skip', not {on_invalid!r}.")
    table = read_table(source)
    if not table:
        raise InvalidRequest("a sweep of no rows: there is nothing to make.")
    names = list(dict.fromkeys(name for row in table for name in row.fields))
    renamed = settings_of_columns(names, columns or {}, template)
    # Once for all rows: a generator gives its values only once.
    settings = {n: _values(value) if n in _GRID else value for n, value in settings.items()}
    rows: list[PlannedRow] = []
    for row in table:
        labels = {name: plain(cell) for name, cell in row.fields.items() if name not in renamed}
        own, missing = _own(row, renamed), None
        if template is not None:
            try:
                own["prompt"] = fill(template, row.fields)
            except InvalidRequest as error:
                missing = error.message
        for given in _multiplied(own, settings):
            rows.append(_checked(len(rows), row.place, given, labels, missing))
            if len(rows) > MOST:
                raise InvalidRequest(
                    f"this sweep has more than {MOST} films.", advice="Make several of them."
                )
    bad = [row for row in rows if row.request is None]
    if bad and (on_invalid == "raise" or len(bad) == len(rows)):
        raise refusal(bad, len(rows))
    return rows


def _own(row: Row, renamed: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the row itself gives."""
    cells = {setting: plain(row.fields.get(name)) for name, setting in renamed.items()}
    return {setting: cell for setting, cell in cells.items() if cell is not None}


def _multiplied(own: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every combination of the values of lists, in a stable order, and of the takes."""
    if "take" in own or "takes" in own:  # either of them replaces what holds for all rows
        settings = {name: value for name, value in settings.items() if name != "takes"}
    given = {**settings, **own}
    names = [name for name in _GRID if given.get(name) is not None]
    takes = _takes(given)
    for values in product(*(_values(given[name]) for name in names), takes):
        chosen = dict(zip(names, values[:-1], strict=True))
        yield {"prompt": given.get("prompt"), **chosen, **values[-1]}


def _values(value: Any) -> list[Any]:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return [value]
    return list(value) or [None]


def _takes(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The takes of one film; what is no number of takes is left for the row's own check."""
    if "take" in given:
        both = {"takes": given["takes"]} if "takes" in given else {}
        return [{"take": take, **both} for take in _values(given["take"])]
    try:
        count = int(read("takes", given.get("takes", 1)))
    except InvalidRequest:
        return [{"takes": given["takes"]}]
    return [{"take": take} for take in range(1, min(count, MOST + 1) + 1)] or [{"takes": count}]


def _checked(
    index: int,
    place: Place,
    given: Mapping[str, Any],
    labels: Mapping[str, Any],
    error: str | None,
) -> PlannedRow:
    request: VideoRequest | None = None
    if error is None:
        try:
            request = _request({name: plain(value) for name, value in given.items()})
        except InvalidRequest as found:
            error = f"{found.message} {found.advice}".strip()
    return PlannedRow(index, place, request, error, given, labels)


def _request(given: Mapping[str, Any]) -> VideoRequest:
    """Raises InvalidRequest."""
    if given["prompt"] is None:
        raise InvalidRequest("the prompt is missing.")
    values = {name: read(name, value) for name, value in given.items() if value is not None}
    if "takes" in values:
        if "take" in values:
            raise InvalidRequest("the row gives take and takes: one of them is enough.")
        raise InvalidRequest(f"takes {values['takes']} is not a number from 1 on.")
    return make_request(**values)
