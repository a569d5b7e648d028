"""Pure: the fields of the Studio's form, what each may hold, and the requests that they make.

A field holds whatever has its type and is not absurd: model and duration may be set in any order,
so what does not go together is said beside the field, and refused when films are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sora_nb.catalog.models import ASPECT_RATIOS
from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.task import VideoRequest
from sora_nb.planning.request import make_request

MOST_TAKES = 9
MOST_CHARACTERS = 100_000
"""Ten times what any known model takes: a paste that is too long is kept, so that it can be cut."""

MOST_SECONDS = 3600
MOST_EXTRA = 20_000
"""Characters of the further input fields, as JSON."""


@dataclass(frozen=True)
class Fields:
    """What the form holds. ``duration`` in seconds; no picture is ``""``; ``takes`` from 1 to 9."""

    prompt: str = ""
    duration: int = 4
    aspect_ratio: str = "landscape"
    image: str = ""
    model: str = "sora-2"
    remove_watermark: bool = True
    takes: int = 1
    new: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """The arguments of ``generate`` beside ``prompt``, ``take`` and ``new``."""
        return {
            "duration": self.duration,
            "aspect_ratio": self.aspect_ratio,
            "image": self.image or None,
            "model": self.model,
            "remove_watermark": self.remove_watermark,
            "extra": dict(self.extra) or None,
        }

    def request(self, take: int = 1) -> VideoRequest:
        """The checked request of one take. Raises InvalidRequest."""
        return make_request(prompt=self.prompt, take=take, **self.settings())


NAMES = tuple(one.name for one in fields(Fields))


def _text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _whole(most: int) -> Callable[[Any], bool]:
    def is_valid(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most

    return is_valid


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


def _json(value: Any) -> bool:
    if not (isinstance(value, dict) and all(isinstance(name, str) for name in value)):
        return False
    try:
        return len(json.dumps(value, allow_nan=False)) <= MOST_EXTRA
    except (TypeError, ValueError, RecursionError):
        return False


_FITS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "prompt": (_text(MOST_CHARACTERS), f"a text of at most {MOST_CHARACTERS} characters"),
    "duration": (_whole(MOST_SECONDS), f"a whole number of seconds from 1 to {MOST_SECONDS}"),
    "aspect_ratio": (lambda value: value in ASPECT_RATIOS, " or ".join(ASPECT_RATIOS)),
    "image": (_text(4000), 'a URL of at most 4000 characters, or ""'),
    "model": (_text(100), "the id of a model"),
    "remove_watermark": (_switch, "True or False"),
    "takes": (_whole(MOST_TAKES), f"a whole number from 1 to {MOST_TAKES}"),
    "new": (_switch, "True or False"),
    "extra": (_json, f"a dict of JSON values, at most {MOST_EXTRA} characters as JSON"),
}


def is_valid(name: str, value: Any) -> bool:
    """Whether the field ``name`` may hold ``value``."""
    return name in _FITS and isinstance(value, str | int | dict) and _FITS[name][0](value)


def why_invalid(name: str, value: Any) -> str:
    """Why it may not, as one sentence."""
    return f"{name} is {_FITS[name][1]}, not {shorten(repr(value), 80)}."


def read_fields(value: Any, held: Fields) -> Fields:
    """The fields that a page sent; ``held`` are the kernel's own. Raises InvalidRequest.

    JSON in a browser does not tell 1 from 1.0: further input fields that are equal stay as held.
    """
    if not isinstance(value, Mapping):
        raise InvalidRequest("the form's fields did not arrive.", advice="Reload the page.")
    for name in NAMES:
        if not is_valid(name, value.get(name)):
            raise InvalidRequest(why_invalid(name, value.get(name)))
    found = Fields(**{name: value[name] for name in NAMES})
    return replace(found, extra=held.extra) if found.extra == held.extra else found


_HARMLESS: Mapping[str, Any] = {
    "prompt": "a boat",
    "duration": 4,
    "extra": {},
    "model": "sora-2",
    "image": "",
}


def field_at_fault(asked: Fields) -> str | None:
    """The field without which the request would not be refused as it is; None where no single
    one is to blame."""
    said = _refusal(asked)
    for name, good in _HARMLESS.items():
        if said is not None and _refusal(replace(asked, **{name: good})) != said:
            return name
    return None


def _refusal(asked: Fields) -> str | None:
    try:
        asked.request()
    except InvalidRequest as error:
        return error.message
    return None
