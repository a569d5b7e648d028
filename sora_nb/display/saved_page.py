"""What a notebook keeps of tasks: plain HTML and plain text, made from their records."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sora_nb.core.errors import SoraError
from sora_nb.core.task import TaskRecord
from sora_nb.display import places, snapshot, static_html

if TYPE_CHECKING:
    from sora_nb.display.handle import Owner, Task

EMBED_LIMIT = 20 << 20
"""Bytes of the largest film that ``embed`` puts into the notebook itself."""

Bundle = dict[str, Any]


class SavedPage(NamedTuple):
    """A MIME bundle, and whether each film in it will be found by the page that shows it."""

    bundle: Bundle
    plays: bool


def saved_page(
    tasks: Sequence[Task], owner: Owner, root: Path | None, *, attended: bool
) -> SavedPage:
    """The page of tasks that rest. Reads films for their posters: not for the event loop.

    ``root`` is the Jupyter server's root; without one and ``attended``, no server is known that
    would give a page the file.
    """
    pages, texts, plays = [], [], True
    for task in tasks:
        record = task.record
        path = _shown_path(record, owner)
        src = _src(record, owner, root, attended=attended)
        plays = plays and (src is not None or record.film is None)
        pages.append(
            static_html.ended(
                record, src=src, poster=_poster(record), shown_path=path, reused=task.reused
            )
        )
        texts.append(static_html.plain_text(record, path))
    return SavedPage(_bundle(static_html.together(pages), texts), plays)


def page_on_its_way(records: Sequence[TaskRecord]) -> Bundle:
    """What stands behind a live panel, for places that cannot draw it."""
    pages = [static_html.on_its_way(record) for record in records]
    return _bundle(static_html.together(pages), [static_html.plain_text(r) for r in records])


def new_display_id() -> str:
    """An id by which an output can be rewritten later."""
    return f"sora-nb-{secrets.token_hex(8)}"


def publish(bundle: Bundle, display_id: str, *, update: bool) -> None:
    """Put a bundle into the running cell, or rewrite the output of that id (from any thread)."""
    from IPython.display import publish_display_data

    publish_display_data(  # type: ignore[no-untyped-call]
        bundle, transient={"display_id": display_id}, update=update
    )


def _bundle(page: str, texts: Sequence[str]) -> Bundle:
    return {"text/html": page, "text/plain": "\n".join(texts)}


def _shown_path(record: TaskRecord, owner: Owner) -> str | None:
    return places.beside(Path(record.film.path), owner.notebook_folder) if record.film else None


def _src(record: TaskRecord, owner: Owner, root: Path | None, *, attended: bool) -> str | None:
    """Where the page finds the film: inside itself, beside it, or at the service."""
    if record.film is None:
        return None
    path = Path(record.film.path)
    if owner.embed and record.film.size <= EMBED_LIMIT and path.is_file():
        return static_html.data_src("video/mp4", path.read_bytes())
    served = not attended if root is None else places.below(path, root) is not None
    relative = places.beside(path, owner.notebook_folder)
    if served and not Path(relative).is_absolute():
        return static_html.relative_src(relative)
    return snapshot.live_url(record, owner.now())


def _poster(record: TaskRecord) -> bytes | None:
    from sora_nb.storage import film

    if record.film is None:
        return None
    try:
        return film.poster(Path(record.film.path))
    except (OSError, SoraError, ValueError):
        return None
