"""What a person should know and do about a task that rests, and before a click that may cost:
pure words, from the record and the code the service gave."""

from __future__ import annotations

from typing import NamedTuple

from sora_nb.core.task import Failure, State, TaskRecord


class Advice(NamedTuple):
    """``title``: what happened; ``text``: what to do; ``retry``: whether trying again can help."""

    title: str
    text: str
    retry: bool


_CONTENT = Advice(
    "The service refused the content",
    "Change the prompt: real persons, brands and violence are usual reasons. "
    "Trying the same words again will not help.",
    False,
)
_IMAGE = "Give a public URL of a JPG, PNG or WebP of at most 10 MB that opens without a login."
_PROMPT = Advice("The service refused the prompt", "Change or shorten the prompt.", False)
_LATER = Advice(
    "The model is not available", "Try again later, or choose another model with --model.", True
)

_BY_CODE: dict[str, Advice] = {
    "contentviolation": _CONTENT,
    "nsfwdetected": _CONTENT,
    "sensitivecontent": _CONTENT,
    "promptlengthexceeded": _PROMPT,
    "prompttoolong": _PROMPT,
    "invalidprompt": _PROMPT,
    "invalidimageurl": Advice("The service could not use the image URL", _IMAGE, False),
    "imagedownloadfailed": Advice("The service could not fetch the image", _IMAGE, True),
    "imagetoolarge": Advice("The image is too large", _IMAGE, False),
    "unsupportedformat": Advice("The image's format is not supported", _IMAGE, False),
    "processingtimeout": Advice(
        "The service ran out of time", "Try again; a shorter film is done sooner.", True
    ),
    "modelunavailable": _LATER,
    "generationfailed": Advice(
        "The service could not make this film", "Try again with a changed prompt.", True
    ),
    "insufficientcredits": Advice(
        "The balance does not cover this task",
        "Top up the account at the service, then try again; %sora balance shows what is left.",
        True,
    ),
}

_BY_ERROR: dict[str, Advice] = {
    "AuthenticationError": Advice(
        "The service did not accept the key",
        "Set APIXO_API_KEY (or sora_nb.configure(api_key=…)) to a valid key, then try again.",
        True,
    ),
    "InsufficientCredits": _BY_CODE["insufficientcredits"],
    "PermissionDenied": Advice(
        "The service refused the request",
        "Its content policy may forbid the prompt, or the key lacks the permission. Change the "
        "prompt; if every prompt is refused, check the key.",
        False,
    ),
    "ModelUnavailable": _LATER,
    "InvalidRequest": Advice(
        "The service refused the request", "Change what it names below, then try again.", False
    ),
}

_UNSURE = Advice(
    "The answer to the submit was lost",
    "The task may be running and charged, so it was not sent again. Look in the service's "
    "dashboard: if it is there, adopt its id; if not, send it again.",
    True,
)

_FORGOTTEN = Advice(
    "This task was forgotten", "Try again if you want this film: that is a new task.", True
)

_EXPIRED = Advice(
    "The film was not saved before its link expired",
    "The service keeps results for 15 days. Try again to have it made anew (and pay again).",
    True,
)


def advise(failure: Failure) -> Advice:
    """Words for a failure. Unknown codes get honest general ones."""
    if failure.kind == "lost":
        return _UNSURE
    if failure.kind == "forgotten":
        return _FORGOTTEN
    if failure.kind == "gave_up" and failure.error == "LinkExpired":
        return _EXPIRED
    if failure.kind == "gave_up":
        return Advice(
            "No usable film came",
            "The service reported success without a usable film. Try again; "
            "if it goes on, ask the service with the task id.",
            True,
        )
    if failure.error in _BY_ERROR:
        return _BY_ERROR[failure.error]
    code = "".join(c for c in (failure.code or "").lower() if c.isalnum())
    if code in _BY_CODE:
        return _BY_CODE[code]
    if failure.kind == "refused":
        return Advice("The service refused the request", "Read its words, then try again.", True)
    return Advice("The service could not make this film", "Read its words, then try again.", True)


def commands(record: TaskRecord) -> tuple[str, ...]:
    """The lines that a person can type now for a resting task, most useful first."""
    if record.state is State.UNSURE:
        key = record.key
        return (f"%sora adopt {key} TASKID", f"%sora retry {key}", f"%sora forget {key}")
    if record.state is State.FAILED:
        return (f"%sora retry {record.key}",)
    if record.state is State.STOPPED and record.task_id is None:
        return (f"%sora retry {record.key}",)
    if record.state is State.STOPPED:
        return ("%sora rescue",) if unsaved(record) else ("%sora resume",)
    return ()


def unsaved(record: TaskRecord) -> bool:
    """Whether the service has made the film, and its link dies before anybody has saved it."""
    made = record.film is None and record.failure is None and bool(record.urls)
    return made and record.expires_at is not None


def after_stop(record: TaskRecord) -> str:
    """What becomes of a stopped task, after the reason where it was not a person."""
    if record.task_id is None:
        return record.note or "It was not sent, and is not charged."
    if unsaved(record):
        words = "The film is made, but not saved, and its link expires: %sora rescue saves it."
    else:
        words = f"Nobody watches it any more. {_goes_on(record)}"
    return f"{record.note}. {words}" if record.note else words


def before_click(action: str, record: TaskRecord) -> str | None:
    """What a click on that button may cost; None where it costs nothing."""
    if action == "retry":
        cost = "at no charge" if record.simulated else "which may be charged"
        return f"Trying again sends a new task, {cost}."
    if action == "resend":
        return (
            "The first request may have been accepted already: the simulator makes it again, "
            "at no charge."
            if record.simulated
            else "The first request may have been accepted and charged already."
        )
    if action != "stop":
        return None
    if record.task_id is None:
        return "It was not sent yet: stopping it costs nothing."
    if unsaved(record):
        return "The film is made: after a stop nobody saves it, and its link expires."
    return f"Stopping ends the watching only. {_goes_on(record)}"


def _goes_on(record: TaskRecord) -> str:
    if record.simulated:
        return "The simulator goes on with it, at no charge."
    return "The service goes on with it, and may charge for it."
