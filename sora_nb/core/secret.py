"""A string that shows itself nowhere: the API key."""

from __future__ import annotations

from typing import Any


class Secret:
    """A key that shows itself nowhere: ``reveal()`` is for the Authorization header alone."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(set)"

    def __reduce__(self) -> Any:
        raise TypeError("a key is not pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)
