"""The JSON that the browser draws: what ``js/tests/fixtures`` holds is what Python says."""

from __future__ import annotations

import json

import msgspec
import pytest

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import advance
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import State
from sora_nb.display.card import snapshot
from sora_nb.display.card.context import CardContext
from sora_nb.display.card.facts import facts
from sora_nb.display.player.film_source import live_url
from sora_nb.engine.job_times import DOCUMENTED, documented
from tests.support.records import (
    BOAT_DONE,
    BOAT_FILM,
    LOST,
    NOW,
    PROCESSING,
    SENT,
    boat,
    failed_content,
    fixtures,
    ready,
    reported,
    saving_trouble,
)
from tests.support.write_fixtures import FOLDER, text_of


def test_every_fixture_of_the_browsers_tests_comes_from_a_record() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(fixtures())


@pytest.mark.parametrize("name", sorted(fixtures()))
def test_python_says_exactly_what_the_fixture_holds(name: str) -> None:
    held = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    said = text_of(fixtures()[name])
    assert json.loads(held) == json.loads(said)
    assert held == said, "python -m tests.support.write_fixtures"


def test_every_state_has_a_fixture() -> None:
    shown = {card["state"] for panel in fixtures().values() for card in panel["cards"]}
    assert shown == {state.value for state in State}


@pytest.mark.parametrize("name", sorted(fixtures()))
def test_a_snapshot_is_small_and_plain_json(name: str) -> None:
    panel = fixtures()[name]
    for card in panel["cards"]:
        assert len(json.dumps(card)) < 4000
    assert msgspec.json.decode(msgspec.json.encode(panel)) == panel


def test_the_estimate_is_called_the_users_own_once_five_of_their_jobs_were_seen() -> None:
    record = boat(14, *SENT)
    ends, sources = documented(record.request), []
    for _ in range(23):
        ends = ends.learned(198.0, 200.0)
        sources.append(snapshot.card(CardContext(record, ends=ends), NOW)["estimate"]["source"])
    assert sources[:4] == [DOCUMENTED] * 4
    assert sources[4:] == [f"your last {number}" for number in range(5, 24)]
    told = snapshot.card(CardContext(record, ends=ends), NOW)["estimate"]
    assert told["median"] == pytest.approx(199, abs=2)
    assert told["median"] < told["p90"] < told["max"]
    assert snapshot.estimate(CardContext(record)) != told


def test_a_long_prompt_and_long_words_are_shortened() -> None:
    told = move.Reported(report=msgspec.convert(
        {"state": "failed", "fail_message": "y" * 2000}, type(PROCESSING.report)
    ))  # fmt: skip
    card = snapshot.card(CardContext(boat(9, *SENT, told, prompt="x" * 10_000)), NOW)
    assert len(card["prompt"]) == snapshot.PROMPT_SHOWN
    assert len(card["failure"]["words"]) == snapshot.WORDS_SHOWN


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (14.5 * 86_400, "Not saved, 15 days left"),
        (86_400.0, "Not saved, 1 day left"),
        (60.0, "Not saved, 1 day left"),
        (-60.0, "Not saved, 0 days left"),
    ],
)
def test_what_cannot_be_saved_is_said_with_the_days_left(left: float, text: str) -> None:
    view = saving_trouble()
    record = msgspec.structs.replace(view.record, expires_at=NOW + left)
    badges = snapshot.badges(CardContext(record), NOW)
    assert badges == [
        {"kind": "simulator", "text": "Simulator"},
        {"kind": "unsaved", "text": text},
    ]
    saving = CardContext(msgspec.structs.replace(record, note=None))
    assert len(snapshot.badges(saving, NOW)) == 1
    stopped = CardContext(advance(saving.record, move.Stopped(), NOW))
    assert snapshot.badges(stopped, NOW) == badges


