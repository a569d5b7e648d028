"""What Tab offers on a line of %sora. Pure: the notebook's names and the keys are arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sora_nb.magic.options import FLAGS, VERBS, Option


class Offer(NamedTuple):
    """``items`` of one ``kind`` that may stand where ``fragment`` is now."""

    fragment: str
    kind: str
    items: tuple[str, ...]


Keys = Callable[[str], Iterable[str]]
"""The keys of the tasks that begin with a prefix."""

_LINE = re.compile(r"\s*(?:[^%=#'\"]*=\s*)?%sora\s+(?P<rest>.*)", re.DOTALL)
_CELL = re.compile(r"%%sora[^\S\n]+(?P<rest>.*)", re.DOTALL)


def complete(text: str, *, keys: Keys, names: Iterable[str]) -> Offer | None:
    """The offer for a cell whose text up to the cursor is ``text``; None: not a line of %sora.

    ``names`` are the notebook's variables.
    """
    line = text.rpartition("\n")[2]
    whole = _CELL.fullmatch(text) if "\n" not in text else None
    found = whole or _LINE.fullmatch(line)
    if found is None or (text.lstrip().startswith("%%") and not whole):
        return None
    rest = found["rest"]
    words = rest.split()
    fragment = "" if not rest or rest[-1].isspace() else words.pop()
    if not whole and words and words[0] in VERBS:
        return _argument(words, fragment, keys)
    if "--" in words:
        return None
    if words and (option := FLAGS.get(words[-1])) and option.metavar is not None:
        return _value(option, fragment, names)
    flag, equals, begun = fragment.partition("=")
    if equals and (option := FLAGS.get(flag)) and option.metavar is not None:
        return _value(option, begun, names)
    if not whole and not words and not fragment.startswith("-"):
        return _starting(fragment, "verb", VERBS)
    if not fragment or fragment.startswith("-"):
        return _starting(fragment, "option", FLAGS)
    return None


def _argument(words: list[str], fragment: str, keys: Keys) -> Offer | None:
    wanted = VERBS[words[0]].args
    given = len(words) - 1
    if given < len(wanted) and wanted[given] == "KEY":
        return _starting(fragment, "task", keys(fragment))
    return None


def _value(option: Option, fragment: str, names: Iterable[str]) -> Offer | None:
    if option.field == "variables":
        fragment = fragment.rpartition(",")[2]
    if option.field in ("variables", "out", "sweep"):
        return _starting(fragment, "variable", sorted(names))
    return _starting(fragment, "value", _choices(option.field))


def _choices(name: str) -> tuple[str, ...]:
    # Here and not above: it brings in msgspec, which %load_ext must not pay for.
    from sora_nb.catalog.models import ASPECT_RATIOS, MODELS

    durations = sorted({seconds for model in MODELS.values() for seconds in model.durations})
    return {
        "duration": tuple(str(seconds) for seconds in durations),
        "aspect_ratio": ASPECT_RATIOS,
        "model": tuple(MODELS),
    }.get(name, ())


def _starting(fragment: str, kind: str, words: Iterable[str]) -> Offer | None:
    items = tuple(word for word in words if word.startswith(fragment))
    return Offer(fragment, kind, items) if items else None
