"""Whether what the journal holds of a task fits together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from sora_nb.core.task import State, decode


class Entry(NamedTuple):
    """One line of a task's past. ``at`` is in Unix seconds."""

    at: float
    state: State
    note: str | None


def problems_of(key: str, stored: str, fingerprint: str, past: Sequence[Entry]) -> Iterator[str]:
    """What is wrong with one row and its history, in words."""
    try:
        record = decode(stored)
    except msgspec.DecodeError as error:
        yield f"task {key}: its record cannot be read ({error})"
        return
    if record.key != key:
        yield f"task {key}: its record says {record.key}"
    if record.request.fingerprint != fingerprint:
        yield f"task {key}: its fingerprint is not that of its request"
    if not past:
        yield f"task {key}: it has no history"
    elif (past[-1].state, past[-1].note) != (record.state, record.note):
        yield f"task {key}: its history ends with {past[-1].state}, its record {record.state}"
