"""A row of a sweep once it was checked, and the error that names all that cannot be made. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.task import VideoRequest
from sora_nb.planning.tables import Place

_SAID = 5
"""Bad rows that an error explains; with its first line, the other rows' names and the advice it has
eight."""

_LONG = 1000
"""Characters of row names in one line; more of them are counted."""


@dataclass(frozen=True)
class PlannedRow:
    """One film of a sweep, or why it cannot be made (``error``; ``request`` is None then).

    ``index`` counts from 0 within the sweep; ``place`` is the row of the table it came from;
    ``given`` are the settings as they were given, ``labels`` the columns that are no setting.
    """

    index: int
    place: Place
    request: VideoRequest | None
    error: str | None
    given: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> int | str:
        """How the table names its row."""
        return self.place.label


def complaint(row: PlannedRow) -> str:
    """A bad row in one line: its name, its first words, and what is wrong."""
    prompt, place = row.given.get("prompt"), row.place
    words = repr(shorten(" ".join(prompt.split()), 30)) if isinstance(prompt, str) else ""
    notes = ", ".join(filter(None, (place.note, words)))
    name = f"{place.noun} {_shown(place.label)}" + (f" ({notes})" if notes else "")
    return f"{name}: {shorten(str(row.error), 160)}"


def refusal(bad: Sequence[PlannedRow], count: int) -> InvalidRequest:
    """The error for the ``bad`` ones of ``count`` films: the first are explained, all are named."""
    lines = {complaint(row): row.place for row in bad}
    said = dict(list(lines.items())[:_SAID])
    names = list(dict.fromkeys(row.row for row in bad))
    explained = {place.label for place in said.values()}
    if others := [name for name in names if name not in explained]:
        rest = [f"and {bad[0].place.noun}s {_compact(others)}"]
    elif len(lines) > _SAID:
        rest = [f"and {len(lines) - _SAID} more about the same"]
    else:
        rest = []
    skip = ', or make the others: on_invalid="skip" (%sora: --skip-invalid)'
    return InvalidRequest(
        "\n".join([f"{len(bad)} of {count} films cannot be made. Nothing was sent.", *said, *rest]),
        advice=f"Correct them{'' if len(bad) == count else skip}.",
        rows=names,
    )


def _compact(names: Sequence[int | str]) -> str:
    """``8, 10-13, 29``: three numbers or more that follow each other are one range."""
    runs: list[list[int | str]] = [[names[0]]]
    for before, name in pairwise(names):
        if isinstance(name, int) and isinstance(before, int) and name == before + 1 > 0:
            runs[-1].append(name)
        else:
            runs.append([name])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else map(_shown, run)
    length, fitting = 0, 0
    while fitting < len(words) and (length := length + len(words[fitting]) + 2) <= _LONG:
        fitting += 1
    cut = ", … (all of them: `.rows` of this error)" if fitting < len(words) else ""
    return ", ".join(words[:fitting]) + cut


def _shown(label: int | str) -> str:
    return shorten(" ".join(str(label).split()), 40)
