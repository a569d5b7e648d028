"""Words for every failure that the service is known to name."""

from __future__ import annotations

import pytest

from sora_nb.core import errors
from sora_nb.core.advice import advise, after_stop, before_click, commands, unsaved
from sora_nb.core.lifecycle import (
    Accepted,
    Forgotten,
    Lost,
    Reported,
    Sending,
    Stopped,
    advance,
    new_record,
)
from sora_nb.core.service_facts import SIMULATOR
from sora_nb.core.task import Failure, Report, State, TaskRecord, VideoRequest

KNOWN: dict[str, tuple[str, bool]] = {
    "CONTENT_VIOLATION": ("refused the content", False),
    "NSFW_DETECTED": ("refused the content", False),
    "SensitiveContent": ("refused the content", False),
    "INVALID_IMAGE_URL": ("could not use the image URL", False),
    "PROMPT_TOO_LONG": ("refused the prompt", False),
    "PromptLengthExceeded": ("refused the prompt", False),
    "INVALID_PROMPT": ("refused the prompt", False),
    "IMAGE_TOO_LARGE": ("image is too large", False),
    "UNSUPPORTED_FORMAT": ("format is not supported", False),
    "IMAGE_DOWNLOAD_FAILED": ("could not fetch the image", True),
    "PROCESSING_TIMEOUT": ("ran out of time", True),
    "MODEL_UNAVAILABLE": ("not available", True),
    "GENERATION_FAILED": ("could not make this film", True),
    "INSUFFICIENT_CREDITS": ("balance does not cover", True),
}
"""docs/design/contract.md, "Fail codes": the model page's, those seen elsewhere, CamelCase ones."""


@pytest.mark.parametrize("code", KNOWN)
def test_every_known_code_has_its_own_words_and_says_whether_trying_again_helps(code: str) -> None:
    words, retry = KNOWN[code]
    advice = advise(Failure(kind="failed", message="x", code=code))
    assert words in advice.title
    assert advice.retry is retry
    assert advice.text


@pytest.mark.parametrize("code", KNOWN)
def test_codes_are_known_in_any_spelling(code: str) -> None:
    camel = "".join(part.capitalize() for part in code.split("_")) if "_" in code else code
    expected = advise(Failure(kind="failed", message="x", code=code))
    for spelling in (camel, code.lower(), code.replace("_", "-")):
        assert advise(Failure(kind="failed", message="x", code=spelling)) == expected


@pytest.mark.parametrize("code", [None, "", "NEVER_SEEN", "<b>", "💥"])
def test_an_unknown_code_gets_honest_general_words(code: str | None) -> None:
    advice = advise(Failure(kind="failed", message="x", code=code))
    assert advice.title == "The service could not make this film"
    assert advice.retry


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("AuthenticationError", "APIXO_API_KEY"),
        ("InsufficientCredits", "Top up"),
        ("PermissionDenied", "content policy"),
        ("ModelUnavailable", "another model"),
        ("InvalidRequest", "Change what it names"),
        ("ServiceError", "Read its words"),
    ],
)
def test_every_refusal_says_what_to_do(error: str, words: str) -> None:
    assert error in vars(errors)
    assert words in advise(Failure(kind="refused", message="x", error=error)).text


def test_our_own_endings_are_told_apart() -> None:
    titles = {
        advise(Failure(kind="gave_up", message="x")).title,
        advise(Failure(kind="gave_up", message="x", error="LinkExpired")).title,
        advise(Failure(kind="lost", message="x")).title,
        advise(Failure(kind="forgotten", message="x")).title,
    }
    assert len(titles) == 4
    assert "forgotten" in advise(Failure(kind="forgotten", message="x")).title
    assert "15 days" in advise(Failure(kind="gave_up", message="x", error="LinkExpired")).text


def intent(service: str = "s") -> TaskRecord:
    return new_record("k7f3qa", VideoRequest(prompt="x"), service=service, now=0.0)


def sent(service: str = "s") -> TaskRecord:
    return advance(advance(intent(service), Sending(), 1.0), Accepted(task_id="id"), 2.0)


def made(service: str = "s") -> TaskRecord:
    done = Report(state="success", urls=("https://cdn.example/x.mp4",))
    return advance(sent(service), Reported(report=done), 3.0)


def test_a_resting_task_names_the_lines_that_can_be_typed() -> None:
    lost = advance(intent(), Sending(), 1.0)
    lost = advance(lost, Lost(failure=Failure(kind="lost", message="x")), 2.0)
    assert commands(lost) == (
        "%sora adopt k7f3qa TASKID",
        "%sora retry k7f3qa",
        "%sora forget k7f3qa",
    )
    forgotten = advance(lost, Forgotten(), 3.0)
    assert forgotten.state is State.FAILED
    assert commands(forgotten) == ("%sora retry k7f3qa",)
    assert commands(advance(intent(), Stopped(), 1.0)) == ("%sora retry k7f3qa",)
    assert commands(intent()) == ()
    assert commands(advance(sent(), Stopped(), 3.0)) == ("%sora resume",)


def test_a_film_that_is_made_and_not_saved_points_to_its_rescue_once_nobody_watches() -> None:
    stopped = advance(made(), Stopped(), 4.0)
    assert unsaved(stopped)
    assert commands(stopped) == ("%sora rescue",)
    assert "not saved" in after_stop(stopped)
    assert "%sora rescue" in after_stop(stopped)
    assert not unsaved(advance(sent(), Stopped(), 3.0))


def test_after_a_stop_it_is_said_that_the_service_goes_on_and_may_charge() -> None:
    goes_on = "The service goes on with it, and may charge for it."
    assert after_stop(advance(sent(), Stopped(), 3.0)).endswith(goes_on)
    why = advance(sent(), Stopped(note="asked for an hour"), 3.0)
    assert after_stop(why).startswith("asked for an hour. ")
    assert after_stop(why).endswith(goes_on)
    assert "at no charge" in after_stop(advance(sent(SIMULATOR), Stopped(), 3.0))
    assert after_stop(advance(intent(), Stopped(), 1.0)) == "It was not sent, and is not charged."
    assert after_stop(advance(intent(), Stopped(note="no key"), 1.0)) == "no key"


@pytest.mark.parametrize(
    ("action", "record", "words"),
    [
        ("stop", sent(), "The service goes on with it, and may charge for it"),
        ("stop", sent(SIMULATOR), "The simulator goes on with it, at no charge"),
        ("stop", intent(), "costs nothing"),
        ("stop", made(), "its link expires"),
        ("retry", sent(), "which may be charged"),
        ("retry", sent(SIMULATOR), "at no charge"),
        ("resend", sent(), "charged already"),
        ("resend", sent(SIMULATOR), "at no charge"),
    ],
)
def test_what_a_click_may_cost_is_said_before_it(
    action: str, record: TaskRecord, words: str
) -> None:
    assert words in (before_click(action, record) or "")


def test_a_click_that_costs_nothing_needs_no_words() -> None:
    assert before_click("copy_id", sent()) is None
    assert before_click("watch", advance(sent(), Stopped(), 3.0)) is None
