"""What a person typed after %sora, as a value: ``parse(line, cell)``. Pure, imports nothing heavy.

The prompt is the text as it stands: nothing in it is expanded, escaped or normalised. Options are
cut out of it wherever they stand; the names of options and verbs are those of magic/options.py.
"""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sora_nb.magic.options import FLAGS, OF_A_SWEEP, VERBS, Option
from sora_nb.magic.scanner import JSON, LineError, Scan, scan, unquoted


@dataclass(frozen=True)
class Generate:
    """A prompt and its options. What was not asked for is left out, so that the client decides.

    ``literal``: the person marked the prompt as one (quotes, ``--`` or a cell). ``given`` holds the
    fields of the request that were given, ``variables`` the names that ``--vars`` allows. With
    ``sweep`` (the name of a variable) the prompt is a template for its rows, or empty;
    ``skip_invalid`` and ``concurrency`` are about that sweep.
    """

    prompt: str
    literal: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    out: str | None = None
    wait: bool = False
    takes: int = 1
    variables: tuple[str, ...] = ()
    dry_run: bool = False
    max_cost: float | None = None
    sweep: str | None = None
    skip_invalid: bool = False
    concurrency: int | None = None

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of ``Client.generate`` for what was given, without ``take``."""
        return dict(self.given)


@dataclass(frozen=True)
class Verb:
    """A verb with as many arguments as it takes."""

    name: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class Studio:
    """``%sora`` alone."""


Command = Generate | Verb | Studio


def parse(line: str, cell: str | None = None) -> Command:
    """What ``%sora LINE`` or ``%%sora LINE`` with the body ``cell`` asks for. Raises LineError."""
    text = line.strip()
    first = text.split(maxsplit=1)[0] if text else ""
    if cell is not None:
        return _of_cell(text, first, cell)
    if not text:
        return Studio()
    if first in VERBS:
        return Verb(first, _verb_arguments(first, text[len(first) :].strip()))
    found = scan(text)
    if not found.prompt.strip() and not _is_sweep(found):
        raise LineError("the prompt is missing: describe the film, e.g. %sora a paper boat -d 4")
    if not found.literal:
        _refuse_nearly_a_verb(found.prompt)
    return _generate(found.prompt, found.literal, found.options)


def nearly_a_verb(word: str) -> str | None:
    """The verb that ``word`` is or is probably a misspelling of."""
    bare = word.strip(".,;:!").lower()
    return next(iter(difflib.get_close_matches(bare, VERBS, 1, 0.72)), None)


def substitute(text: str, names: Iterable[str], namespace: Mapping[str, Any]) -> str:
    """``text`` with each ``{NAME}`` of ``names`` replaced by ``str()`` of that variable, once.

    Every other brace stays as it is; nothing is evaluated. Raises LineError for a variable that is
    missing, or that the text does not use.
    """
    values: dict[str, str] = {}
    for name in names:
        if name not in namespace:
            raise LineError(f"--vars {name}: there is no variable {name} in this notebook.")
        if f"{{{name}}}" not in text:
            raise LineError(f"--vars {name}: the prompt has no {{{name}}}.")
        values[name] = str(namespace[name])
    if not values:
        return text
    pattern = "|".join(re.escape(name) for name in values)
    return re.sub(rf"\{{({pattern})\}}", lambda found: values[found[1]], text)


def _of_cell(text: str, first: str, cell: str) -> Generate:
    if first in VERBS:
        raise LineError(f"{first} stands on a line of its own: %sora {first}")
    found = scan(text)
    if found.prompt:
        raise LineError(
            "there is a prompt on the %%sora line and a cell below it: write it all in the cell."
        )
    prompt = re.sub(r"\A(?:[^\S\n]*\n)+|(?:\n[^\S\n]*)+\Z", "", cell)
    if not prompt.strip() and not _is_sweep(found):
        raise LineError("the cell is empty: the text below the %%sora line is the prompt.")
    return _generate(prompt, True, found.options)


def _is_sweep(found: Scan) -> bool:
    """Whether the prompts may come from a table alone."""
    return any(option.field == "sweep" for option, _, _ in found.options)


def _verb_arguments(verb: str, rest: str) -> tuple[str, ...]:
    names = VERBS[verb].args
    # A path may hold blanks, so it takes the rest of the line.
    parts = rest.split(None, len(names) - 1 if "PATH" in names else -1)
    if len(parts) != len(names):
        form = " ".join(("%sora", verb, *names))
        raise LineError(f"the form is {form}. {_quote_it(verb)}")
    return tuple(unquoted(part) for part in parts)


def _quote_it(word: str) -> str:
    return f'A prompt that starts with this word is written in quotes: %sora "{word} …"'


def _refuse_nearly_a_verb(prompt: str) -> None:
    if len(prompt.split()) == 1 and (verb := nearly_a_verb(prompt)):
        raise LineError(f'did you mean %sora {verb}? As a prompt: %sora "{prompt}"')


def _generate(prompt: str, literal: bool, options: list[tuple[Option, str, str]]) -> Generate:
    asked: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for option, flag, raw in options:
        values = asked if option.asks else others
        if option.type is dict:
            name, value = _input(unquoted(raw))
            inputs = values.setdefault(option.field, {})
            if name in inputs:
                raise LineError(f"{flag} {name} is given twice.")
            inputs[name] = value
        elif option.field in values:
            raise LineError(f"{flag}: {' / '.join(_flags_of(option.field))} is given twice.")
        else:
            values[option.field] = value_of(option, flag, unquoted(raw))
    if "sweep" not in others and (alone := OF_A_SWEEP & others.keys()):
        raise LineError(f"{_flags_of(min(alone))[0]} is about a sweep: it needs --sweep VAR.")
    return Generate(prompt, literal, asked, **others)


def _flags_of(name: str) -> list[str]:
    return [flag for flag, option in FLAGS.items() if option.field == name]


def value_of(option: Option, flag: str, raw: str) -> Any:
    """What was typed behind a flag, as the option's type. Raises LineError."""
    if option.metavar is None:
        return option.constant
    if option.type is int:
        if not re.fullmatch(r"[0-9]{1,6}", raw) or int(raw) < 1:
            raise LineError(f"{flag} {raw}: not a whole number from 1 on ({option.metavar}).")
        return int(raw)
    if option.type is float:
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", raw):
            raise LineError(f"{flag} {raw}: not an amount in {option.metavar}, e.g. 2.50")
        return float(raw)
    if option.field in ("out", "sweep"):
        return _identifier(flag, raw)
    if option.field == "variables":
        return tuple(_identifier(flag, name.strip()) for name in raw.split(","))
    return raw


def _identifier(flag: str, name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise LineError(f"{flag} {name}: not the plain name of a variable.")
    return name


def _input(raw: str) -> tuple[str, Any]:
    name, equals, value = raw.partition("=")
    if not name or not equals:
        raise LineError(f"--input {raw}: the form is --input KEY=JSON")
    try:
        return name, JSON.decode(value)
    except (ValueError, RecursionError):
        raise LineError(
            f"--input {name}: {value!r} is not JSON; text is written in double quotes: "
            f'--input {name}="{value}"'
        ) from None