def test_a_stop_while_the_film_is_saved_says_that_its_link_dies_and_what_saves_it() -> None:
    card = snapshot.card(CardContext(boat(182, *SENT, BOAT_DONE, move.Stopped())), NOW)
    assert card["badges"][-1] == {"kind": "unsaved", "text": "Not saved, 15 days left"}
    assert "%sora rescue saves it" in card["note"]
    assert "watch" in card["actions"]


def test_a_stopped_task_says_that_the_service_goes_on_and_may_charge() -> None:
    stopped = boat(73, *SENT, move.Stopped(), service="https://api.example/api/v1")
    note = snapshot.card(CardContext(stopped), NOW)["note"]
    assert note.endswith("The service goes on with it, and may charge for it.")


def test_what_can_be_typed_for_a_task_that_rests_is_told_with_its_failure() -> None:
    told = snapshot.failure(boat(9, move.Sending(), LOST))
    assert told is not None
    lines = ("adopt k7f3qa TASKID", "retry k7f3qa", "forget k7f3qa")
    assert told["commands"] == [f"%sora {line}" for line in lines]
    told = snapshot.failure(failed_content().record)
    assert told is not None
    assert told["commands"] == [], "trying the same words again will not help"


def test_the_buttons_come_with_what_a_click_may_cost() -> None:
    real = {"service": "https://api.example/api/v1"}
    assert "may charge for it" in str(snapshot.hint(boat(9, *SENT, **real)))
    lost = boat(9, move.Sending(), LOST, **real)
    assert "charged already" in str(snapshot.hint(lost))
    assert snapshot.hint(boat(9, *SENT, move.Stopped(), **real)) is None
    done = boat(9, *SENT, BOAT_DONE, move.Saved(film=BOAT_FILM))
    assert snapshot.hint(done) is None


def test_the_services_link_is_offered_while_it_lives_and_without_a_signature() -> None:
    record = ready().record
    assert live_url(record, NOW) == record.urls[0]
    assert live_url(record, NOW + 16 * 86_400) is None
    for url in (f"{record.urls[0]}?signature=s", f"{record.urls[0]}#t"):
        signed = msgspec.structs.replace(record, urls=(url,))
        assert live_url(signed, NOW) is None
    simulated = msgspec.structs.replace(record, service=SIMULATOR)
    assert live_url(simulated, NOW) is None


def test_buttons_make_sense_in_every_state() -> None:
    resting = boat(9, *SENT, move.Stopped())
    never_sent = boat(9, move.Stopped())
    assert snapshot.actions(resting) == ["watch", "copy_id"]
    assert snapshot.actions(never_sent) == ["retry"]
    assert snapshot.actions(boat(9, move.Sending())) == []
    assert snapshot.actions(boat(9, move.Sending(), LOST)) == ["resend"]
    assert snapshot.actions(boat(9, *SENT, BOAT_DONE)) == ["stop", "copy_id"]
    assert snapshot.actions(failed_content().record) == ["copy_id"]
    done = boat(9, *SENT, BOAT_DONE, move.Saved(film=BOAT_FILM))
    assert snapshot.actions(done) == ["copy_id"]


def test_money_is_said_as_far_as_it_is_known() -> None:
    real = boat(9, *SENT, service="https://api.example/api/v1")
    assert facts(real) == ["8 s", "landscape", "sora-2"]
    priced = msgspec.structs.replace(real, cost=0.8)
    assert facts(priced)[-1] == "about $0.80"
    sending = boat(9, move.Sending(), service="https://api.example/api/v1")
    lost = advance(sending, LOST, NOW)
    assert facts(lost)[-1] == "may have been charged"
    failed = advance(priced, reported("failed", fail_code="GENERATION_FAILED"), NOW)
    assert facts(failed)[-1] == "may have been charged about $0.80"


def test_the_timeline_of_a_task_that_failed_shows_how_far_it_came() -> None:
    marks = {
        step["name"]: step["mark"]
        for step in snapshot.steps(boat(9, *SENT, BOAT_DONE, move.Stopped()))
    }
    assert marks == {"queued": "done", "submitted": "done", "processing": "done", "stopped": "off"}
