"""The `{code, message, data}` envelope that every API reply wears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer before it is written: a status, a JSON value and extra headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that the service does not accept; `reply` is what it answers."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = refusal(status, message)


def success(data: Any) -> Reply:
    return Reply(200, {"code": 200, "message": "success", "data": data})


def refusal(status: int, message: str) -> Reply:
    return Reply(status, {"code": status, "message": message, "data": None})
