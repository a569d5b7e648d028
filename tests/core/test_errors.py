"""Everything that is raised: one tree, few lines, what to do now."""

from __future__ import annotations

import inspect
import re

import pytest

from sora_nb.core import errors
from sora_nb.core.errors import (
    MAX_LINES,
    InvalidRequest,
    RateLimited,
    ServiceError,
    SoraError,
    TaskFailed,
    WaitTimeout,
    shorten,
)

ALL: dict[str, type[SoraError]] = {
    name: cls
    for name, cls in vars(errors).items()
    if inspect.isclass(cls) and issubclass(cls, SoraError)
}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn: list[tuple[int, str]] = [
        (len(line) - len(line.lstrip("├└│─ ")), words[0])
        for line in (errors.__doc__ or "").splitlines()[2:]
        if (words := re.findall(r"[A-Z]\w+", line))
    ]
    stack: list[tuple[int, str]] = []
    parents: dict[str, str | None] = {}
    for depth, name in drawn:
        while stack and stack[-1][0] >= depth:
            stack.pop()
        parents[name] = stack[-1][1] if stack else None
        stack.append((depth, name))
    assert parents == {
        name: None if cls is SoraError else cls.__bases__[0].__name__ for name, cls in ALL.items()
    }


@pytest.mark.parametrize("cls", ALL.values(), ids=ALL)
def test_every_error_shows_its_message_and_advice_in_at_most_eight_lines(
    cls: type[SoraError],
) -> None:
    error = cls("task k7f3qa: it went wrong", advice="one\ntwo", task="k7f3qa")
    assert (str(error), error.message) == ("task k7f3qa: it went wrong",) * 2
    assert (error.advice, error.task) == ("one\ntwo", "k7f3qa")
    name = cls.__name__
    assert error._render_traceback_() == [f"{name}: task k7f3qa: it went wrong", "one", "two"]
    long = cls("a\n" * 50, advice="b\n" * 3)._render_traceback_()
    assert len(long) == MAX_LINES
    assert long[-3:] == ["b"] * 3, "what to do is always seen"
    assert len(cls("a", advice="b\n" * 50)._render_traceback_()) <= MAX_LINES


def test_errors_are_also_what_a_person_would_catch() -> None:
    assert issubclass(InvalidRequest, ValueError)
    assert issubclass(WaitTimeout, TimeoutError)


def test_errors_carry_what_their_kind_promises() -> None:
    assert RateLimited("x", retry_after=3.0).retry_after == 3.0
    assert TaskFailed("x", code="NSFW_DETECTED").code == "NSFW_DETECTED"
    error = ServiceError("x", status=503, body="y" * 5000)
    assert (error.status, len(error.body)) == (503, errors.MAX_BODY)


def test_shortening_keeps_to_the_limit() -> None:
    assert shorten("boat", 4) == "boat"
    assert shorten("boats", 4) == "boa…"
    assert len(shorten("🚤" * 100, 10)) == 10
