"""What each answer means: the table that decides about money."""

from __future__ import annotations

import pytest

from sora_nb.core.errors import (
    AuthenticationError,
    InsufficientCredits,
    InvalidRequest,
    ModelUnavailable,
    PermissionDenied,
    RateLimited,
    ServiceError,
    SoraError,
    SubmitUnsure,
)
from sora_nb.core.secret import Secret
from sora_nb.service.replies import MAX_RETRY_AFTER, REFUSED, error_for, masked, retry_after

SUBMIT_TABLE: list[tuple[int, int | None, str, type[SoraError]]] = [
    (400, 400, "bad duration", InvalidRequest),
    (400, 400, "Insufficient credits", InsufficientCredits),
    (400, None, "insufficient account balance", InsufficientCredits),
    (401, 401, "no", AuthenticationError),
    (402, None, "", InsufficientCredits),
    (403, 403, "policy", PermissionDenied),
    (404, 404, "no such model", ModelUnavailable),
    (413, None, "", ServiceError),
    (422, 422, "", ServiceError),
    (429, 429, "", RateLimited),
    (200, 400, "bad", InvalidRequest),
    (200, 401, "", AuthenticationError),
    (200, 402, "", InsufficientCredits),
    (200, 403, "", PermissionDenied),
    (200, 404, "", ModelUnavailable),
    (200, 422, "", ServiceError),
    (201, 429, "", RateLimited),
    (200, 500, "", SubmitUnsure),
    (200, 503, "", SubmitUnsure),
    (200, None, "", SubmitUnsure),
    (200, 10001, "", SubmitUnsure),
    (204, None, "", SubmitUnsure),
    (301, None, "", SubmitUnsure),
    (307, 400, "", SubmitUnsure),
    (405, None, "", SubmitUnsure),
    (407, None, "", SubmitUnsure),
    (408, 408, "", SubmitUnsure),
    (409, None, "", SubmitUnsure),
    (425, None, "", SubmitUnsure),
    (500, 500, "", SubmitUnsure),
    (500, 400, "Insufficient credits", SubmitUnsure),
    (502, None, "", SubmitUnsure),
    (503, 429, "", SubmitUnsure),
    (504, None, "", SubmitUnsure),
]


@pytest.mark.parametrize(("status", "code", "words", "kind"), SUBMIT_TABLE)
def test_an_answer_to_a_submit_is_a_refusal_only_where_it_is_clear(
    status: int, code: int | None, words: str, kind: type[SoraError]
) -> None:
    error = error_for(status, code, words, what="submit")
    assert type(error) is kind
    assert error.advice


def test_every_other_status_leaves_a_submit_unsure() -> None:
    refused = {
        status
        for status in range(100, 600)
        if not isinstance(error_for(status, None, "", what="submit"), SubmitUnsure)
    }
    assert refused == REFUSED


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 400, ServiceError),
        (401, 401, AuthenticationError),
        (402, 402, InsufficientCredits),
        (403, 403, PermissionDenied),
        (404, 404, ModelUnavailable),
        (200, 404, ModelUnavailable),
        (429, 429, RateLimited),
        (302, None, ServiceError),
        (408, None, ServiceError),
        (500, 500, ServiceError),
        (200, 500, ServiceError),
    ],
)
def test_an_answer_to_a_question_is_never_unsure(
    status: int, code: int | None, kind: type[SoraError]
) -> None:
    assert type(error_for(status, code, "", what="status")) is kind


def test_the_services_own_words_are_in_the_message() -> None:
    for status in (400, 401, 402, 403, 404, 422, 429, 503):
        assert "duration must be 4" in str(
            error_for(status, None, "duration must be 4", what="submit")
        )


def test_a_wrong_key_names_the_variable_that_holds_it() -> None:
    assert "APIXO_API_KEY" in str(error_for(401, 401, "", what="submit"))


def test_the_status_and_body_of_other_trouble_are_kept_short() -> None:
    error = error_for(503, None, "", what="status", body="x" * 5000)
    assert isinstance(error, ServiceError)
    assert error.status == 503
    assert len(error.body) == 300


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("99999", MAX_RETRY_AFTER),
        ("9" * 400, MAX_RETRY_AFTER),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu Jan  1 00:01:40 1970", 40.0),
        ("Wed, 31 Dec 1969 23:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2970 00:01:40 GMT", MAX_RETRY_AFTER),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_capped(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after(header, now=60.0) == seconds


@pytest.mark.parametrize(
    "echo",
    [
        "k/ey+1-secret",
        r"k\/ey+1-secret",
        r"k\u002fey\u002b1-secret",
        r"k\u002Fey+1-secret",
        "K/EY+1-SECRET",
    ],
)
def test_an_echo_of_the_key_is_masked_however_it_is_written(echo: str) -> None:
    found = masked(rf"bad key \\{echo}!".encode(), Secret("k/ey+1-secret"))
    assert found == rb"bad key \\***!"


def test_a_word_too_short_for_a_key_tears_nothing_apart() -> None:
    assert masked(b'{"data": "test"}', Secret("test")) == b'{"data": "test"}'
