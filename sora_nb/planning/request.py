"""From what a person gave to a checked request, and what would be sent for it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from sora_nb.catalog import rules
from sora_nb.core.errors import InvalidRequest
from sora_nb.core.task import VideoRequest


def make_request(**arguments: Any) -> VideoRequest:
    """A checked request from whatever a person gave. Raises InvalidRequest."""
    unknown = set(arguments) - set(VideoRequest.__struct_fields__)
    if unknown:
        raise InvalidRequest(f"{min(unknown)!r} is not an argument of a request.")
    extra = arguments.pop("extra", None) or {}
    try:
        # Once through JSON: what the service will be sent, and nothing that can still change.
        extra = json.loads(json.dumps(extra, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"extra holds something that JSON has not: {error}.") from None
    try:
        request = msgspec.convert({**arguments, "extra": extra}, VideoRequest)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"that is not a request: {error}.") from None
    rules.check(request)
    try:
        request.fingerprint  # noqa: B018  (encodes every text of it)
    except UnicodeEncodeError:
        raise InvalidRequest(
            "the request holds half of a character (a lone surrogate), which cannot be sent.",
            advice="Paste the prompt again as plain text.",
        ) from None
    return request
