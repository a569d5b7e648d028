"""Pure: the fields of the Studio's form, what each may hold, and the requests that they make.

A field holds whatever has its type and is not absurd: model and duration may be set in any order,
so what does not go together is said beside the field, and refused when films are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from sora_nb.catalog.models import ASPECT_RATIOS
from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.request_fields import REQUEST_FIELDS, RequestField, Table, film_settings, in_form
from sora_nb.core.task import VideoRequest
from sora_nb.planning.request import make_request


def defaults_of(table: Table = REQUEST_FIELDS) -> dict[str, Any]:
    """What an untouched form holds, by the names of its fields."""
    return {field.name: field.blank for field in in_form(table)}


NAMES = tuple(defaults_of())
MOST_TAKES = next(field.most for field in REQUEST_FIELDS if field.name == "takes")


class Fields(SimpleNamespace):
    """What the form holds, as attributes; those not given have their defaults.

    Nothing chosen is the empty value of a field's type: no picture is ``""``.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**{**defaults_of(), **given})

    def but(self, **changes: Any) -> Fields:
        """The same with other values of some fields."""
        return Fields(**{**vars(self), **changes})

    def settings(self) -> dict[str, Any]:
        """The arguments of ``generate`` beside ``prompt``, ``take`` and ``new``."""
        return settings_of(vars(self))

    def request(self, take: int = 1) -> VideoRequest:
        """The checked request of one take. Raises InvalidRequest."""
        return make_request(prompt=self.prompt, take=take, **self.settings())


def settings_of(held: Mapping[str, Any], table: Table = REQUEST_FIELDS) -> dict[str, Any]:
    """How the film is to be made, as Python says it: what is empty is None where it may be."""
    return {
        field.name: (held[field.name] or None) if field.default is None else held[field.name]
        for field in film_settings(table)
    }


def _text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    def is_valid(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return is_valid


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


def _json(most: int) -> Callable[[Any], bool]:
    return lambda value: _is_json(value, most)


def _is_json(value: Any, most: int) -> bool:
    if not (isinstance(value, dict) and all(isinstance(name, str) for name in value)):
        return False
    try:
        return len(json.dumps(value, allow_nan=False)) <= most
    except (TypeError, ValueError, RecursionError):
        return False


Check = tuple[Callable[[Any], bool], str]
"""Whether a field may hold a value, and in words what it holds."""

_WORDS: Mapping[str, str] = {
    "image": 'a URL of at most {most} characters, or ""',
    "model": "the id of a model",
}


def check_of(field: RequestField) -> Check:
    """What fits the field's type, and is not absurd."""
    if field.name == "aspect_ratio":
        return (lambda value: value in ASPECT_RATIOS), " or ".join(ASPECT_RATIOS)
    if field.type is str:
        words = _WORDS.get(field.name, "a text of at most {most} characters")
        return _text(field.most), words.format(most=field.most)
    if field.type is int:
        least = 0 if field.default is None else 1
        unit = f" of {field.unit}" if field.unit else ""
        return _whole(least, field.most), f"a whole number{unit} from {least} to {field.most}"
    if field.type is bool:
        return _switch, "True or False"
    words = f"a dict of JSON values, at most {field.most} characters as JSON"
    return _json(field.most), words


_CHECKS: Mapping[str, Check] = {field.name: check_of(field) for field in in_form()}


def is_valid(name: str, value: Any) -> bool:
    """Whether the field ``name`` may hold ``value``."""
    return name in _CHECKS and isinstance(value, str | int | dict) and _CHECKS[name][0](value)


def why_invalid(name: str, value: Any) -> str:
    """Why it may not, as one sentence."""
    return f"{name} is {_CHECKS[name][1]}, not {shorten(repr(value), 80)}."


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
    return found.but(extra=held.extra) if found.extra == held.extra else found


_HARMLESS: Mapping[str, Any] = {
    name: "a boat" if name == "prompt" else defaults_of()[name]
    for name in ("prompt", "duration", "extra", "model", "image")
}
"""In this order they are tried: what is wrong with a further field is not its model's fault."""


def field_at_fault(asked: Fields) -> str | None:
    """The field without which the request would not be refused as it is; None where no single
    one is to blame."""
    said = _refusal(asked)
    for name, good in _HARMLESS.items():
        if said is not None and _refusal(asked.but(**{name: good})) != said:
            return name
    return None


def _refusal(asked: Fields) -> str | None:
    try:
        asked.request()
    except InvalidRequest as error:
        return error.message
    return None
