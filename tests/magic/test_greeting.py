"""The warning about films that were paid for and never saved."""

from __future__ import annotations

from pathlib import Path

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance, new_record
from sora_nb.core.service_facts import RESULT_LIFETIME, SIMULATOR
from sora_nb.core.task import Report, TaskRecord, VideoRequest
from sora_nb.magic.greeting import expiring, warning
from sora_nb.settings.settings import Settings
from sora_nb.storage.journal.journal import Journal

MADE = 1_000_000.0
DAY = 86_400.0


def accepted(key: str, at: float) -> TaskRecord:
    record = new_record(key, VideoRequest(prompt=key), service=SIMULATOR, now=at)
    record = advance(record, move.Sending(), at)
    return advance(record, move.Accepted(task_id=f"id-{key}"), at)


def journal_of(tmp_path: Path, *records: TaskRecord) -> Settings:
    journal = Journal(Settings(home=tmp_path).journal, clock=lambda: MADE)
    for record in records:
        journal.create(record, reuse=False)
    journal.close()
    return Settings(home=tmp_path)


def test_an_unsaved_film_is_warned_of_within_three_days_of_its_end(tmp_path: Path) -> None:
    report = Report(state="success", urls=("https://cdn.example/film.mp4",))
    saving = advance(accepted("a", MADE), move.Reported(report=report), MADE)
    settings = journal_of(tmp_path, saving, accepted("b", MADE + DAY))
    end = MADE + RESULT_LIFETIME
    assert expiring(settings, end - 4 * DAY) == []
    found = expiring(settings, end - DAY)
    assert [(key, left / DAY) for key, left in found] == [("a", 1.0), ("b", 2.0)]
    assert warning(found) == (
        "2 films are not saved yet; a expires in 1.0 days: %sora rescue saves them"
    )
    assert [key for key, _ in expiring(settings, end + 1)] == ["b"]


def test_a_journal_in_which_all_is_saved_or_was_never_sent_says_nothing(tmp_path: Path) -> None:
    never_sent = new_record("q", VideoRequest(prompt="q"), service=SIMULATOR, now=MADE)
    settings = journal_of(tmp_path, never_sent)
    assert warning(expiring(settings, MADE + RESULT_LIFETIME - DAY)) is None


def test_a_journal_that_cannot_be_read_is_left_to_its_first_use(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert expiring(settings, MADE) == []
    settings.journal.write_bytes(b"this is not a database" * 100)
    assert expiring(settings, MADE) == []
    assert settings.journal.read_bytes() == b"this is not a database" * 100
