"""Pure: a task as lines for a terminal, where no widget can be drawn."""

from __future__ import annotations

from pathlib import Path

from sora_nb.core.advice import advise, commands
from sora_nb.core.errors import shorten
from sora_nb.core.task import UNFINISHED, State, TaskRecord
from sora_nb.display.card.facts import facts

PROMPT_SHOWN = 80

_COLOURS = {State.READY: "32", State.FAILED: "31", State.UNSURE: "33", State.STOPPED: "33"}
_BLUE = "34"


def terminal_text(
    record: TaskRecord,
    *,
    styled: bool,
    shown_path: str | None = None,
    reused: bool = False,
    hint: bool = True,
) -> str:
    """What is so, in one line; below it the film's path, or what to do now.

    ``hint``: a task on its way says how to look at it again.
    ``styled``: with colours and, for the path, a link that terminals open (OSC 8). Control
    characters of prompts and of the service's words are left out, so that none acts here.
    """
    state = record.state.value
    if styled:
        state = f"\x1b[1;{_COLOURS.get(record.state, _BLUE)}m{state}\x1b[0m"
    words = [record.key, state, *facts(record)]
    if record.simulated:
        words.append("simulator")
    if reused:
        words.append("reused, no charge")
    words.append(_plain(shorten(" ".join(record.request.prompt.split()), PROMPT_SHOWN)))
    lines = [" · ".join(words)]
    if record.film is not None:
        path = _plain(shown_path or record.film.path)
        if styled:
            path = f"\x1b]8;;{Path(record.film.path).as_uri()}\x1b\\{path}\x1b]8;;\x1b\\"
        size = f"{record.film.size / 1e6:.1f} MB"
        lines.append(f"  {path} · {size} · sha256 {record.film.sha256[:12]}")
    elif record.failure is not None:
        advice = advise(record.failure)
        said = _plain(shorten(" ".join(record.failure.message.split()), 200))
        lines.append(f"  {advice.title}: {said}")
        lines += [f"  {line}" for line in (advice.text, *commands(record))]
    elif record.state in UNFINISHED:
        if hint:
            lines.append(f"  goes on by itself; %sora show {record.key} looks again")
    else:
        lines += [f"  {line}" for line in commands(record)]
    return "\n".join(lines)


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable())
