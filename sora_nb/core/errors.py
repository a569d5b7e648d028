"""Everything that sora_nb raises.

SoraError                     message, ``.advice`` (what to do now), ``.task`` (which one, if any)
├── InvalidRequest            also a ValueError: found before anything was sent; ``.rows``
├── AuthenticationError       401: the key is missing or not accepted
├── InsufficientCredits       402, or a 400 that says so
├── PermissionDenied          403: content policy, or the key lacks a permission
├── ModelUnavailable          404 on a submit, or the service says so: choose another model
├── RateLimited               429: ``.retry_after`` seconds, or None
├── ServiceError              any other trouble with the service: ``.status``, ``.body`` (shortened)
│   └── ServiceUnreachable    no byte of the request left this machine: safe to repeat
├── SubmitUnsure              the answer to a submit was lost: it may have been accepted and charged
├── TaskFailed                the service ended the task: ``.code``, ``.message``
├── BudgetExceeded            the budget does not allow it: nothing was sent
├── DownloadError             the film could not be saved
│   └── LinkExpired           the result URL no longer answers
├── JournalError              the journal could not be read or written: nothing was sent
└── WaitTimeout               also a TimeoutError: the task itself lives on
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_LINES = 8
MAX_BODY = 300


def shorten(text: str, limit: int) -> str:
    """``text`` with at most ``limit`` code points, the last one an ellipsis where it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


class SoraError(Exception):
    """Root of the tree. ``str()`` is the message; ``advice`` says what a person can do now."""

    def __init_subclass__(cls) -> None:
        if cls.__module__ == __name__:
            cls.__module__ = "sora_nb"  # where people find it, in tracebacks and pickles

    advice: str = ""

    def __init__(self, message: str, *, advice: str | None = None, task: object = None) -> None:
        super().__init__(message)
        self.message = message
        if advice is not None:
            self.advice = advice
        self.task = task

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback (its documented hook): at most 8 lines.

        A long message gives way to the advice: what to do now is always seen.
        """
        said = f"{type(self).__name__}: {self.message}".splitlines()
        advice = self.advice.splitlines()[: MAX_LINES - 2]
        room = MAX_LINES - len(advice)
        if len(said) > room:
            said = [*said[: room - 1], "…"]
        return [*said, *advice]


class InvalidRequest(SoraError, ValueError):
    """The request breaks a rule that is known here. Nothing was sent.

    ``rows``: the rows of a sweep's table that cannot be made, as the table names them.
    """

    def __init__(
        self,
        message: str,
        *,
        rows: Sequence[int | str] = (),
        advice: str | None = None,
        task: object = None,
    ) -> None:
        super().__init__(message, advice=advice, task=task)
        self.rows = tuple(rows)


class AuthenticationError(SoraError):
    """The service did not accept the key (HTTP 401)."""

    advice = (
        "Check the key: set APIXO_API_KEY before the kernel starts, "
        "or sora_nb.configure(api_key=…)."
    )


class InsufficientCredits(SoraError):
    """The account's balance does not cover the task (HTTP 402). Nothing was charged."""

    advice = "Top up the account at the service; `%sora balance` shows what is left."


class PermissionDenied(SoraError):
    """The service refused (HTTP 403): the content policy, or a permission that the key lacks."""

    advice = "Change the prompt; if every prompt is refused, check what the key is allowed to do."


class ModelUnavailable(SoraError):
    """The service does not know the model or no longer serves it."""

    advice = "Choose another model with --model, or work with the simulator (unset APIXO_API_KEY)."


class RateLimited(SoraError):
    """Too many requests or tasks at once (HTTP 429). Surely not charged."""

    advice = "Nothing to do: it is sent again by itself as soon as the service allows."

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        advice: str | None = None,
        task: object = None,
    ) -> None:
        super().__init__(message, advice=advice, task=task)
        self.retry_after = retry_after


class ServiceError(SoraError):
    """The service answered, but not as it should. ``status`` is the HTTP status, if any."""

    advice = "This is the service's own trouble. Try again later."

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        body: str = "",
        advice: str | None = None,
        task: object = None,
    ) -> None:
        super().__init__(message, advice=advice, task=task)
        self.status = status
        self.body = shorten(body, MAX_BODY)


class ServiceUnreachable(ServiceError):
    """No connection: not a byte of the request left this machine, so it may be repeated."""

    advice = "Check the network and APIXO_BASE_URL. It is tried again by itself."


class SubmitUnsure(SoraError):
    """The request left, its answer did not arrive. It may be running and charged."""

    advice = (
        "It was not sent again, because that could be charged twice. "
        "Look in the service's dashboard:\nif the task is there, adopt its id; if not, try again."
    )


class TaskFailed(SoraError):
    """The service ended the task without a film. ``code`` is its failCode."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        advice: str | None = None,
        task: object = None,
    ) -> None:
        super().__init__(message, advice=advice, task=task)
        self.code = code


class BudgetExceeded(SoraError):
    """The task would go over the budget. Nothing was sent."""


class DownloadError(SoraError):
    """The film could not be saved. The task is alive and its result still at the service."""

    advice = "It is tried again by itself; `%sora resume` tries at once."


class LinkExpired(DownloadError):
    """The result URL no longer answers (HTTP 403, 404 or 410): results live 15 days."""

    advice = "The service keeps results for 15 days. If that is over, the film must be made again."


class JournalError(SoraError):
    """The journal could not be read or written. What is not written down is not sent."""

    advice = (
        "Check that the folder of the journal (`%sora config`) exists, is writable and not full."
    )


class WaitTimeout(SoraError, TimeoutError):
    """Waiting ended before the task did. The task lives on."""


SoraError.__module__ = "sora_nb"
