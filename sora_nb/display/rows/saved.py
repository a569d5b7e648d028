"""What a notebook keeps of a gallery: plain HTML with the first films, a table of all other rows.

The same rules as for one task hold (card/saved.py): escaped, no script, no style sheet, a
``<video>`` with its own ``src``. Its size is bounded, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from sora_nb.core.errors import SoraError, shorten
from sora_nb.core.task import Film
from sora_nb.display.host.host import Host
from sora_nb.display.kit.cell import SavedPage
from sora_nb.display.kit.html import CLASS, data_src
from sora_nb.display.player.film_source import film_source_of
from sora_nb.display.rows.snapshot import INVALID, PLANNED, row_facts
from sora_nb.display.rows.source import Source
from sora_nb.handles.sweep_rows import SweepRow, progress_of
from sora_nb.handles.sweep_table import error_of_row, text_of

FILMS = 24
"""Films that are shown with a picture and can be played."""

POSTER = 9_000
"""Bytes of one of their pictures: 24 of them are 290 kB as text."""

LINES = 300
"""Rows of the table."""

PROMPT = 120

_QUIET = "font-size:90%;opacity:0.8"
_CELL = "text-align:left;padding:2px 10px 2px 0"


class _Place(NamedTuple):
    """Where the page stands, which finds films."""

    source: Source
    root: Path | None
    host: Host


def gallery_page(source: Source, root: Path | None, host: Host) -> SavedPage:
    """The page of rows that rest. Reads films for their pictures: not for the event loop."""
    picked = {task.key for task in source.picked}
    here = _Place(source, root, host)
    films = [row for row in source.rows if row.task and row.task.record.film and not row.lost]
    films.sort(key=lambda row: row.task is None or row.task.key not in picked)
    shown, plays, seen = [], True, set[str]()
    for row in films:
        assert row.task is not None
        if row.task.key in seen or len(seen) == FILMS:
            continue
        seen.add(row.task.key)
        page, found = _film(row, here, row.task.key in picked)
        shown.append(page)
        plays = plays and found
    others = [row for row in source.rows if row.task is None or row.task.key not in seen]
    body = "".join(shown)
    grid = f'<div style="display:flex;flex-wrap:wrap;gap:14px">{body}</div>' if shown else ""
    html = f"{_head(source)}{grid}{_table(others, here)}"
    return SavedPage(_bundle(source, html), plays)


def on_its_way(source: Source) -> dict[str, str]:
    """What stands behind a live gallery, for places that cannot draw it."""
    words = "Saved while films were on their way. <code>%sora resume</code> takes them up again."
    return _bundle(source, f'{_head(source)}<p style="margin:4px 0">{words}</p>')


def _bundle(source: Source, html: str) -> dict[str, str]:
    style = "max-width:1000px;margin:2px 0 8px"
    page = f'<div class="{CLASS}" style="{style}">{html}</div>'
    return {"text/html": page, "text/plain": text_of(source.rows, progress_of(source.rows))}


def _head(source: Source) -> str:
    counts: Mapping[str, int] = progress_of(source.rows)
    words = ", ".join(f"{count} {state}" for state, count in counts.items())
    films = "1 film" if len(source.rows) == 1 else f"{len(source.rows)} films"
    simulated = any(row.task.record.simulated for row in source.rows if row.task is not None)
    badge = " · Simulator, no charge" if simulated else ""
    note = "" if source.note is None else f"<br>{escape(source.note)}"
    return f'<p style="margin:4px 0"><strong>{films}</strong>: {escape(words)}{badge}{note}</p>'


def _film(row: SweepRow, here: _Place, picked: bool) -> tuple[str, bool]:
    assert row.task is not None
    record = row.task.record
    source = film_source_of(record, here.source.client, here.root)
    assert source is not None
    film = source.film
    src, found = source.link(here.host)
    poster = _poster(film)
    picture = "" if poster is None else f' poster="{data_src("image/jpeg", poster)}"'
    upright = film.height > film.width
    size = f'width="{124 if upright else 220}" style="max-width:100%;border-radius:6px"'
    if src is not None:
        video = f'<video controls playsinline preload="none" src="{escape(src)}"{picture} {size}>'
        shown = f"{video}</video>"
    elif poster is not None:
        data = data_src("image/jpeg", poster)
        shown = f'<img src="{data}" alt="A frame of the film" {size}>'
    else:
        shown = ""
    facts = " · ".join(["picked"] * picked + [row_facts(record.request), record.key])
    prompt = escape(_prompt(row))
    return (
        f'<div style="width:220px">{shown}<br><strong dir="auto">{prompt}</strong><br>'
        f'<span style="{_QUIET}">{escape(facts)}<br>'
        f"<code>{escape(source.shown)}</code></span></div>"
    ), found


def _table(rows: Sequence[SweepRow], here: _Place) -> str:
    if not rows:
        return ""
    names = ("row", "state", "prompt", "settings", "film or error")
    head = "".join(f'<th style="{_CELL}">{name}</th>' for name in names)
    body = "".join(f"<tr>{_cells(row, here)}</tr>" for row in rows[:LINES])
    more = len(rows) - LINES
    rest = f'<p style="{_QUIET}">… and {more} more rows.</p>' if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _cells(row: SweepRow, here: _Place) -> str:
    facts = "" if row.request is None else row_facts(row.request)
    cells = [escape(text) for text in (str(row.row), _state(row), _prompt(row), facts)]
    cells.append(_end(row, here))
    return "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)


def _end(row: SweepRow, here: _Place) -> str:
    """A link to the film, or why there is none."""
    record = row.task.record if row.task is not None else None
    source = film_source_of(record, here.source.client, here.root) if record is not None else None
    if source is None or row.lost:
        return escape(shorten(error_of_row(row), PROMPT))
    name = escape(source.path.name)
    src, _ = source.link(here.host)
    return name if src is None else f'<a href="{escape(src)}">{name}</a>'


def _state(row: SweepRow) -> str:
    if row.task is not None:
        return row.task.record.state.value
    return INVALID if row.request is None else PLANNED


def _prompt(row: SweepRow) -> str:
    given = row.request.prompt if row.request is not None else row.given.get("prompt")
    return shorten(" ".join(str(given or "")[: 2 * PROMPT].split()), PROMPT)


def _poster(film: Film) -> bytes | None:
    from sora_nb.storage.films import decode as films

    try:
        return films.poster(Path(film.path), limit=POSTER)
    except (OSError, SoraError, ValueError):
        return None
