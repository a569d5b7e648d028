"""Journals as older versions wrote them, as SQL text; ``python -m`` this module to add today's.

Each holds one task in every state. A version that was ever released keeps its file for good: run
this once when a migration is added, before the release.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from sora_nb.core.lifecycle import (
    Accepted,
    Event,
    Lost,
    Reported,
    Saved,
    Sending,
    Stopped,
    advance,
    new_record,
)
from sora_nb.core.task import Failure, Film, Report, State, VideoRequest
from sora_nb.storage.journal import schema
from sora_nb.storage.journal.journal import Journal

FOLDER = Path(__file__).parent / "journals"
HOST = "http://127.0.0.1:1"
"""Stands for the address of the service that a test starts."""

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC
_LOST = Lost(failure=Failure(kind="lost", message="the answer was lost"))
_FAILED = Reported(report=Report(state="failed", fail_code="NSFW_DETECTED", fail_message="no"))
_SUCCESS = Reported(report=Report(state="success", urls=(f"{HOST}/results/film.mp4",)))
_FILM = Film(path="film.mp4", size=5, sha256="f" * 64, seconds=4.0, width=1280, height=720)


def roads() -> dict[State, list[Event]]:
    """How a task comes to each state; the id of the service's task is named after the state."""
    found: dict[State, list[Event]] = {State.QUEUED: [], State.SUBMITTING: [Sending()]}
    found[State.UNSURE] = [Sending(), _LOST]
    ends: dict[State, list[Event]] = {
        State.PENDING: [],
        State.PROCESSING: [Reported(report=Report(state="processing"))],
        State.SAVING: [_SUCCESS],
        State.READY: [_SUCCESS, Saved(film=_FILM)],
        State.FAILED: [_FAILED],
        State.STOPPED: [Stopped()],
    }
    for state, events in ends.items():
        found[state] = [Sending(), Accepted(task_id=f"id-of-{state}"), *events]
    return found


def path_of(version: int) -> Path:
    return FOLDER / f"v{version}.sql"


def unpack(version: int, to: Path, names: dict[str, str]) -> None:
    """Make the journal of that version at ``to``, with other words in the place of some."""
    sql = path_of(version).read_text(encoding="utf-8")
    for old, new in names.items():
        sql = sql.replace(old, new)
    to.parent.mkdir(parents=True)
    raw = sqlite3.connect(to)
    raw.executescript(sql)
    raw.close()


def pack() -> Path:
    """Write today's version down. Raises FileExistsError: an old one is never written anew."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite3"
        journal = Journal(path, clock=lambda: NOON)
        for number, (state, events) in enumerate(roads().items()):
            request = VideoRequest(prompt=f"a film that is {state}")
            record = new_record(f"{state}", request, service=f"{HOST}/api/v1", now=NOON + number)
            record = journal.create(record, reuse=False)
            for event in events:
                newer = advance(record, event, NOON + number)
                assert journal.replace(record, newer, durable=True)
                record = newer
        journal.close()
        raw = sqlite3.connect(path)
        lines = [*raw.iterdump(), f"PRAGMA user_version = {len(schema.MIGRATIONS)};"]
        raw.close()
    target = path_of(len(schema.MIGRATIONS))
    with target.open("x", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return target


if __name__ == "__main__":
    print(pack())
