"""What only the page can find out: whether it plays films, and which road reaches it.

Its view is ``js/src/doctor/doctor.ts``. The page's findings come back and take the view's place as
plain text, which outlives kernel and page.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sora_nb.core.errors import shorten
from sora_nb.display.host import paths
from sora_nb.display.host.host import Host
from sora_nb.display.kit.cell import WIDGET, Bundle, new_display_id, publish
from sora_nb.display.kit.feed import Feed

MARKS = ("ok", "look", "bad")
MOST = 10
"""Findings that a page may have."""

WAITING = "The page's own findings stand here as soon as it has answered."

Json = dict[str, Any]
Draw = Callable[[Json], str]
"""A finding (``name``, ``mark``, ``words``, ``fix``) as text."""


def show_browser_check(media: Path, host: Host, draw: Draw) -> None:
    """Ask the page of the running cell. ``media`` is where films are; ``draw`` writes findings."""
    from sora_nb.display.kit.widget import LiveWidget

    feed = Feed("findings", by="name")
    feed.replace(question(media, paths.server_root_of_kernel() if host.gives_files else None), [])
    widget = LiveWidget(feed, time.time)
    display_id = new_display_id()

    def answer(command: Json) -> None:
        if command["kind"] == "ping":
            widget.send({"kind": "pong"})
        elif command["kind"] == "findings" and (found := read(command.get("findings"))):
            publish(_bundle("\n".join(draw(one) for one in found)), display_id, update=True)

    widget.on_command(answer)
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    publish({**_bundle(WAITING), WIDGET: view}, display_id, update=False)


def question(media: Path, root: Path | None) -> Json:
    """What the page is asked: with a film of this disk, if there is one that it should reach."""
    films = sorted(media.glob("*.mp4"), key=lambda path: path.stat().st_mtime)
    below = paths.below(films[-1], root) if films else None
    file = {"path": below, "size": films[-1].stat().st_size} if below else None
    return {"version": 1, "view": "doctor", "file": file}


def read(answer: object) -> list[Json]:
    """A page's findings as far as they are such: it may be anybody's."""
    found = []
    for one in answer[:MOST] if isinstance(answer, list) else []:
        if not isinstance(one, dict) or one.get("mark") not in MARKS:
            continue
        name, words, fix = (one.get(field) for field in ("name", "words", "fix"))
        if isinstance(name, str) and isinstance(words, str) and isinstance(fix, str | None):
            found.append(
                {
                    "name": _line(name, 20),
                    "mark": one["mark"],
                    "words": _line(words, 300),
                    "fix": _line(fix, 300) if fix else None,
                }
            )
    return found


def _line(text: str, limit: int) -> str:
    return "".join(c for c in shorten(" ".join(text.split()), limit) if c.isprintable())


def _bundle(text: str) -> Bundle:
    return {"text/plain": text}
