"""Which column of a table gives which setting. Pure.

A column that is nearly named as a setting is refused: as a label it would change no film, and each
row would be paid for without it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.planning.cells import SETTINGS
from sora_nb.planning.template import check_places, places_of

_ALIASES: Mapping[str, str] = {
    "aspect": "aspect_ratio",
    "landscape": "aspect_ratio",
    "portrait": "aspect_ratio",
    "duration_s": "duration",
    "duration_sec": "duration",
    "duration_seconds": "duration",
    "image_url": "image",
    "image_urls": "image",
    "input": "extra",
    "keep_watermark": "remove_watermark",
    "watermark": "remove_watermark",
}
"""Other names of the settings: options of %sora, fields of the service, units."""

_SAID_OTHERWISE: Mapping[str, str] = {
    "landscape": "a column aspect_ratio with landscape or portrait",
    "portrait": "a column aspect_ratio with landscape or portrait",
    "keep_watermark": "a column remove_watermark with true or false",
    "watermark": "a column remove_watermark with true or false",
}
"""Those whose cells are no values of the setting: renamed they would say the wrong thing."""

_NEAR = 0.8
"""From this likeness on a name is a slip: 'durations', 'promt', 'modle'; 'mood' and 'tape' are
words of their own."""


def settings_of_columns(
    names: Sequence[str], columns: Mapping[str, str | None], template: str | None
) -> dict[str, str]:
    """The setting that each column gives, by the column's name; the others are labels.

    ``columns`` says what a column of another name is (None: a label). With a ``template`` none of
    them is the prompt. Raises InvalidRequest.
    """
    _check_columns(names, columns)
    possible, places = SETTINGS, frozenset[str]()
    if template is not None:
        check_places(template, names)
        possible = tuple(setting for setting in SETTINGS if setting != "prompt")
        places = places_of(template)
    found = {name: columns.get(name, name) for name in names}
    given = {name: setting for name, setting in found.items() if setting in possible}
    labels = [name for name in names if name not in given and name not in columns]
    _refuse_near_misses(labels, possible, set(given.values()), places)
    wanted = list(given.values())
    twice = next((setting for setting in wanted if wanted.count(setting) > 1), None)
    if twice is not None:
        raise InvalidRequest(f"two columns give the setting {twice!r}.", advice="Rename one.")
    if template is None and "prompt" not in wanted:
        raise InvalidRequest(
            "the table has no column 'prompt'.",
            advice=f"Say which one it is: columns={{{(*names, 'text')[0]!r}: 'prompt'}}. "
            f"Its columns are {shorten(', '.join(names), 200)}.",
        )
    return given


def _check_columns(names: Sequence[str], columns: Mapping[str, str | None]) -> None:
    for name, setting in columns.items():
        if setting is not None and setting not in SETTINGS:
            raise InvalidRequest(
                f"columns maps {name!r} to {setting!r}, which is no setting.",
                advice=f"The settings are {', '.join(SETTINGS)}; None makes a label of it.",
            )
        if name not in names:
            raise InvalidRequest(
                f"the table has no column {name!r}.",
                advice=f"Its columns are {shorten(', '.join(names), 300)}.",
            )


def _refuse_near_misses(
    labels: Iterable[str], possible: Sequence[str], given: set[str], places: frozenset[str]
) -> None:
    """``given``: the possible settings that another column gives. What a template uses (``places``)
    is a word of its own, unless it is a setting but for its capitals and blanks."""
    near: dict[str, str] = {}
    for name in labels:
        word = _spelt(name)
        if word in possible:
            near[name] = word
        elif name not in places:
            setting = _nearest(word, possible)
            if setting is not None and setting not in given:
                near[name] = setting
    if not near:
        return
    hints = []
    if renamed := {name: s for name, s in near.items() if _spelt(name) not in _SAID_OTHERWISE}:
        hints.append(f"Did you mean columns={renamed}? (Or rename them.)")
    otherwise = (_SAID_OTHERWISE.get(_spelt(name)) for name in near)
    hints += [f"Give {words}." for words in dict.fromkeys(otherwise) if words]
    names = " or ".join(map(repr, near))
    raise InvalidRequest(
        f"no setting is named {shorten(names, 200)}, and as a label a column changes no film. "
        "Nothing was sent.",
        advice=f"{' '.join(hints)} To keep it as a label: columns={{{next(iter(near))!r}: None}}.",
    )


def _spelt(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def _nearest(word: str, possible: Sequence[str]) -> str | None:
    if word in _ALIASES:
        return _ALIASES[word]
    # With one more word it is another thing: prompt_id, model_name.
    comparable = [setting for setting in possible if setting.count("_") >= word.count("_")]
    return next(iter(difflib.get_close_matches(word, comparable, 1, _NEAR)), None)
