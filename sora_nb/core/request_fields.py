"""The fields of a request for a film: one table, from which everything that lists them is made.

A request is what a person asks for: a prompt and how its film is to be made. A new field is a line
here, one in ``core.task.VideoRequest``, one in ``service/wire.py`` (the service's own word for it)
and one in the signatures of ``Client``; tests compare those with the table. Imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

Role = Literal["prompt", "setting", "take", "asking"]
"""``setting``: how the film is made; a sweep multiplies its lists out. ``take``: which film of the
same request. ``asking``: said when films are asked for, and no part of a request."""


class RequestField(NamedTuple):
    """``default`` None: nothing is chosen. ``most`` (of the number; for texts, characters) bounds
    what a form holds, far above what a model takes."""

    name: str
    type: type
    default: Any
    role: Role
    help: str
    unit: str = ""
    most: int = 2**31 - 1

    @property
    def blank(self) -> Any:
        """The default where nothing may be None: nothing chosen is the empty value of the type."""
        return self.type() if self.default is None else self.default


Table = Sequence[RequestField]

REQUEST_FIELDS: tuple[RequestField, ...] = (
    RequestField("prompt", str, None, "prompt", "what the film shows", most=100_000),
    RequestField("duration", int, 4, "setting", "how long the film is", "seconds", most=3600),
    RequestField("aspect_ratio", str, "landscape", "setting", "frame"),
    RequestField("image", str, None, "setting", "start from the picture at this public URL",
                 most=4000),
    RequestField("model", str, "sora-2", "setting", "the id of a model", most=100),
    RequestField("remove_watermark", bool, True, "setting", "take the service's watermark out"),
    RequestField("take", int, 1, "take", "which of several films of the same request"),
    RequestField("takes", int, 1, "asking", "so many takes of the same prompt; each is paid",
                 most=9),
    RequestField("new", bool, False, "asking", "pay again although this film already exists"),
    RequestField("extra", dict, None, "setting", "an extra input field for the model; repeatable",
                 most=20_000),
)  # fmt: skip


def in_request(table: Table = REQUEST_FIELDS) -> list[RequestField]:
    """Those that a request has itself, in its own order."""
    return [field for field in table if field.role != "asking"]


def film_settings(table: Table = REQUEST_FIELDS) -> list[RequestField]:
    """Those that say how a film is made, beside its prompt."""
    return [field for field in table if field.role == "setting"]


def in_form(table: Table = REQUEST_FIELDS) -> list[RequestField]:
    """Those of a form: it counts takes and does not name one."""
    return [field for field in table if field.role != "take"]


def in_columns(table: Table = REQUEST_FIELDS) -> list[RequestField]:
    """Those that a column of a sweep's table may give: prompt, settings, and which takes."""
    counts = [field for field in table if field.name in ("take", "takes")]
    return [*(field for field in table if field.role == "prompt"), *film_settings(table), *counts]
