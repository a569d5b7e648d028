"""What a reply means: HTTP status and envelope → our errors. Pure, because it decides about money.

Sources: docs/design/contract.md, "Errors", and docs/design/charges.md, "Which answers may be
repeated".
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

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
    shorten,
)
from sora_nb.core.secret import Secret

What = Literal["submit", "status", "balance"]

REFUSED = frozenset({400, 401, 402, 403, 404, 413, 422, 429})
"""Answers to a POST after which surely nothing runs and nothing is charged."""

MAX_RETRY_AFTER = 600.0
"""Seconds; a service that asks for more is asked again after that."""

MAX_WORDS = 300

SHORTEST_KEY = 12
"""Characters of the shortest word that is taken for a key and not for a simulator's stand-in."""

_ASKED: dict[What, str] = {
    "submit": "the task",
    "status": "the question for the task's state",
    "balance": "the question for the balance",
}
_CREDITS = re.compile(r"insufficient\W+\w*\W*(credit|balance|fund)", re.IGNORECASE)


def verdict(status: int, code: int | None) -> int:
    """The number that counts: the HTTP status, or the envelope's code where HTTP says success."""
    return code if 200 <= status < 300 and code is not None else status


def error_for(
    status: int,
    code: int | None,
    message: str,
    *,
    what: What,
    retry_after: float | None = None,
    body: str = "",
) -> SoraError:
    """The error of a reply that is not a success.

    For a submit everything outside REFUSED is SubmitUnsure: it may run and be charged.
    ``message`` is the service's own words, ``body`` the reply as text for ServiceError.
    """
    number = verdict(status, code)
    words = f": {shorten(message, MAX_WORDS)}" if message else "."
    refused = f"the service refused {_ASKED[what]} ({number})"
    if number == 429:
        return RateLimited(
            f"the service takes no more requests right now (429){words}", retry_after=retry_after
        )
    if what == "submit" and number not in REFUSED:
        return unsure(f"it answered {_named(status, code)}{words.rstrip('.')}")
    if number == 401:
        return AuthenticationError(
            f"the service did not accept the API key (APIXO_API_KEY, {number}){words}"
        )
    if number == 402 or (number == 400 and _CREDITS.search(message)):
        return InsufficientCredits(f"the balance does not cover {_ASKED[what]} ({number}){words}")
    if number == 403:
        return PermissionDenied(f"{refused}{words}")
    if number == 404 and what == "submit":
        return ModelUnavailable(f"the service does not serve this model ({number}){words}")
    if number == 404 and what == "status":
        return ModelUnavailable(
            f"the service knows no such task of this model ({number}){words}",
            advice="Check that the task belongs to this account and base URL (`%sora config`).",
        )
    if number == 400 and what == "submit":
        return InvalidRequest(
            f"{refused}{words}", advice="Change what the service names, then try again."
        )
    if number in REFUSED:
        return ServiceError(
            f"{refused}{words}",
            status=status,
            body=body,
            advice="Nothing was charged. Change the request, or check APIXO_BASE_URL.",
        )
    return ServiceError(
        f"the service answered {_ASKED[what]} with {_named(status, code)}{words}",
        status=status,
        body=body,
    )


def unsure(cause: str) -> SubmitUnsure:
    """The error of a submit whose outcome is unknown; ``cause`` says why."""
    return SubmitUnsure(
        f"the service gave no clear answer to the task: {cause}. It may be running and charged."
    )


def _named(status: int, code: int | None) -> str:
    """The status as a person looks it up; a success that is none also by its envelope."""
    if not 200 <= status < 300:
        return f"HTTP {status}"
    return f"HTTP {status} {'without a code' if code is None else f'with code {code}'}"


def retry_after(header: str | None, *, now: float) -> float | None:
    """Seconds from 0 to MAX_RETRY_AFTER until the service may be asked again, or None.

    Reads both forms of ``Retry-After``: seconds, or an HTTP date (``now`` is Unix seconds).
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            date = parsedate_to_datetime(text)
            zoned = date if date.tzinfo else date.replace(tzinfo=UTC)
            seconds = zoned.timestamp() - now
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def masked(body: bytes, key: Secret) -> bytes:
    """``body`` with every echo of the key, plain or JSON-escaped, replaced by ``***``.

    A word shorter than SHORTEST_KEY is left: it is no secret, and may be a part of other words.
    """
    word = key.reveal()
    if len(word) < SHORTEST_KEY:
        return body
    # Nearly every reply: written without escapes, the key could only stand there as it is.
    if b"\\" not in body and word.encode().lower() not in body.lower():
        return body
    return re.sub("".join(map(_written, word)).encode(), b"***", body, flags=re.IGNORECASE)


def _written(character: str) -> str:
    """A pattern of the ways in which JSON may write an ASCII character."""
    slash = r"\\?" if character in '/"\\' else ""
    return rf"(?:{slash}{re.escape(character)}|\\u00{ord(character):02x})"
