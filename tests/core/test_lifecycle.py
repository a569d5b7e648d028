"""The only legal moves of a task."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sora_nb.core import lifecycle as move
from sora_nb.core.lifecycle import Event, IllegalMove, advance, new_record
from sora_nb.core.service_facts import RESULT_LIFETIME
from sora_nb.core.task import (
    UNFINISHED,
    Failure,
    Film,
    Report,
    State,
    TaskRecord,
    VideoRequest,
    decode,
    encode,
)

NOW = 1_795_348_800.0
URLS = ("https://cdn.example/film.mp4",)
FILM = Film(path="/f.mp4", size=5, sha256="f" * 64, seconds=4.0, width=1280, height=720)
REFUSED = Failure(kind="refused", message="no", code="413", error="ServiceError")
LOST = Failure(kind="lost", message="cut")
GAVE_UP = Failure(kind="gave_up", message="nothing came")


def reported(state: str, **fields: object) -> move.Reported:
    return move.Reported(report=msgspec.convert({"state": state, **fields}, Report))


SUCCESS = reported("success", urls=URLS)
S = State
ROADS: dict[State, list[Event]] = {
    S.QUEUED: [],
    S.SUBMITTING: [move.Sending()],
    S.PENDING: [move.Sending(), move.Accepted(task_id="t")],
    S.PROCESSING: [move.Sending(), move.Accepted(task_id="t"), reported("processing")],
    S.SAVING: [move.Sending(), move.Accepted(task_id="t"), SUCCESS],
    S.READY: [move.Sending(), move.Accepted(task_id="t"), SUCCESS, move.Saved(film=FILM)],
    S.FAILED: [move.Sending(), move.Refused(failure=REFUSED)],
    S.UNSURE: [move.Sending(), move.Lost(failure=LOST)],
    S.STOPPED: [move.Stopped()],
}
EVENTS: list[Event] = [
    move.Sending(),
    move.NotSent(note="429"),
    move.Accepted(task_id="t"),
    move.Refused(failure=REFUSED),
    move.Lost(failure=LOST),
    reported("pending"),
    reported("processing"),
    reported("curing", problem="unknown"),
    reported("success", problem="no film"),
    SUCCESS,
    reported("failed", fail_code="X", fail_message="bad"),
    move.Saved(film=FILM),
    move.GaveUp(failure=GAVE_UP),
    move.Noted(note="the network is down"),
    move.Noted(note=None),
    move.Stopped(),
    move.Watched(),
    move.Vanished(),
    move.Forgotten(),
]
TABLE: dict[State, dict[type[Event], set[State]]] = {
    S.QUEUED: {move.Sending: {S.SUBMITTING}, move.Noted: {S.QUEUED}, move.Stopped: {S.STOPPED}},
    S.SUBMITTING: {
        move.NotSent: {S.QUEUED},
        move.Accepted: {S.PENDING},
        move.Refused: {S.FAILED},
        move.Lost: {S.UNSURE},
        move.Noted: {S.SUBMITTING},
    },
    S.PENDING: {
        move.Reported: {S.PENDING, S.PROCESSING, S.SAVING, S.FAILED},
        move.GaveUp: {S.FAILED},
        move.Noted: {S.PENDING},
        move.Stopped: {S.STOPPED},
    },
    S.PROCESSING: {
        move.Reported: {S.PENDING, S.PROCESSING, S.SAVING, S.FAILED},
        move.GaveUp: {S.FAILED},
        move.Noted: {S.PROCESSING},
        move.Stopped: {S.STOPPED},
    },
    S.SAVING: {
        move.Reported: {S.SAVING, S.FAILED},
        move.Saved: {S.READY},
        move.GaveUp: {S.FAILED},
        move.Noted: {S.SAVING},
        move.Stopped: {S.STOPPED},
    },
    S.READY: {move.Vanished: {S.SAVING}},
    S.FAILED: {move.Watched: {S.PENDING, S.SAVING}},
    S.UNSURE: {
        move.NotSent: {S.QUEUED},
        move.Accepted: {S.PENDING},
        move.Refused: {S.FAILED},
        move.Forgotten: {S.FAILED},
    },
    S.STOPPED: {move.Watched: {S.QUEUED, S.PENDING, S.SAVING}, move.Accepted: {S.PENDING}},
}
"""Written down a second time on purpose: a change of the code alone must show."""

CONDITIONAL: set[tuple[State, type[Event]]] = {
    (S.FAILED, move.Watched),  # only where we gave up and the service may still have the film
    (S.STOPPED, move.Accepted),  # only where the id was never known to the service
}
"""Moves of TABLE that the records of ROADS may not make."""


def intent(**fields: object) -> TaskRecord:
    record = new_record("boat", VideoRequest(prompt="a boat"), service="s", now=NOW - 10)
    return msgspec.structs.replace(record, **fields)


def in_state(state: State, record: TaskRecord | None = None) -> TaskRecord:
    record = record or intent()
    for event in ROADS[state]:
        record = advance(record, event, NOW)
    assert record.state is state
    return record


@pytest.mark.parametrize(
    ("state", "event"), list(itertools.product(State, EVENTS)), ids=lambda v: str(v)[:60]
)
def test_exactly_the_documented_moves_are_possible(state: State, event: Event) -> None:
    record = in_state(state)
    rare = (state, type(event)) in CONDITIONAL
    allowed = None if rare else TABLE[state].get(type(event))
    if allowed is None:
        with pytest.raises(IllegalMove, match=f"boat: {type(event).__name__} .*{state}"):
            advance(record, event, NOW)
    else:
        assert advance(record, event, NOW).state in allowed


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.floats(0, 1e6)), max_size=30))
@settings(deadline=None)
def test_no_row_of_events_leaves_the_table_or_loses_an_id(
    events: list[tuple[Event, float]],
) -> None:
    record, now = intent(), NOW
    for event, passed in events:
        now += passed
        before = record
        try:
            record = advance(record, event, now)
        except IllegalMove:
            rare = (before.state, type(event)) in CONDITIONAL
            assert rare or type(event) not in TABLE[before.state]
            continue
        assert record.state in TABLE[before.state][type(event)]
        assert (record.key, record.request, record.service) == ("boat", before.request, "s")
        assert before.task_id is None or record.task_id == before.task_id
        assert record.finished == (record.state not in UNFINISHED)
        assert (record.ended_at is not None) == record.finished
        assert (record.film is not None) == (record.state is State.READY)
        assert (record.failure is not None) == (record.state in (State.FAILED, State.UNSURE))
        assert record.state is not State.READY or record.urls
        assert record.age(now) >= 0
        assert decode(encode(record)) == record


def test_the_times_of_a_task_are_kept() -> None:
    record = advance(intent(), move.Sending(), NOW)
    record = advance(record, move.Accepted(task_id="t"), NOW + 1)
    record = advance(record, SUCCESS, NOW + 150)
    record = advance(record, move.Saved(film=FILM), NOW + 152)
    assert (record.created_at, record.submitted_at) == (NOW - 10, NOW)
    assert (record.accepted_at, record.ended_at) == (NOW + 1, NOW + 152)
    assert record.age(NOW + 9999) == 152
    assert record.expires_at == NOW + 150 + RESULT_LIFETIME


def test_a_task_that_was_not_sent_waits_as_if_it_never_had_been() -> None:
    record = advance(in_state(S.SUBMITTING), move.NotSent(note="429"), NOW + 5)
    assert (record.submitted_at, record.failure, record.note) == (None, None, "429")


def test_a_failed_task_says_what_the_service_said() -> None:
    event = reported("failed", fail_code="X", fail_message="bad", cost_time_ms=9000)
    record = advance(in_state(S.PENDING), event, NOW)
    assert record.failure == Failure(kind="failed", code="X", message="bad")
    assert record.service_seconds == 9
    silent = advance(in_state(S.PENDING), reported("failed"), NOW)
    assert silent.failure is not None
    assert silent.failure.message == "the service gave no reason"


def test_links_live_fifteen_days_from_the_end_of_the_job_and_never_longer() -> None:
    early = reported("success", urls=URLS, completed_ms=round((NOW - 3600) * 1000))
    ahead = reported("success", urls=URLS, completed_ms=round((NOW + 3600) * 1000))
    assert advance(in_state(S.PENDING), early, NOW).expires_at == NOW - 3600 + RESULT_LIFETIME
    assert advance(in_state(S.PENDING), ahead, NOW).expires_at == NOW + RESULT_LIFETIME
    fast = advance(in_state(S.PENDING, intent(speed=100.0)), SUCCESS, NOW)
    assert fast.expires_at == NOW + RESULT_LIFETIME / 100


def test_watching_again_goes_on_where_it_was() -> None:
    for state in (S.QUEUED, S.PENDING, S.SAVING):
        stopped = advance(in_state(state), move.Stopped(note="an hour"), NOW)
        assert stopped.note == "an hour"
        again = advance(stopped, move.Watched(), NOW)
        assert (again.state, again.ended_at, again.note) == (state, None, None)


def test_an_odd_success_goes_on_with_a_note_that_the_next_good_answer_takes_away() -> None:
    record = advance(in_state(S.PENDING), reported("success", problem="no film"), NOW)
    assert (record.state, record.note, record.polls) == (S.PROCESSING, "no film", 1)
    record = advance(record, reported("processing"), NOW)
    assert (record.note, record.polls) == (None, 2)


def test_a_duration_is_told_by_the_service_or_counted_from_its_times() -> None:
    counted = reported("success", urls=URLS, created_ms=1_000, completed_ms=151_000)
    assert advance(in_state(S.PENDING), counted, NOW).service_seconds == 150
    backwards = reported("success", urls=URLS, created_ms=9_000, completed_ms=1_000)
    assert advance(in_state(S.PENDING), backwards, NOW).service_seconds == 0
    assert advance(in_state(S.PENDING), SUCCESS, NOW).service_seconds is None


def told(record: TaskRecord, *replies: tuple[float, move.Reported]) -> TaskRecord:
    """The record after replies so many seconds after the submit."""
    for age, reply in replies:
        record = advance(record, reply, NOW + age)
    return record


FAILS = reported("failed", fail_code="X")


@pytest.mark.parametrize("end", [SUCCESS, FAILS, reported("success", problem="no film")])
def test_a_task_ended_between_the_last_reply_that_it_runs_and_the_first_other_one(
    end: move.Reported,
) -> None:
    record = told(in_state(S.PENDING), (50, reported("pending")), (90, reported("processing")))
    assert (record.asked_at, record.ended_between) == (NOW + 90, None)
    record = told(record, (100, reported("curing", problem="unknown")))
    assert (record.asked_at, record.ended_between) == (NOW + 90, None)
    record = told(record, (110, end))
    assert record.ended_between == (90.0, 110.0)
    assert decode(encode(record)) == record
    if not record.finished:
        assert told(record, (700, SUCCESS)).ended_between == (90.0, 110.0)


def test_a_task_whose_first_reply_is_its_end_ended_somewhere_since_the_submit() -> None:
    assert told(in_state(S.PENDING), (110, SUCCESS)).ended_between == (0.0, 110.0)


def test_the_end_of_a_fast_simulators_task_is_told_in_the_services_own_seconds() -> None:
    record = in_state(S.PENDING, intent(speed=100.0))
    record = told(record, (0.5, reported("processing")), (0.75, SUCCESS))
    assert record.ended_between == (50.0, 75.0)


def test_a_clock_that_is_set_back_makes_no_end_before_its_beginning() -> None:
    record = told(in_state(S.PENDING), (90, reported("processing")), (40, SUCCESS))
    assert record.ended_between == (40.0, 40.0)


def test_a_new_link_is_no_new_end() -> None:
    old = msgspec.structs.replace(in_state(S.SAVING), ended_between=None)
    assert told(old, (5000, SUCCESS)).ended_between is None


def test_a_task_that_we_gave_up_is_asked_again_while_its_film_may_live() -> None:
    given_up = advance(in_state(S.PROCESSING), move.GaveUp(failure=GAVE_UP), NOW)
    again = advance(given_up, move.Watched(), NOW + 86_400)
    assert (again.state, again.failure, again.ended_at) == (S.PENDING, None, None)
    with pytest.raises(IllegalMove):
        advance(given_up, move.Watched(), NOW + RESULT_LIFETIME)


def test_a_stopped_task_takes_another_id_only_if_the_service_never_knew_the_first() -> None:
    mistyped = advance(in_state(S.PENDING), move.Stopped(), NOW)
    assert advance(mistyped, move.Accepted(task_id="right"), NOW).task_id == "right"
    known = advance(in_state(S.PROCESSING), move.Stopped(), NOW)
    with pytest.raises(IllegalMove):
        advance(known, move.Accepted(task_id="another"), NOW)
