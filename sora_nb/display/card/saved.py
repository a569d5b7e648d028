"""Pure: an ended task → the plain HTML that outlives kernel and page.

It must survive JupyterLab's sanitizer in an untrusted notebook: no style sheet, no script, and a
``<video>`` with its own ``src`` (a nested ``<source>`` is stripped there).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sora_nb.core.advice import advise, after_stop, commands
from sora_nb.core.task import Film, State, TaskRecord
from sora_nb.display.card.facts import facts
from sora_nb.display.kit.html import CLASS, data_src

SILENT = "No sound in VS Code: it plays H.264 but no AAC."
"""The same words as in ``js/src/player/film_facts.ts``."""


_BOX = "max-width:640px;margin:2px 0 8px"
_SMALL = "font-size:90%;opacity:0.8;margin:4px 0;overflow-wrap:anywhere"
_FRAME = "max-width:100%;max-height:420px;border-radius:6px;background:#000"


def ended(
    record: TaskRecord,
    *,
    src: str | None = None,
    poster: bytes | None = None,
    shown_path: str | None = None,
    reused: bool = False,
    silent: bool = False,
) -> str:
    """The saved output of a task that rests. ``src`` is where the page finds the film's bytes;
    ``silent``: this host plays films without their sound."""
    parts = [
        f'<p style="margin:4px 0"><strong dir="auto">{escape(record.request.prompt)}</strong></p>'
    ]
    if record.film is not None:
        parts.insert(0, _film(record.film, src, poster))
        parts.append(_line(_about(record, reused)))
        path = shown_path or record.film.path
        facts_of_film = (
            f"{path} · {record.film.size / 1e6:.1f} MB · sha256 {record.film.sha256[:12]}"
        )
        parts.append(f'<p style="{_SMALL}"><code>{escape(facts_of_film)}</code></p>')
        if src is None:
            hint = f"This page does not reach the film's file. Played by: %sora show {record.key}"
            parts.append(_line(hint))
        elif silent:
            parts.append(_line(SILENT))
    else:
        parts.append(_line(_about(record, reused)))
        parts.append(_resting(record))
        if record.task_id is not None:
            named = f"task id <code>{escape(record.task_id)}</code>"
            parts.append(f'<p style="{_SMALL}">{named}</p>')
    return f'<div class="{CLASS}" style="{_BOX}">{"".join(parts)}</div>'


def _film(film: Film, src: str | None, poster: bytes | None) -> str:
    picture = data_src("image/jpeg", poster) if poster else None
    if src is not None:
        shown = f' poster="{picture}"' if picture else ""
        return (
            f'<video controls playsinline preload="metadata" src="{escape(src)}"{shown} '
            f'width="{_width(film)}" style="{_FRAME}"></video>'
        )
    if picture is None:
        return ""
    return (
        f'<img src="{picture}" alt="A frame of the film" width="{_width(film)}" style="{_FRAME}">'
    )


def _width(film: Film) -> int:
    """As wide as the panel's player: 640 pixels, less for an upright frame of 420 pixels height."""
    return min(640, round(420 * film.width / film.height)) if film.height else 640


def _about(record: TaskRecord, reused: bool) -> str:
    words = [*facts(record), record.key]
    if record.simulated:
        words.insert(0, "Simulator")
    if reused:
        words.append("reused, no charge")
    return " · ".join(words)


def _resting(record: TaskRecord) -> str:
    hint = "".join(f"<br><code>{escape(command)}</code>" for command in commands(record))
    if record.state is State.STOPPED:
        return f'<p style="margin:4px 0">Stopped. {escape(after_stop(record))}{hint}</p>'
    if record.failure is None:
        return f'<p style="margin:4px 0">{escape(record.state.value)}{hint}</p>'
    advice = advise(record.failure)
    code = f" ({escape(record.failure.code)})" if record.failure.code else ""
    theirs = record.failure.kind in ("refused", "failed")
    who = "The service's words" if theirs else "What is known"
    return (
        f'<p style="margin:4px 0"><strong>{escape(advice.title)}</strong>{code}. '
        f"{escape(advice.text)}{hint}</p>"
        f"<details><summary>{who}</summary>{escape(record.failure.message)}</details>"
    )


def on_its_way(record: TaskRecord) -> str:
    """What a saved notebook shows where the live panel cannot be drawn."""
    return (
        f'<div class="{CLASS}" style="{_BOX}">'
        f'<p style="margin:4px 0"><strong dir="auto">{escape(record.request.prompt)}</strong></p>'
        f"{_line(_about(record, reused=False))}"
        f'<p style="margin:4px 0">Saved while it was {record.state.value}. '
        "<code>%sora resume</code> takes it up again.</p></div>"
    )


def _line(text: str) -> str:
    return f'<p style="{_SMALL}">{escape(text)}</p>'


def together(pages: Sequence[str]) -> str:
    """Several tasks' pages as one output."""
    return pages[0] if len(pages) == 1 else f"<div>{''.join(pages)}</div>"


def plain_text(record: TaskRecord, shown_path: str | None = None) -> str:
    """The same for a place that shows only text."""
    head = f"sora_nb {record.key} · {record.state.value} · {record.request.prompt}"
    if record.film is not None:
        return f"{head}\n{shown_path or record.film.path} · sha256 {record.film.sha256[:12]}"
    lines = [head]
    if record.failure is not None:
        advice = advise(record.failure)
        lines.append(f"{advice.title}. {advice.text}")
    lines += commands(record)
    if record.task_id is not None and record.finished:
        lines.append(f"task id {record.task_id}")
    return "\n".join(lines)
