"""Where a prompt ends and its options begin: ``scan(text)`` cuts the options out. Pure."""

from __future__ import annotations

import difflib
import json
import re
from typing import NamedTuple, NoReturn

from sora_nb.magic.options import FLAGS, LATER_OPTIONS, Option


class LineError(ValueError):
    """The line cannot be understood. One short line; nothing was sent."""


class Scan(NamedTuple):
    """A line taken apart. ``literal``: the prompt was marked as one, by quotes or ``--``."""

    prompt: str
    literal: bool
    options: list[tuple[Option, str, str]]
    """(the option, the flag as typed, its value as typed or "")."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


JSON = json.JSONDecoder(parse_constant=_no_constant)


_QUOTES = {'"': '"', "'": "'", "“": "”"}
_OPTION = re.compile(r"--?[A-Za-z]")
_SHORT_NUMBER = re.compile(r"(-[A-Za-z])(\d+)")
_WORD = re.compile(r"\S+")


def scan(text: str, *, unquote: bool = True) -> Scan:
    """Cut the options out of ``text``; what is left, in order, is the prompt.

    ``unquote``: a prompt that is one quotation loses its quotes. Raises LineError.
    """
    pieces: list[str] = []
    options: list[tuple[Option, str, str]] = []
    start = position = 0
    while word := _WORD.search(text, position):
        nothing_yet = not text[start : word.start()].strip() and not pieces
        if word.group() == "--":
            after = text[word.end() :].strip()
            if nothing_yet:
                return Scan(unquoted(after), True, options)
            return Scan(_joined([*pieces, text[start : word.start()], after]), False, options)
        if unquote and nothing_yet and (whole := _quoted_whole(text, word.start())):
            return Scan(whole.prompt, True, [*options, *whole.options])
        if end := _end_of_quotation(text, word.start()):
            position = end
        elif _OPTION.match(word.group()):
            if before := text[start : word.start()].strip():
                pieces.append(before)
            option, flag, value, position = _read_option(text, word)
            options.append((option, flag, value))
            start = position
        else:
            position = word.end()
    return Scan(_joined([*pieces, text[start:]]), False, options)


def _joined(pieces: list[str]) -> str:
    return " ".join(piece.strip() for piece in pieces if piece.strip())


def _quoted_whole(text: str, start: int) -> Scan | None:
    """The prompt, if a quotation from ``start`` on is all of it and only options follow."""
    opening = text[start]
    if (closing := _QUOTES.get(opening)) is None:
        return None
    for found in reversed(list(re.finditer(rf"{closing}(?=\s|$)", text[start + 1 :]))):
        inner = text[start + 1 : start + 1 + found.start()]
        if re.search(rf"(?:^|\s){opening}\S", inner):
            continue  # another quotation begins inside: "one" and "two"
        after = text[start + 1 + found.end() :].lstrip()
        if after and not _OPTION.match(after):
            continue
        rest = scan(after, unquote=False)
        if not rest.prompt:
            return Scan(inner, True, rest.options)
    return None


def _end_of_quotation(text: str, start: int) -> int | None:
    """Where a double-quoted passage of the prompt ends: what it holds is never an option."""
    found = re.compile(r'"\S(?:.*?\S)?"(?=[\s.,;:!?)]|$)|“[^”]*”', re.DOTALL).match(text, start)
    return found.end() if found else None


def unquoted(text: str) -> str:
    quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if quoted and not re.search(rf"\s{text[0]}\S", text[1:-1]) else text


def _read_option(text: str, word: re.Match[str]) -> tuple[Option, str, str, int]:
    """(option, flag, value, where it ends) of the option that starts at ``word``."""
    if (short := _SHORT_NUMBER.fullmatch(word.group())) and short[1] in FLAGS:
        option, flag, position = FLAGS[short[1]], short[1], word.start() + 2
    else:
        flag, equals, _ = word.group().partition("=")
        if flag in LATER_OPTIONS:
            raise LineError(f"{flag} is not in this version.")
        if flag not in FLAGS:
            _unknown_option(flag)
        option, position = FLAGS[flag], word.start() + len(flag)
        if option.metavar is None:
            if equals:
                raise LineError(f"{flag} takes no value.")
            return option, flag, "", position
        position = position + 1 if equals else _skip_blanks(text, position)
    found = _WORD.match(text, position)
    if found is None or found.group() == "--" or _OPTION.match(found.group()):
        raise LineError(f"{flag} needs a value: {flag} {option.metavar}")
    end = _end_of_value(text, position, option)
    return option, flag, text[position:end], end


def _skip_blanks(text: str, position: int) -> int:
    found = re.compile(r"\s*").match(text, position)
    return found.end() if found else position


def _end_of_value(text: str, position: int, option: Option) -> int:
    if closing := _QUOTES.get(text[position]):
        if found := re.compile(rf".[^{closing}]*{closing}(?=\s|$)").match(text, position):
            return found.end()
    elif option.type is dict and (equals := re.compile(r"[^\s=]+=").match(text, position)):
        # JSON says itself where it ends, so that it may hold blanks.
        try:
            end = JSON.raw_decode(text, equals.end())[1]
        except (ValueError, RecursionError):
            end = len(text) + 1
        if end == len(text) or text[end : end + 1].isspace():
            return end
    found = _WORD.match(text, position)
    return found.end() if found else position


def _unknown_option(flag: str) -> NoReturn:
    known = {name.lstrip("-"): name for name in (*FLAGS, *LATER_OPTIONS)}
    found = difflib.get_close_matches(flag.lstrip("-").lower(), known, 1, 0.6)
    near = [known[name] for name in found]
    hint = f" Did you mean {near[0]}?" if near else " %sora help lists the options."
    raise LineError(f"unknown option {flag}.{hint} (Text that starts with a dash goes after --)")
